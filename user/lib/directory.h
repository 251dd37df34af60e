/* Reading a folder, entry by entry. */
#ifndef USER_LIB_DIRECTORY_H
#define USER_LIB_DIRECTORY_H

#include "lib/base.h"
#include "user/lib/linux.h"

struct directory {
	int fd;
	int at, length;         /* in @buf: the next entry, and where what was read ends */
	char buf[1024] __attribute__((aligned(8)));
};

/* Returns 0 or a negated error number. */
int directory_open(struct directory *dir, const char *path);
/* The next entry, valid until the next call; NULL at the end. */
const struct dirent64 *directory_next(struct directory *dir);
void directory_close(struct directory *dir);

#endif

/* Reading a folder: getdents64 gives as many entries as fit, one call after the other. */
#include "user/lib/directory.h"
#include "user/lib/syscall.h"

int directory_open(struct directory *dir, const char *path)
{
	dir->fd = sys_open(path, O_RDONLY | O_DIRECTORY, 0);
	dir->at = dir->length = 0;
	return dir->fd < 0 ? dir->fd : 0;
}

const struct dirent64 *directory_next(struct directory *dir)
{
	if (dir->at >= dir->length) {
		dir->at = 0;
		dir->length = sys_getdents(dir->fd, dir->buf, sizeof(dir->buf));
		if (dir->length <= 0)
			return NULL;
	}
	const struct dirent64 *e = (const void *)(dir->buf + dir->at);
	dir->at += e->length;
	return e;
}

void directory_close(struct directory *dir)
{
	sys_close(dir->fd);
}

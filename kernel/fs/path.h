/* From a path to an inode, and back. Theory in path.c. Context: process or boot. May reclaim. */
#ifndef KERNEL_FS_PATH_H
#define KERNEL_FS_PATH_H

#include "lib/base.h"

struct inode;

enum path_flags {
	PATH_FOLLOW = 1, /* follow a symbolic link at the end of the path */
	PATH_NAME = 2,	 /* resolve to the last name itself; the caller handles a slash after it */
};

/* The end of a path. */
enum path_last { PATH_LAST_NAME, PATH_LAST_ROOT, PATH_LAST_DOT, PATH_LAST_DOTDOT };

/* Where a path ends. */
struct path_end {
	struct inode *dir;   /* the directory of the last name; with a reference */
	struct inode *inode; /* what it names, with a reference; NULL: no such name */
	const char *name;    /* the last name, inside the path or inside @text */
	size_t length;	     /* of it */
	enum path_last last;
	bool slash;	     /* a slash followed it */
	char *text;	     /* buffer of links' text; NULL: none */
};

/*
 * Walk @path from directory @cwd. A missing last name is not an error: end->inode is NULL. 0, and
 * the caller puts @end; or -ENOENT, -ENOTDIR, -ELOOP, -ENAMETOOLONG, -ENOMEM.
 */
MUST_CHECK int path_resolve(struct inode *cwd, const char *path, unsigned flags,
			    struct path_end *end);
void path_end_put(struct path_end *end);
/*
 * The inode that @path names, seen from directory @cwd, in *found, with a reference. 0, or errors
 * as above.
 */
MUST_CHECK int path_lookup(struct inode *cwd, const char *path, unsigned flags,
			   struct inode **found);
/*
 * The absolute path of @i into buf[size]: its length with NUL, -ENOENT (it has no name now), or
 * -ERANGE.
 */
long path_of(const struct inode *i, char *buf, size_t size);

#endif

/* From a path to an inode. Theory in path.c. Context: process or boot. */
#ifndef KERNEL_FS_PATH_H
#define KERNEL_FS_PATH_H

#include "kernel/fs/inode.h"

enum path_flags {
	PATH_FOLLOW = 1, /* follow a symbolic link at the end of the path */
};

/*
 * The inode that @path names, seen from directory @cwd, in *found. 0, or -ENOENT, -ENOTDIR, -ELOOP,
 * -ENAMETOOLONG.
 */
MUST_CHECK int path_lookup(struct inode *cwd, const char *path, unsigned flags,
			   struct inode **found);
/*
 * The directory in which @path's last name is, or would be; *name gets that name inside @path,
 * *length its length (0: the path has none, as "/"). Errors as path_lookup.
 */
MUST_CHECK int path_parent(struct inode *cwd, const char *path, struct inode **dir,
			   const char **name, size_t *length);
/* The absolute path of directory @dir into buf[size]: its length with NUL, or -ERANGE. */
long path_of_dir(const struct inode *dir, char *buf, size_t size);

#endif

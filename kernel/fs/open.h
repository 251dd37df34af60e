/* open: from a path and flags to an open file. Theory in open.c. Context: process. May reclaim. */
#ifndef KERNEL_FS_OPEN_H
#define KERNEL_FS_OPEN_H

#include "lib/base.h"

struct file;
struct inode;

/*
 * Open what @path names, or create it with permissions @mode: *opened, or -ENOENT, -EISDIR,
 * -EEXIST,
 * -ELOOP, -ENXIO, -ENOMEM, ...
 */
MUST_CHECK int file_open(struct inode *cwd, const char *path, unsigned flags, unsigned mode,
			 struct file **opened);
/* Open @i, which has been found, with @flags. 0 or an error. */
MUST_CHECK int file_open_inode(struct inode *i, unsigned flags, struct file **opened);

#endif

/* What is mounted where. Theory in mount.c. Context: process or boot. */
#ifndef KERNEL_FS_MOUNT_H
#define KERNEL_FS_MOUNT_H

#include "kernel/fs/inode.h"

/*
 * Put procfs on directory @at. 0, -ENOTDIR, -ENODEV (@type is not "proc"), -EBUSY (something is
 * there), -ENOMEM.
 */
MUST_CHECK int mount_add(struct inode *at, const char *type);
/* Take away the file system whose root is @root. 0 or -EINVAL (it is no such root). */
MUST_CHECK int mount_remove(struct inode *root);
/* References that the mount has on @i. */
uint32_t mount_references(const struct inode *i);
/* Where procfs is: the directory it lies on; NULL: nowhere. */
const struct inode *mount_of_proc(void);

#endif

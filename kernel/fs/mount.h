/* What is mounted where. Theory in mount.c. Context: process or boot. */
#ifndef KERNEL_FS_MOUNT_H
#define KERNEL_FS_MOUNT_H

#include "lib/base.h"

struct inode;

/*
 * A file system of type @type can be mounted from now on; @create_root makes its root, with a
 * reference; NULL: no memory. @type stays. Context: boot.
 */
void mount_register(const char *type, struct inode *(*create_root)(void));
/*
 * Put a file system of @type on directory @at. 0, -ENOTDIR, -ENODEV (no such type), -EBUSY
 * (something is there), -ENOMEM.
 */
MUST_CHECK int mount_add(struct inode *at, const char *type);
/* Take away the file system whose root is @root. 0 or -EINVAL (it is no such root). */
MUST_CHECK int mount_remove(struct inode *root);
/* References that the mount has on @i. */
uint32_t mount_references(const struct inode *i);
/* The directory that something is mounted on; NULL: there is none. */
const struct inode *mount_place(void);

#endif

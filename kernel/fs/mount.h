/* What is mounted where. Theory in mount.c. Context: process or boot. */
#ifndef KERNEL_FS_MOUNT_H
#define KERNEL_FS_MOUNT_H

#include "lib/base.h"

struct inode;

/*
 * Register file system type @type; @create_root makes its root, with a reference; NULL: no memory.
 * @type is not copied. Context: boot.
 */
void mount_register(const char *type, struct inode *(*create_root)(void));
/*
 * Mount a file system of @type on directory @at. 0, -ENOTDIR, -ENODEV (no such type), -EBUSY
 * (already a mount point), -ENOMEM.
 */
MUST_CHECK int mount_add(struct inode *at, const char *type);
/* Unmount the file system whose root is @root. 0 or -EINVAL (not such a root). */
MUST_CHECK int mount_remove(struct inode *root);
/* References that mounts have on @i. */
uint32_t mount_references(const struct inode *i);
/* The mount point; NULL: none. */
const struct inode *mount_place(void);

#endif

/* Inside tmpfs: pages of contents. Context: process. May reclaim, may sleep. */
#ifndef KERNEL_FS_TMPFS_DATA_H
#define KERNEL_FS_TMPFS_DATA_H

#include "kernel/fs/inode.h"

/* The object's size and the inode's; pages behind it go. 0 or -ENOSPC, -EIO. */
MUST_CHECK int tmpfs_set_size(struct inode *i, uint32_t size);

#endif

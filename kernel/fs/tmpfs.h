/*
 * The root's file system: everything in memory, archive contents in place. Theory in tmpfs.c.
 * Context: process or boot. May reclaim, may sleep.
 */
#ifndef KERNEL_FS_TMPFS_H
#define KERNEL_FS_TMPFS_H

#include "mm/types.h"

struct inode;
struct inode_ops;

/* A new inode without a name, type and permissions by @mode. NULL: no memory. */
MUST_CHECK struct inode *tmpfs_create(unsigned mode, uint32_t rdev);
/* A symbolic link without a name. NULL: no memory. */
MUST_CHECK struct inode *tmpfs_create_link(const char *target);
/* Give a regular file of tmpfs, still empty, the bytes at @start, in reserved memory. */
void tmpfs_set_source(struct inode *i, paddr_t start, uint32_t bytes);

/* Asserts the theory's [tmpfs.1] and [tmpfs.2], and its object's. */
void tmpfs_check(const struct inode *i);
/* Is it a regular file whose pages lie in its object? */
bool tmpfs_has_pages(const struct inode *i);

/* Set a regular file's size to @size bytes; new bytes are zero. 0, -EFBIG, -ENOSPC, -EIO. */
MUST_CHECK int tmpfs_truncate(struct inode *i, uint64_t size);
extern const struct inode_ops tmpfs_ops;

#endif

/*
 * The file system of the root: everything in memory, contents of archives where they lie. Theory in
 * tmpfs.c. Context: process or boot. May reclaim, may sleep.
 */
#ifndef KERNEL_FS_TMPFS_H
#define KERNEL_FS_TMPFS_H

#include "kernel/fs/file.h"

/* May files take a page more? A part of memory and swap is kept for processes. */
bool tmpfs_has_room(void);

/* A new inode without a name, type and permissions by @mode. NULL: no memory. */
MUST_CHECK struct inode *tmpfs_create(unsigned mode, uint32_t rdev);
/* A symbolic link without a name. NULL: no memory. */
MUST_CHECK struct inode *tmpfs_create_link(const char *target);
/* A regular file of tmpfs has the bytes at @start, which are nobody's frames. It is still empty. */
void tmpfs_set_source(struct inode *i, paddr_t start, uint32_t bytes);

/* Asserts the theory's [tmpfs.1] and [tmpfs.2], and its object's. */
void tmpfs_check(const struct inode *i);
/* Is it a regular file whose pages lie in its object? */
bool tmpfs_has_pages(const struct inode *i);

/*
 * A regular file is @size bytes from now on; what is new is zero. 0, -EFBIG, -ENOSPC, -EIO.
 */
MUST_CHECK int tmpfs_truncate(struct inode *i, uint64_t size);
/* Zero [@start, @end) as far as the file goes. 0 or -ENOSPC, -EIO. */
MUST_CHECK int tmpfs_punch(struct inode *i, uint64_t start, uint64_t end);
/* Memory for [@start, @end), as fallocate wants it. 0, -ENOSPC, -EINTR. */
MUST_CHECK int tmpfs_allocate(struct inode *i, uint64_t start, uint64_t end);
/* The first byte at or after @at that is in data, or in a hole; the end is a hole. -ENXIO: none. */
int64_t tmpfs_seek(const struct inode *i, uint64_t at, bool hole);
/* Pages of memory, swap or archive that its contents take. */
uint32_t tmpfs_pages(const struct inode *i);
/* Bytes into kernel memory: how many, less only at its end or without memory. */
size_t inode_read(struct inode *i, uint32_t offset, void *buf, size_t n);

extern const struct file_ops regular_ops, directory_ops;
extern const struct inode_ops tmpfs_ops;

#endif

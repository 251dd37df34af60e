/*
 * Contents of regular files of tmpfs. Theory in tmpfs_data.c.
 * Context: process. May reclaim, may sleep.
 */
#ifndef KERNEL_FS_TMPFS_DATA_H
#define KERNEL_FS_TMPFS_DATA_H

#include "mm/types.h"

struct file_ops;
struct inode;
struct io;

/* May files take one more page? Part of memory and swap is reserved for processes. */
bool tmpfs_has_room(void);

/* Zero [@start, @end) up to the end of the file. 0 or -ENOSPC, -EIO. */
MUST_CHECK int tmpfs_punch(struct inode *i, uint64_t start, uint64_t end);
/* Allocate [@start, @end), for fallocate. 0, -ENOSPC, -EINTR. */
MUST_CHECK int tmpfs_allocate(struct inode *i, uint64_t start, uint64_t end);
/* The first byte at or after @at that is in data, or in a hole; the end is a hole. -ENXIO: none. */
int64_t tmpfs_seek(const struct inode *i, uint64_t at, bool hole);
/* Pages of memory, swap or archive that its contents occupy. */
uint32_t tmpfs_pages(const struct inode *i);
/* Contents at io->position, for a file with pages. 0 or -EFAULT, -ENOMEM, -EIO. */
int tmpfs_read(struct inode *i, struct io *io);
/* Read into kernel memory: returns how many bytes, fewer only at its end or without memory. */
size_t inode_read(struct inode *i, uint32_t offset, void *buf, size_t n);
/*
 * For tmpfs.c, with the content lock held: set the object's and the inode's size, and drop the
 * pages after it. 0 or -ENOSPC, -EIO.
 */
MUST_CHECK int tmpfs_set_size(struct inode *i, uint32_t size);

extern const struct file_ops regular_ops, directory_ops;

#endif

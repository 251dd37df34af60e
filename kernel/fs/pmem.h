/*
 * Reading reserved physical memory: archives and the standard input blob.
 * It may lie beyond the direct map. Context: process or boot.
 */
#ifndef KERNEL_FS_PMEM_H
#define KERNEL_FS_PMEM_H

#include "mm/types.h"

struct io;

/* @n bytes from physical address @from into kernel memory. */
void pmem_read(void *buf, paddr_t from, size_t n);
/* The same to a reader, @n at most io->left. 0, -EFAULT, -ENOMEM. May reclaim. */
MUST_CHECK int pmem_give(struct io *io, paddr_t from, size_t n);

#endif

/*
 * Reading physical memory that is nobody's frame: archives and the standard input blob.
 * It may lie beyond the direct map. Context: process or boot.
 */
#ifndef KERNEL_FS_PMEM_H
#define KERNEL_FS_PMEM_H

#include "mm/user.h"

/* @n bytes from physical address @from into kernel memory. */
void pmem_read(void *buf, paddr_t from, size_t n);
/* The same into user memory of @as, the running process's: 0, -EFAULT, -ENOMEM. May reclaim. */
MUST_CHECK int pmem_read_to_user(struct aspace *as, uptr_t buf, paddr_t from, size_t n);

#endif

/*
 * Accessing user memory: the only way. Every pointer of a system call passes through here, where
 * base and limit are applied (segment_to_linear), and page faults on the way are handled.
 * @as is the current process's. Context: process. May reclaim.
 */
#ifndef MM_USER_H
#define MM_USER_H

#include "mm/aspace/space.h"

/* 0, or -EFAULT: out of the segment, unmapped, or protected; the destination is then undefined. */
MUST_CHECK int user_read(struct aspace *as, void *dst, uptr_t src, size_t n);
MUST_CHECK int user_write(struct aspace *as, uptr_t dst, const void *src, size_t n);
MUST_CHECK int user_clear(struct aspace *as, uptr_t dst, size_t n);
/* A string with its NUL into dst[size]. Its length, -EFAULT, or -ENAMETOOLONG. */
MUST_CHECK long user_read_string(struct aspace *as, char *dst, uptr_t src, size_t size);

#endif

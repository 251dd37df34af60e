/* Futexes: sleeping on a word of user memory. Theory in futex.c. Context: process. May reclaim. */
#ifndef KERNEL_PROC_FUTEX_H
#define KERNEL_PROC_FUTEX_H

#include "kernel/proc/process.h"

enum { FUTEX_ALL_BITS = -1 };

/* What a sleeper asks for. */
struct futex_wait {
	uptr_t at;
	uint32_t value; /* sleep only while the word is that */
	uint32_t bits;	/* which wakers count */
	bool private;	/* the word is nobody else's */
	uint64_t wake;	/* tick; UINT64_MAX: no time out */
};

/* 0, -EAGAIN (another value), -ETIMEDOUT, -EINTR as -ERESTARTSYS, -EFAULT, -EINVAL. */
long futex_sleep(const struct futex_wait *wait);
/* Wake up to @n that sleep at @at with any of @bits. How many; -EFAULT, -EINVAL. */
long futex_wake(uptr_t at, bool private, uint32_t n, uint32_t bits);
/* As the kernel wakes: whoever sleeps there. */
long futex_wake_word(uptr_t at, uint32_t n);
/*
 * Wake up to @n at @from, let up to @moved more sleep on at @to. With @expected, only while the
 * word at @from is that: else -EAGAIN. How many in all.
 */
long futex_requeue(uptr_t from, uptr_t to, bool private, uint32_t n, uint32_t moved,
		   const uint32_t *expected);
/* Asserts the theory's [futex.1] and [futex.2]. */
void futex_check(void);
/* Thread @p, the running one, ends: the words of its robust list are let go. */
void futex_release_robust(struct process *p);

#endif

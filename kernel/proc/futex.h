/* Futexes: sleeping on a word of user memory. Theory in futex.c. Context: process. May reclaim. */
#ifndef KERNEL_PROC_FUTEX_H
#define KERNEL_PROC_FUTEX_H

#include "kernel/proc/process.h"

enum { FUTEX_ALL_BITS = -1 };

/* What a sleeper asks for. */
struct futex_wait {
	uptr_t at;
	uint32_t value; /* sleep only while the word is that */
	uint32_t bits;	/* which wakers match */
	bool private;	/* the word is private to the process */
	uint64_t wake;	/* tick; UINT64_MAX: no timeout */
};

/* 0, -EAGAIN (the value differs), -ETIMEDOUT, -EINTR as -ERESTARTSYS, -EFAULT, -EINVAL. */
long futex_sleep(const struct futex_wait *wait);
/* Wake up to @n that sleep at @at with any of @bits. How many; -EFAULT, -EINVAL. */
long futex_wake(uptr_t at, bool private, uint32_t n, uint32_t bits);
/* A wake-up by the kernel: of whoever sleeps there. */
long futex_wake_word(uptr_t at, uint32_t n);
/*
 * Wake up to @n at @from, requeue up to @moved more to @to. With @expected, only while the word at
 * @from has that value: else -EAGAIN. Returns how many in all.
 */
long futex_requeue(uptr_t from, uptr_t to, bool private, uint32_t n, uint32_t moved,
		   const uint32_t *expected);
/* Asserts the theory's [futex.1] and [futex.2]. */
void futex_check(void);
/* Thread @p, the running one, exits: release the locks of its robust list. */
void futex_release_robust(struct process *p);

#endif

/*
 * A lock whose holder may sleep: one holder at a time, waiters in no order. Waiting is
 * uninterruptible, so what a holder does must end by itself. Context: process.
 */
#ifndef KERNEL_BASE_SLEEP_LOCK_H
#define KERNEL_BASE_SLEEP_LOCK_H

#include "kernel/base/sleep.h"

/* All zero: free. */
struct sleep_lock {
	bool held;
};

static inline void sleep_lock_take(struct sleep_lock *lock)
{
	while (UNLIKELY(lock->held))
		sleep_on(lock);
	lock->held = true;
}

static inline void sleep_lock_release(struct sleep_lock *lock)
{
	lock->held = false;
	if (UNLIKELY(sleep_sleepers > 0))
		sleep_wake(lock);
}

#endif

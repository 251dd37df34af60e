/*
 * The lock of an address space. Theory in lock.c. Context of all: process. May sleep if another
 * holds it; never allocates. Not recursive.
 */
#ifndef MM_ASPACE_LOCK_H
#define MM_ASPACE_LOCK_H

#include "lib/assert.h"
#include "lib/list.h"

struct aspace_lock {
	struct list_node waiters; /* in order of arrival */
	uint32_t readers;	  /* shared holders */
	bool exclusive;
};

void aspace_lock_init(struct aspace_lock *lock);
/* The slow path of both: others hold it, or wait. 0 or -EINTR. Not to be called. */
int aspace_lock_wait(struct aspace_lock *lock, bool exclusive);
void aspace_lock_wake(struct aspace_lock *lock);

/*
 * Areas do not change until the unlock; others may hold it shared too. 0, or -EINTR: the caller was
 * killed and does not get it. Uncontended: about ten instructions.
 */
MUST_CHECK static inline int lock_shared(struct aspace_lock *lock)
{
	if (UNLIKELY(lock->exclusive || !list_empty(&lock->waiters)))
		return aspace_lock_wait(lock, false);
	lock->readers++;
	return 0;
}

/* The same, exclusively: areas may be changed. */
MUST_CHECK static inline int lock_exclusive(struct aspace_lock *lock)
{
	if (UNLIKELY(lock->exclusive || lock->readers > 0 || !list_empty(&lock->waiters)))
		return aspace_lock_wait(lock, true);
	lock->exclusive = true;
	return 0;
}

/* Release it, shared or exclusive. */
static inline void lock_release(struct aspace_lock *lock)
{
	ASSERT(lock->exclusive != (lock->readers > 0)); /* [lock.1] */
	lock->readers -= !lock->exclusive;
	lock->exclusive = false;
	if (UNLIKELY(!list_empty(&lock->waiters)))
		aspace_lock_wake(lock);
}

#endif

/*
 * The lock of an address space.
 *
 * The kernel is not preempted, so code that does not sleep needs no lock. But mm sleeps when it
 * reads or writes a page, and then other threads of the same process run, which unmap, fork and
 * fault. So an address space has a lock that its holder keeps while it sleeps. A fault holds it
 * shared from its first step to its last: one thread's read does not block another's, and the page
 * itself has waiters (page_wait). Map, unmap, protect, brk, remap, advice, mlock, populate and fork
 * hold it exclusively. Fork holds two: the parent's, then the child's, which nobody else can see
 * yet.
 *
 * First come, first served: a newcomer queues behind existing waiters, so neither readers nor
 * writers starve. A waiter's queue entry is on its own stack; only the first is woken, and a reader
 * that gets the lock wakes the next. Uncontended: two tests, and no wake-up.
 *
 * Code that reaches a space through the reverse map (eviction, truncation) does not take its lock,
 * or two spaces could wait for each other. So the holder keeps areas, entries and lock counts
 * consistent whenever it may sleep. For the same reason reading the areas without sleeping needs no
 * lock. A stack's lower end may move under the shared lock: atomically, and nobody relies on its
 * old place across a sleep.
 *
 * No deadlock: the holder never waits for a waiter for the lock. It waits for I/O, which takes no
 * lock, for a page's user, which waits for I/O or memory, and for memory, which evictions free;
 * never for another process's exit. "No memory" is returned with every lock released, and only then
 * is a victim chosen, whose exit takes no lock: the last aspace_put has the space to itself.
 * SIGKILL ends a wait for the lock.
 *
 * Always true:
 *   [lock.1]  never shared and exclusive at once
 *   [lock.2]  areas change only under the exclusive lock, except a stack's lower end
 *   [lock.3]  walking areas across a sleep requires the lock
 *   [lock.4]  while there are waiters, it is held, or the first waiter has been woken
 * Left out: dropping it in the middle of a long populate; fairness among many readers.
 * Source: mmap_lock of Linux, uvm's map lock, the qlock of Plan 9's segments.
 */
#include "mm/aspace/lock.h"

#include "kernel/base/sleep.h"
#include "lib/assert.h"
#include "mm/mmstat.h"

struct lock_waiter {
	struct list_node link;
	bool exclusive;
};

void aspace_lock_init(struct aspace_lock *lock)
{
	*lock = (struct aspace_lock){ .readers = 0 };
	list_init(&lock->waiters);
}

static bool lock_admits(const struct aspace_lock *lock, bool exclusive)
{
	return !lock->exclusive && (!exclusive || lock->readers == 0);
}

static void lock_grant(struct aspace_lock *lock, bool exclusive)
{
	ASSERT(lock_admits(lock, exclusive)); /* [lock.1] */
	if (exclusive)
		lock->exclusive = true;
	else
		lock->readers++;
}

void aspace_lock_wake(struct aspace_lock *lock)
{
	if (!list_empty(&lock->waiters)) /* [lock.4] */
		sleep_wake(list_entry(lock->waiters.next, struct lock_waiter, link));
}

/* A function of its own, or the compiler warns of the pointer to the stack: it is removed below. */
static __attribute__((noinline)) void lock_join(struct aspace_lock *lock, struct lock_waiter *me)
{
	list_push_back(&lock->waiters, &me->link);
}

/* Behind those who wait already. */
int aspace_lock_wait(struct aspace_lock *lock, bool exclusive)
{
	struct lock_waiter me = { .exclusive = exclusive };
	int err = 0;
	mmstat_count(lock_waits);
	lock_join(lock, &me);
	while (err == 0 && (lock->waiters.next != &me.link || !lock_admits(lock, exclusive)))
		err = sleep_on_killable(&me);
	list_remove(&me.link);
	if (err == 0)
		lock_grant(lock, exclusive);
	aspace_lock_wake(lock); /* readers enter together; a killed waiter may block them */
	return err;
}

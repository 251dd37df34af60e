/*
 * The lock of an address space.
 *
 * The kernel is not preempted, so what does not sleep needs no lock. But mm sleeps where it reads
 * or writes a page, and then other threads of the same process run, which unmap, fork and fault.
 * So an address space has a lock that its holder keeps while it sleeps. A fault holds it shared
 * from its first step to its last: one thread's read does not stop another's, and the page itself
 * has waiters (page_wait). Map, unmap, protect, brk, remap, advice, mlock, populate and fork hold
 * it alone. Fork holds two: the parent's, then the child's, which nobody else knows yet.
 *
 * First come, first served: who finds somebody waiting waits behind him, so neither readers nor
 * writers starve. Who waits stands in a queue, on his own stack; only the first is woken, and a
 * reader that gets in wakes the next. Nobody waits: two tests, and no wake.
 *
 * Who reaches a space through the reverse map (eviction, truncation) does not take its lock, or
 * two spaces would wait for each other. So the holder keeps areas, entries and lock counts in step
 * whenever it may sleep. For the same reason a look at the areas that does not sleep needs no lock.
 * A stack's lower end may move under the shared lock: in one step, and nobody who sleeps relies on
 * where it was.
 *
 * What cannot happen: the holder waits for one who waits for the lock. It waits for I/O, which
 * takes no lock, for a page's user, who waits for I/O or memory, and for memory, which evictions
 * give; never for another process's end. "No memory" is returned with every lock released, and
 * only then a victim is chosen, whose exit takes no lock: the last aspace_put has the space for
 * itself. SIGKILL ends a wait for the lock.
 *
 * Always true:
 *   [lock.1]  never shared and exclusive at once
 *   [lock.2]  areas change only under the exclusive lock, but for a stack's lower end
 *   [lock.3]  who walks areas across a sleep holds the lock
 *   [lock.4]  while somebody waits, somebody holds it, or the first has been woken
 * Left out: giving it up in the middle of a long populate; fairness among many readers.
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

/* A function of its own, or the compiler fears for what is on the stack: it is removed below. */
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
	aspace_lock_wake(lock); /* readers come in a row, and who dies stood in the way */
	return err;
}

/*
 * Deferred work.
 *
 * An interrupt handler touches no list and wakes nobody; an expired timer, a key, a screen map due
 * to be redrawn wait for the next return to user mode or the idle loop. The scheduler calls from
 * there without knowing what the work is: each module that has some registers an entry at boot.
 *
 * Always true:
 *   [deferred.1]  an entry is on the list once, from when it is added
 * Source: Unix's soft interrupts; Linux's task_work for when it runs.
 */
#include "kernel/proc/deferred.h"

#include "lib/assert.h"

static struct list_node deferred_works = LIST_HEAD_INIT(deferred_works);

void deferred_add(struct deferred *d)
{
	ASSERT(d->work != NULL && d->link.next == NULL); /* [deferred.1] */
	list_push_back(&deferred_works, &d->link);
}

bool deferred_due(uint64_t now)
{
	list_for_each_entry(struct deferred, d, &deferred_works, link)
		if (d->due != NULL && d->due(now))
			return true;
	return false;
}

void deferred_run(uint64_t now)
{
	list_for_each_entry(struct deferred, d, &deferred_works, link)
		d->work(now);
}

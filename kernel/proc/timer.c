/*
 * Timers: calling a function at a tick.
 *
 * A short unsorted list, and the earliest tick on it. The interrupt only compares that tick
 * (timer_due, by way of sched_tick); the work is done in process context, like all deferred work.
 * There is a timer for each process that has asked for an alarm, so scanning all of them when one
 * is due costs less than keeping them sorted.
 *
 * Always true
 *   [timer.1]  timer_next is not later than any timer on the list
 */
#include "kernel/proc/timer.h"

#include "kernel/proc/deferred.h"
#include "lib/assert.h"

static struct list_node timers = LIST_HEAD_INIT(timers);
static uint64_t timer_next = UINT64_MAX; /* may be too early, never too late */

void timer_init(struct timer *t, void (*fire)(struct timer *t))
{
	list_init(&t->link);
	t->fire = fire;
}

void timer_start(struct timer *t, uint64_t expires)
{
	ASSERT(t->fire != NULL); /* timer_init was called */
	timer_stop(t);
	t->expires = expires;
	list_push_back(&timers, &t->link);
	timer_next = MIN(timer_next, expires);
}

void timer_stop(struct timer *t)
{
	list_remove(&t->link);
}

static bool timer_due(uint64_t now)
{
	return timer_next <= now;
}

static void timer_work(uint64_t now)
{
	if (!timer_due(now))
		return;
	struct list_node due = LIST_HEAD_INIT(due);
	timer_next = UINT64_MAX;
	list_for_each_entry_safe(struct timer, t, &timers, link) {
		if (t->expires > now) {
			timer_next = MIN(timer_next, t->expires);
			continue;
		}
		list_remove(&t->link);
		list_push_back(&due, &t->link);
	}
	/* Firing may start this timer again, or stop another one. */
	for (struct list_node *node = list_pop_front(&due); node; node = list_pop_front(&due)) {
		struct timer *t = list_entry(node, struct timer, link);
		ASSERT(t->expires <= now);
		t->fire(t);
	}
}

void timer_begin(void)
{
	static struct deferred timer_deferred = { .work = timer_work, .due = timer_due };
	deferred_add(&timer_deferred);
}

void timer_check(void)
{
	list_for_each(node, &timers) {
		const struct timer *t = list_entry(node, struct timer, link);
		ASSERT(node->next->prev == node && t->fire != NULL);
		ASSERT(t->expires >= timer_next); /* [timer.1] */
	}
}

/* Calling a function at a tick: alarms, intervals. Theory in timer.c. Context: process. */
#ifndef KERNEL_PROC_TIMER_H
#define KERNEL_PROC_TIMER_H

#include "lib/base.h"
#include "lib/list.h"

struct timer {
	struct list_node link; /* on the list while it runs */
	uint64_t expires;      /* tick */
	void (*fire)(struct timer *t); /* in process context or the idle loop; @t is off the list */
};

void timer_init(struct timer *t, void (*fire)(struct timer *t));
/* Start @t to expire at tick @expires; a running one is reset. */
void timer_start(struct timer *t, uint64_t expires);
void timer_stop(struct timer *t);

static inline bool timer_runs(const struct timer *t)
{
	return list_node_linked(&t->link);
}

/* Register expired timers as deferred work. Context: boot. */
void timer_begin(void);
/* Asserts the theory's [timer.1]. */
void timer_check(void);

#endif

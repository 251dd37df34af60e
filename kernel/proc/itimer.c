/*
 * Interval timers: alarm and setitimer.
 *
 * A process has three. The real one is a kernel timer (timer.c) and counts time. The virtual one
 * counts ticks that interrupted the process in user mode, the profiling one also those in the
 * kernel. The timer interrupt, which may touch no list and send no signal, counts them down and
 * sets a flag that the process finds on its way back to user mode.
 * Source: setitimer(2).
 */
#include "kernel/proc/itimer.h"

#include "kernel/proc/sched.h"
#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "lib/string.h"

static const uint8_t itimer_signals[ITIMER_COUNT] = {
	[ITIMER_REAL] = SIGALRM, [ITIMER_VIRTUAL] = SIGVTALRM, [ITIMER_PROF] = SIGPROF,
};

static void itimer_fire(struct timer *t)
{
	struct thread_group *g = container_of(t, struct thread_group, real_timer);
	ASSERT(g->live > 0); /* the last thread stopped it */
	uint64_t interval = g->itimers[ITIMER_REAL].interval;
	if (interval)
		timer_start(t, MAX(t->expires + interval, sched_ticks() + 1));
	signal_send(g->leader, SIGALRM);
}

void itimer_init(struct thread_group *g)
{
	timer_init(&g->real_timer, itimer_fire);
}

void itimer_stop(struct thread_group *g)
{
	timer_stop(&g->real_timer);
	memset(g->itimers, 0, sizeof(g->itimers));
}

void itimer_tick(struct process *p, bool user)
{
	struct thread_group *g = p->group;
	for (unsigned which = ITIMER_VIRTUAL; g && which < ITIMER_COUNT; which++) {
		struct thread_itimer *t = &g->itimers[which];
		if (t->left == 0 || (which == ITIMER_VIRTUAL && !user))
			continue;
		t->left--;
		if (t->left > 0)
			continue;
		t->left = t->interval;
		t->fired = true;
		sched_request();
	}
}

void itimer_attend(struct process *p)
{
	for (unsigned which = ITIMER_VIRTUAL; which < ITIMER_COUNT; which++) {
		struct thread_itimer *t = &p->group->itimers[which];
		if (!t->fired)
			continue;
		t->fired = false;
		signal_send(p->group->leader, itimer_signals[which]);
	}
}

struct itimer_value itimer_get(const struct thread_group *g, unsigned which)
{
	const struct thread_itimer *t = &g->itimers[which];
	if (which != ITIMER_REAL)
		return (struct itimer_value){ t->left, t->interval };
	uint64_t left = 0, now = sched_ticks();
	if (timer_runs(&g->real_timer))
		left = g->real_timer.expires > now ? g->real_timer.expires - now : 1;
	return (struct itimer_value){ left, t->interval };
}

void itimer_set(struct thread_group *g, unsigned which, struct itimer_value value)
{
	ASSERT(which < ITIMER_COUNT && g->live > 0); /* itimer_stop was not called */
	struct thread_itimer *t = &g->itimers[which];
	unsigned flags = irq_save(); /* itimer_tick looks at it */
	t->interval = value.interval;
	t->left = value.left;
	irq_restore(flags);
	if (which != ITIMER_REAL)
		return;
	if (value.left)
		timer_start(&g->real_timer, sched_ticks() + value.left);
	else
		timer_stop(&g->real_timer);
}

/*
 * The load average: how many processes want the CPU, with old samples fading away.
 *
 * Every 5 seconds the processes that run, are runnable, or sleep uninterruptibly (on a device) are
 * counted, and each average moves towards that number by a fixed fraction of the distance: a sample
 * has faded to 1/e after 1, 5 or 15 minutes. The fractions are e^(-5/60), e^(-5/300) and e^(-5/900)
 * as fixed-point numbers, Linux's, so that equal loads give equal figures. Rounding goes up while
 * the load rises, so that a steady load of 1 is eventually shown as 1.00.
 *
 * Left out: pausing the samples while the CPU is idle; the timer ticks anyway.
 */
#include "kernel/watch/loadavg.h"

#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/timer.h"

enum { LOADAVG_PERIOD_TICKS = 5 * SCHED_HZ, LOADAVG_ONE = 1 << LOADAVG_SHIFT };

static const uint32_t loadavg_keep[LOADAVG_COUNT] = { 1884, 2014, 2037 };

uint32_t loadavg[LOADAVG_COUNT];
static struct timer loadavg_timer;

uint32_t loadavg_next(unsigned which, uint32_t before, uint32_t active)
{
	uint32_t keep = loadavg_keep[which], now = active << LOADAVG_SHIFT;
	uint64_t sum = (uint64_t)before * keep + (uint64_t)now * (LOADAVG_ONE - keep);
	if (now >= before)
		sum += LOADAVG_ONE - 1;
	return (uint32_t)(sum >> LOADAVG_SHIFT);
}

static void loadavg_sample(struct timer *t)
{
	uint32_t active = 0;
	process_for_each(p) {
		active += p->run.state == PROCESS_RUNNABLE ||
			  (p->run.state == PROCESS_SLEEPING && p->run.sleep == SLEEP_DEEP);
	}
	for (unsigned which = 0; which < LOADAVG_COUNT; which++)
		loadavg[which] = loadavg_next(which, loadavg[which], active);
	timer_start(t, t->expires + LOADAVG_PERIOD_TICKS);
}

void loadavg_start(void)
{
	timer_init(&loadavg_timer, loadavg_sample);
	timer_start(&loadavg_timer, sched_ticks() + LOADAVG_PERIOD_TICKS);
}

/* Time of day and time since boot, in ticks of 10 ms. Theory in wallclock.c. Context: process. */
#ifndef KERNEL_PROC_WALLCLOCK_H
#define KERNEL_PROC_WALLCLOCK_H

#include "lib/base.h"

struct clock_time {
	uint64_t seconds;
	uint32_t nanoseconds;
};

/* Read the date from the machine. Context: boot. */
void clock_init(void);
struct clock_time clock_since_boot(void);
/* Since 1970, UTC. */
struct clock_time clock_of_day(void);
/* The first tick that is at least this long away. */
uint64_t clock_tick_after(struct clock_time wait);
/* The tick at which clock @clock (Linux's CLOCK_*) will say @at; UINT64_MAX: never. */
uint64_t clock_tick_at(uint32_t clock, struct clock_time at);

#endif

/* Interval timers: alarm and setitimer. Theory in itimer.c. Context: process, unless said. */
#ifndef KERNEL_PROC_ITIMER_H
#define KERNEL_PROC_ITIMER_H

#include "kernel/proc/thread.h"

void itimer_init(struct thread_group *g);
void itimer_stop(struct thread_group *g);
/* A tick while thread @p ran, in user mode or in the kernel. From the timer interrupt. */
void itimer_tick(struct process *p, bool user);
/* Send the running process the signals that itimer_tick found due. */
void itimer_attend(struct process *p);

/* In ticks; @left 0: off. */
struct itimer_value {
	uint64_t left, interval;
};
struct itimer_value itimer_get(const struct thread_group *g, unsigned which);
void itimer_set(struct thread_group *g, unsigned which, struct itimer_value value);

#endif

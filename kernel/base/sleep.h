/*
 * Waiting for something, by its address. Theory in sleep.c.
 * Context of all: process, unless said. Never allocates.
 */
#ifndef KERNEL_BASE_SLEEP_H
#define KERNEL_BASE_SLEEP_H

#include "lib/base.h"

/* The implementation: the scheduler in the kernel, the test itself on the host. */
struct sleep_ops {
	bool (*possible)(void); /* is there a process to put to sleep? */
	/* Until wake(channel). @killable: a fatal signal ends the sleep, or prevents it. */
	int (*sleep)(const void *channel, bool killable); /* 0, or -EINTR if @killable */
	void (*wake)(const void *channel);
};

/* Context: boot. */
void sleep_set_ops(const struct sleep_ops *ops);

/* Is there a process that can sleep? False at boot and in self-tests. Context: any. */
bool sleep_possible(void);
/*
 * Run others until somebody wakes @channel. May return early: recheck the condition, and look the
 * object up again first if it can disappear meanwhile. Only where sleep_possible.
 */
void sleep_on(const void *channel);
/* The same; 0, or -EINTR: the process has been killed, and nothing should delay its exit. */
MUST_CHECK int sleep_on_killable(const void *channel);
/* Wake all sleepers on @channel. Cheap when nobody does. */
void sleep_wake(const void *channel);

/* How many sleep on any channel now: for reports and checks. */
extern uint32_t sleep_sleepers;

#endif

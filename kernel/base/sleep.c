/*
 * Waiting for something, by its address.
 *
 * mm waits for a lock and for a page under I/O, the block layer waits for its disk; neither knows
 * processes. So an event has a name that costs nothing: the address of the thing waited for, its
 * channel. A sleeper names a channel; whoever changes the thing wakes the channel; everybody who
 * slept on it checks its condition again. No frame or request needs a queue of its own.
 *
 * The scheduler supplies the actual sleep (sched_channel.c); a host test supplies what "others" do
 * meanwhile. A wake-up while nobody sleeps at all costs one test.
 *
 * Always true:
 *   [sleep.1]  sleep_sleepers is the number of sleeps that have begun and not ended
 * Source: sleep and wakeup of Unix (Lions, Commentary on UNIX 6th Edition, ch. 8).
 */
#include "kernel/base/sleep.h"

#include "lib/assert.h"

uint32_t sleep_sleepers;

static const struct sleep_ops *sleep_ops;

void sleep_set_ops(const struct sleep_ops *ops)
{
	sleep_ops = ops;
}

bool sleep_possible(void)
{
	return sleep_ops != NULL && sleep_ops->possible();
}

static int sleep_begin(const void *channel, bool killable)
{
	ASSERT(channel != NULL && sleep_possible());
	sleep_sleepers++;
	int err = sleep_ops->sleep(channel, killable);
	ASSERT(sleep_sleepers > 0); /* [sleep.1] */
	sleep_sleepers--;
	return err;
}

void sleep_on(const void *channel)
{
	(void)sleep_begin(channel, false);
}

int sleep_on_killable(const void *channel)
{
	return sleep_begin(channel, true);
}

void sleep_wake(const void *channel)
{
	if (sleep_sleepers > 0)
		sleep_ops->wake(channel);
}

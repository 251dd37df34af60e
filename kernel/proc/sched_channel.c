/*
 * Sleeping on a channel: the implementation behind kernel/base/sleep.c.
 *
 * Channels are addresses and there are few sleepers, so a few wait queues, chosen by a hash of the
 * channel, hold all of them; each sleeper records its channel, and a wake-up wakes those that
 * match.
 *
 * Always true:
 *   [sched_channel.1]  a process in one of the queues sleeps, and its channel hashes to that queue
 * Source: as kernel/base/sleep.c.
 */
#include "kernel/base/sleep.h"
#include "kernel/proc/hooks.h"
#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "lib/assert.h"
#include "lib/errno.h"

enum { CHANNEL_QUEUES = 16, CHANNEL_SHIFT = 28, CHANNEL_FACTOR = 2654435761u };

static struct wait_queue channel_queues[CHANNEL_QUEUES];

static struct wait_queue *channel_queue(const void *channel)
{
	uint32_t word = (uint32_t)(uintptr_t)channel;
	return &channel_queues[word * CHANNEL_FACTOR >> CHANNEL_SHIFT];
}

static bool channel_possible(void)
{
	return process_running != NULL;
}

static int channel_sleep(const void *channel, bool killable)
{
	struct wait_queue *q = channel_queue(channel);
	process_running->run.channel = channel;
	int err = 0;
	hooks_channel_sleep(true);
	if (killable)
		err = sched_sleep_killable(q) ? -EINTR : 0;
	else
		sched_sleep(q);
	hooks_channel_sleep(false);
	process_running->run.channel = NULL;
	return err;
}

static void channel_wake(const void *channel)
{
	list_for_each_entry_safe(struct process, p, &channel_queue(channel)->sleepers, run.link) {
		ASSERT(p->run.channel != NULL); /* [sched_channel.1] */
		if (p->run.channel == channel)
			sched_wake_first(p);
	}
}

static const struct sleep_ops channel_ops = {
	.possible = channel_possible,
	.sleep = channel_sleep,
	.wake = channel_wake,
};

void sched_channels_init(void)
{
	for (unsigned i = 0; i < CHANNEL_QUEUES; i++)
		wait_queue_init(&channel_queues[i]);
	sleep_set_ops(&channel_ops);
}

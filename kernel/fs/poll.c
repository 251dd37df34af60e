/*
 * Waiting for several files at once.
 *
 * A process sleeps on one queue, but poll waits for many files. So there is one queue for all
 * pollers, and every change of a pipe or a terminal wakes all of them to check again. With few
 * processes that costs less than a record for each process and file, and no file has to know its
 * waiters. A file without a poll operation is always ready.
 *
 * No wake-up is lost between the check and the sleep: checking does not sleep, and the kernel is
 * not preempted.
 * Left out: epoll, and with it anything that scales to many files.
 */
#include "kernel/fs/poll.h"

#include "kernel/fs/file.h"
#include "kernel/proc/sched.h"
#include "lib/assert.h"

static struct wait_queue poll_queue = { LIST_HEAD_INIT(poll_queue.sleepers) };

unsigned poll_file(struct file *f)
{
	ASSERT(f->refs > 0); /* [file.1] */
	unsigned ready = f->ops->poll ? f->ops->poll(f) : POLL_IN | POLL_OUT;
	if (ready & POLL_IN)
		ready |= POLL_RDNORM;
	if (ready & POLL_OUT)
		ready |= POLL_WRNORM;
	return ready;
}

void poll_wake(void)
{
	sched_wake_all(&poll_queue);
}

int poll_sleep(uint64_t wake)
{
	return sched_sleep_until(&poll_queue, wake);
}

/*
 * First in, first out: the page that came first is evicted first, used or not.
 *
 * The simplest policy, and the yardstick for the others: it evicts pages in steady use, and with
 * more frames it can even fault more (Belady, Nelson and Shedler, 1969).
 * Always true: [queue.1] of queue.c
 */
#include "lib/assert.h"
#include "mm/policy/queue.h"

/* One set of frames. */
struct fifo_set {
	struct policy_queue queue;
};
POLICY_STATE_FITS(struct fifo_set);

static void fifo_start(void *state, const struct policy_view *view)
{
	struct fifo_set *s = state;
	(void)view; /* it never asks */
	queue_start(&s->queue);
}

static void fifo_insert(void *state, struct frame *f)
{
	struct fifo_set *s = state;
	queue_insert(&s->queue, f);
}

static void fifo_remove(void *state, struct frame *f)
{
	struct fifo_set *s = state;
	queue_remove(&s->queue, f);
}

static struct frame *fifo_select(void *state)
{
	struct fifo_set *s = state;
	return queue_oldest(&s->queue);
}

static void fifo_drain(void *state, struct list_node *to)
{
	struct fifo_set *s = state;
	queue_drain(&s->queue, to);
}

static bool fifo_each(const void *state, policy_each_fn *fn, void *context)
{
	const struct fifo_set *s = state;
	return queue_each(&s->queue, fn, context);
}

static void fifo_check(void *state, uint32_t nframes)
{
	struct fifo_set *s = state;
	queue_check(&s->queue);
	ASSERT(s->queue.size == nframes);
}

const struct policy_ops policy_fifo = {
	.name = "fifo",
	.start = fifo_start,
	.insert = fifo_insert,
	.remove = fifo_remove,
	.select = fifo_select,
	.drain = fifo_drain,
	.each = fifo_each,
	.check = fifo_check,
};

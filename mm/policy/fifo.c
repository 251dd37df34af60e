/*
 * First in, first out: the page that came first goes first, used or not.
 *
 * The simplest policy, and the yardstick for the others: it evicts pages in steady use, and with
 * more frames it can even fault more (Belady, Nelson and Shedler, 1969).
 *
 * Always true (fifo_check):
 *   [fifo.1]  the queue has exactly the frames that were inserted and not removed; all are
 *       EVICTABLE
 */
#include "lib/assert.h"
#include "mm/policy/policy.h"

/* One set of frames. */
struct fifo_set {
	struct list_node queue; /* oldest first */
};
POLICY_STATE_FITS(struct fifo_set);

static void fifo_start(void *state, const struct policy_view *view)
{
	struct fifo_set *s = state;
	(void)view; /* it never asks */
	list_init(&s->queue);
}

static void fifo_insert(void *state, struct frame *f)
{
	struct fifo_set *s = state;
	list_push_back(&s->queue, &f->link);
}

static void fifo_remove(void *state, struct frame *f)
{
	(void)state;
	list_remove(&f->link);
}

static struct frame *fifo_select(void *state)
{
	struct fifo_set *s = state;
	list_for_each(node, &s->queue) {
		struct frame *f = list_entry(node, struct frame, link);
		if (f->pins == 0)
			return f;
	}
	return NULL;
}

static void fifo_drain(void *state, struct list_node *to)
{
	struct fifo_set *s = state;
	list_append_all(to, &s->queue);
}

static void fifo_check(void *state, uint32_t nframes)
{
	struct fifo_set *s = state;
	uint32_t n = 0;
	list_for_each(node, &s->queue) {
		const struct frame *f = list_entry(node, struct frame, link);
		ASSERT(f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED)); /* [fifo.1] */
		n++;
	}
	ASSERT(n == nframes); /* [fifo.1] */
}

const struct policy_ops policy_fifo = {
	.name = "fifo",
	.start = fifo_start,
	.insert = fifo_insert,
	.remove = fifo_remove,
	.select = fifo_select,
	.drain = fifo_drain,
	.check = fifo_check,
};

/*
 * First in, first out: the page that came first goes first, used or not.
 *
 * The simplest policy, and the yardstick for the others: it evicts pages in steady use, and with
 * more frames it can even fault more (Belady, Nelson and Shedler, 1969).
 *
 * Always true (fifo_check):
 *   Q1  the queue has exactly the frames that were inserted and not removed; all are EVICTABLE
 */
#include "kernel/panic.h"
#include "mm/policy.h"

static struct list_node fifo_queue = LIST_HEAD_INIT(fifo_queue); /* oldest first */

static void fifo_start(const struct policy_view *view)
{
	(void)view; /* it never asks */
	list_init(&fifo_queue);
}

static void fifo_insert(struct frame *f)
{
	list_push_back(&fifo_queue, &f->link);
}

static void fifo_remove(struct frame *f)
{
	list_remove(&f->link);
}

static struct frame *fifo_select(void)
{
	list_for_each(node, &fifo_queue) {
		struct frame *f = list_entry(node, struct frame, link);
		if (f->pins == 0)
			return f;
	}
	return NULL;
}

static void fifo_drain(struct list_node *to)
{
	list_append_all(to, &fifo_queue);
}

static void fifo_check(void)
{
	uint32_t n = 0;
	list_for_each(node, &fifo_queue) {
		const struct frame *f = list_entry(node, struct frame, link);
		ASSERT(f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED));
		n++;
	}
	ASSERT(n == policy_count());
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

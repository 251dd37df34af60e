/*
 * Second chance: first in, first out, but a page that was referenced goes to the back of the queue.
 *
 * The frames stand in a queue in the order in which they came. When a victim is wanted the oldest
 * is looked at: not referenced? It goes. Referenced? Its bit is cleared and it queues up again as
 * if it had just come. Clock does the same by moving a hand instead of frames, and takes the same
 * victims; this is the form in which the idea was found, and the one that needs no ring.
 *
 * A pinned frame can not go and is not asked: it goes to the back with its bit as it is, as the
 * clock's hand passes it.
 *
 * Always true (second_chance_check):
 *   SC1 the queue has exactly the frames that were inserted and not removed; all are EVICTABLE
 *   SC2 select looks at each frame at most twice
 */
#include "kernel/panic.h"
#include "mm/policy.h"

static const struct policy_view *second_chance_view;
/* Oldest first. */
static struct list_node second_chance_queue = LIST_HEAD_INIT(second_chance_queue);
static uint32_t second_chance_size;

static void second_chance_start(const struct policy_view *view)
{
	second_chance_view = view;
	list_init(&second_chance_queue);
	second_chance_size = 0;
}

static void second_chance_insert(struct frame *f)
{
	list_push_back(&second_chance_queue, &f->link);
	second_chance_size++;
}

static void second_chance_remove(struct frame *f)
{
	list_remove(&f->link);
	second_chance_size--;
}

static struct frame *second_chance_select(void)
{
	for (uint32_t looks = 2 * second_chance_size; looks > 0; looks--) {
		struct frame *f = list_entry(second_chance_queue.next, struct frame, link);
		if (f->pins == 0 && !second_chance_view->test_clear_referenced(f))
			return f;
		list_remove(&f->link);
		list_push_back(&second_chance_queue, &f->link);
	}
	return NULL;
}

static void second_chance_drain(struct list_node *to)
{
	list_append_all(to, &second_chance_queue);
	second_chance_size = 0;
}

static void second_chance_check(void)
{
	uint32_t n = 0;
	list_for_each(node, &second_chance_queue) {
		const struct frame *f = list_entry(node, struct frame, link);
		ASSERT(f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED));
		n++;
	}
	ASSERT(n == second_chance_size && n == policy_count());
}

const struct policy_ops policy_second_chance = {
	.name = "second-chance",
	.start = second_chance_start,
	.insert = second_chance_insert,
	.remove = second_chance_remove,
	.select = second_chance_select,
	.drain = second_chance_drain,
	.check = second_chance_check,
};

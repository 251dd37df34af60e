/*
 * Second chance: first in, first out, but a page that was referenced goes to the back of the queue.
 *
 * The frames stand in a queue in the order in which they came. When a victim is wanted the oldest
 * is looked at: not referenced? It goes. Referenced? Its bit is cleared and it queues up again as
 * if it had just come. Clock does the same by moving a hand instead of frames, and takes the same
 * victims; this is the form in which the idea was found, and the one that needs no ring.
 *
 * A pinned frame cannot go and is not asked: it goes to the back with its bit as it is, as the
 * clock's hand passes it.
 *
 * Always true (second_chance_check):
 *   [second_chance.1]  the queue has exactly the frames that were inserted and not removed; all are
 *       EVICTABLE
 *   [second_chance.2]  select looks at each frame at most twice
 */
#include "lib/assert.h"
#include "mm/policy/policy.h"

/* One set of frames. */
struct second_chance_set {
	const struct policy_view *view;
	/* Oldest first. */
	struct list_node queue;
	uint32_t size;
};
POLICY_STATE_FITS(struct second_chance_set);

static void second_chance_start(void *state, const struct policy_view *view)
{
	struct second_chance_set *s = state;
	s->view = view;
	list_init(&s->queue);
	s->size = 0;
}

static void second_chance_insert(void *state, struct frame *f)
{
	struct second_chance_set *s = state;
	list_push_back(&s->queue, &f->link);
	s->size++;
}

static void second_chance_remove(void *state, struct frame *f)
{
	struct second_chance_set *s = state;
	list_remove(&f->link);
	s->size--;
}

static struct frame *second_chance_select(void *state)
{
	struct second_chance_set *s = state;
	for (uint32_t looks = 2 * s->size; looks > 0; looks--) {
		struct frame *f = list_entry(s->queue.next, struct frame, link);
		if (f->pins == 0 && !s->view->test_clear_referenced(f))
			return f;
		list_remove(&f->link);
		list_push_back(&s->queue, &f->link);
	}
	return NULL;
}

static void second_chance_drain(void *state, struct list_node *to)
{
	struct second_chance_set *s = state;
	list_append_all(to, &s->queue);
	s->size = 0;
}

static void second_chance_check(void *state, uint32_t nframes)
{
	struct second_chance_set *s = state;
	uint32_t n = 0;
	list_for_each(node, &s->queue) {
		const struct frame *f = list_entry(node, struct frame, link);
		/* [second_chance.1] */
		ASSERT(f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED));
		n++;
	}
	ASSERT(n == s->size && n == nframes); /* [second_chance.1] */
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

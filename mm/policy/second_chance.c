/*
 * Second chance: first in, first out, but a page that was referenced goes to the back of the queue.
 *
 * The frames stand in a queue in the order in which they came. When a victim is wanted the oldest
 * is looked at: not referenced? It is evicted. Referenced? Its bit is cleared and it queues up
 * again as if it had just come. Clock does the same by moving a hand instead of frames, and takes
 * the same victims; this is the form in which the idea was found, and the one that needs no ring.
 *
 * A pinned frame is no victim and is not asked: it goes to the back with its bit as it is, as the
 * clock's hand passes it.
 *
 * Always true: [queue.1] and [queue.2] of queue.c
 */
#include "lib/assert.h"
#include "mm/policy/queue.h"

/* One set of frames. */
struct second_chance_set {
	const struct policy_view *view;
	struct policy_queue queue;
};
POLICY_STATE_FITS(struct second_chance_set);

static void second_chance_start(void *state, const struct policy_view *view)
{
	struct second_chance_set *s = state;
	s->view = view;
	queue_start(&s->queue);
}

static void second_chance_insert(void *state, struct frame *f)
{
	struct second_chance_set *s = state;
	queue_insert(&s->queue, f);
}

static void second_chance_remove(void *state, struct frame *f)
{
	struct second_chance_set *s = state;
	queue_remove(&s->queue, f);
}

static struct frame *second_chance_select(void *state)
{
	struct second_chance_set *s = state;
	return queue_second_chance(&s->queue, s->view);
}

static void second_chance_drain(void *state, struct list_node *to)
{
	struct second_chance_set *s = state;
	queue_drain(&s->queue, to);
}

static bool second_chance_each(const void *state, policy_each_fn *fn, void *context)
{
	const struct second_chance_set *s = state;
	return queue_each(&s->queue, fn, context);
}

static void second_chance_check(void *state, uint32_t nframes)
{
	struct second_chance_set *s = state;
	queue_check(&s->queue);
	ASSERT(s->queue.size == nframes);
}

const struct policy_ops policy_second_chance = {
	.name = "second-chance",
	.start = second_chance_start,
	.insert = second_chance_insert,
	.remove = second_chance_remove,
	.select = second_chance_select,
	.drain = second_chance_drain,
	.each = second_chance_each,
	.check = second_chance_check,
};

/*
 * Clock: the default policy.
 *
 * The frames stand in a ring, in the order in which they came; a hand points at one of them.
 * When a victim is wanted the hand looks at its frame: referenced since the hand last came by?
 * Then it is spared: its bit is cleared and the hand moves on. Not referenced: it is the victim.
 * So a page in steady use stays as long as there is one that is not, and one that nobody touches
 * is evicted after one turn. New frames are put right behind the hand, so they are looked at last.
 * If every frame was referenced, the hand comes round to where it began and takes that one: then
 * clock is first in, first out.
 *
 *          hand
 *           v
 *     ... b   c   d ...      new frames go between b and c
 *
 * Always true (clock_check):
 *   [clock.1]  the ring is sound ([ring.1], [ring.2])
 *   [clock.2]  select looks at each frame at most twice: on the second turn every bit is clear, so
 *       only pinned frames can be left, and the answer is NULL
 *   [clock.3]  while any unpinned frame was not referenced since the hand last came by, no
 *       referenced one is taken
 * Source: F. J. Corbato, A paging experiment with the Multics system, 1968; second chance with
 * a pointer, in every textbook.
 */
#include "mm/policy/policy.h"
#include "mm/policy/ring.h"

/* One set of frames. */
struct clock_set {
	const struct policy_view *view;
	struct policy_ring ring;
};
POLICY_STATE_FITS(struct clock_set);

static void clock_start(void *state, const struct policy_view *view)
{
	struct clock_set *s = state;
	s->view = view;
	ring_start(&s->ring);
}

static void clock_insert(void *state, struct frame *f)
{
	struct clock_set *s = state;
	ring_insert(&s->ring, f);
}

static void clock_remove(void *state, struct frame *f)
{
	struct clock_set *s = state;
	ring_remove(&s->ring, f);
}

static struct frame *clock_select(void *state)
{
	struct clock_set *s = state;
	for (uint32_t looks = 2 * s->ring.size; looks > 0; looks--) {
		struct frame *f = ring_at_hand(&s->ring);
		if (f->pins == 0 && !s->view->test_clear_referenced(f))
			return f;
		ring_turn(&s->ring);
	}
	return NULL;
}

static void clock_drain(void *state, struct list_node *to)
{
	struct clock_set *s = state;
	ring_drain(&s->ring, to);
}

static bool clock_each(const void *state, policy_each_fn *fn, void *context)
{
	const struct clock_set *s = state;
	return ring_each(&s->ring, fn, context);
}

static void clock_check(void *state, uint32_t nframes)
{
	struct clock_set *s = state;
	ring_check(&s->ring, nframes); /* [clock.1] */
}

static const struct frame *clock_points_at(const void *state)
{
	const struct clock_set *s = state;
	return ring_at_hand(&s->ring);
}

const struct policy_ops policy_clock = {
	.name = "clock",
	.start = clock_start,
	.insert = clock_insert,
	.remove = clock_remove,
	.select = clock_select,
	.drain = clock_drain,
	.each = clock_each,
	.check = clock_check,
	.hand = clock_points_at,
};

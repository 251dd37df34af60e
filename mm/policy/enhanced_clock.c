/*
 * Enhanced clock: a clock that would rather take a clean page.
 *
 * A modified page has to be written before its frame is free, so it costs two transfers where a
 * clean one costs one. Referenced (R) and modified (M) make four classes:
 *
 *   R=0 M=0  idle and clean: the best victim        R=1 M=0  in use, clean
 *   R=0 M=1  idle, but has to be written            R=1 M=1  in use and modified: the worst
 *
 * The hand makes up to four turns: a turn that looks for an idle clean page and changes nothing; a
 * turn that takes an idle modified one and clears R of whatever it passes; and, now that all
 * are idle, both turns again. The first turn has to look at R without losing it, and asking the
 * MMU clears it, so the answer is kept in policy_bits until the second turn clears it.
 *
 * Always true (enhanced_check):
 *   [enhanced_clock.1]  the ring is sound ([ring.1], [ring.2])
 *   [enhanced_clock.2]  the victim is of the lowest class among the unpinned frames, bits as they
 *       were when select was called
 * Left out: stopping in the second turn at a page whose writing has begun. Nothing is written here
 * before it is chosen.
 * Source: the Macintosh's virtual memory; every textbook.
 */
#include "lib/assert.h"
#include "mm/policy/policy.h"
#include "mm/policy/ring.h"

enum { ENHANCED_REFERENCED = 1 }; /* frame.policy_bits */

/* One set of frames. */
struct enhanced_set {
	const struct policy_view *view;
	struct policy_ring ring;
};
POLICY_STATE_FITS(struct enhanced_set);

static void enhanced_start(void *state, const struct policy_view *view)
{
	struct enhanced_set *s = state;
	s->view = view;
	ring_start(&s->ring);
}

static void enhanced_insert(void *state, struct frame *f)
{
	struct enhanced_set *s = state;
	f->policy_bits = 0;
	ring_insert(&s->ring, f);
}

static void enhanced_remove(void *state, struct frame *f)
{
	struct enhanced_set *s = state;
	ring_remove(&s->ring, f);
}

static bool enhanced_referenced(struct enhanced_set *s, struct frame *f)
{
	if (s->view->test_clear_referenced(f))
		f->policy_bits = ENHANCED_REFERENCED;
	return f->policy_bits == ENHANCED_REFERENCED;
}

/* One turn for an idle page that is @modified or not; with @clear no page keeps its R. */
static struct frame *enhanced_turn(struct enhanced_set *s, bool modified, bool clear)
{
	for (uint32_t looks = s->ring.size; looks > 0; looks--) {
		struct frame *f = ring_at_hand(&s->ring);
		if (f->pins == 0) {
			/* The turn before has asked the MMU, and no program has run since. */
			bool referenced = clear ? f->policy_bits : enhanced_referenced(s, f);
			if (!referenced && s->view->modified(f) == modified)
				return f;
			if (clear)
				f->policy_bits = 0;
		}
		ring_turn(&s->ring);
	}
	return NULL;
}

static struct frame *enhanced_select(void *state)
{
	struct enhanced_set *s = state;
	for (int i = 0; i < 2; i++) {
		struct frame *f = enhanced_turn(s, false, false);
		if (f == NULL)
			f = enhanced_turn(s, true, true);
		if (f != NULL)
			return f;
	}
	return NULL;
}

static void enhanced_drain(void *state, struct list_node *to)
{
	struct enhanced_set *s = state;
	ring_drain(&s->ring, to);
}

static bool enhanced_each(const void *state, policy_each_fn *fn, void *context)
{
	const struct enhanced_set *s = state;
	return ring_each(&s->ring, fn, context);
}

static bool enhanced_referenced_yet(const void *state, const struct frame *f)
{
	(void)state;
	return f->policy_bits == ENHANCED_REFERENCED;
}

static void enhanced_check(void *state, uint32_t nframes)
{
	struct enhanced_set *s = state;
	ring_check(&s->ring, nframes); /* [enhanced_clock.1] */
	const struct frame *f = ring_at_hand(&s->ring);
	for (uint32_t n = 0; n < nframes; n++) {
		ASSERT(f->policy_bits <= ENHANCED_REFERENCED);
		f = list_entry(f->link.next, struct frame, link);
	}
}

static const struct frame *enhanced_points_at(const void *state)
{
	const struct enhanced_set *s = state;
	return ring_at_hand(&s->ring);
}

const struct policy_ops policy_enhanced_clock = {
	.name = "enhanced-clock",
	.start = enhanced_start,
	.insert = enhanced_insert,
	.remove = enhanced_remove,
	.select = enhanced_select,
	.drain = enhanced_drain,
	.each = enhanced_each,
	.referenced = enhanced_referenced_yet,
	.check = enhanced_check,
	.hand = enhanced_points_at,
};

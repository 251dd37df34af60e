/*
 * WSClock: a clock that keeps working sets.
 *
 * The working set is what was used in the last tau units of a program's own time; pages outside it
 * can be evicted, pages inside should not even if everything else is busy. A clock's hand walks
 * over the frames; each has the time of its last known use. Referenced since the hand last came by?
 * Then it was used just now: the time is noted and the hand goes on. Not referenced, and the note
 * is older than tau? Outside the working set: clean, it is evicted at once; modified, it is
 * remembered, for a clean one may come soon and saves the write. After a whole turn the first old
 * modified page is taken; if there was none every page is in the working set, memory is too small
 * for it, and the oldest note is evicted.
 *
 * Time is virtual: it counts selections, and passes only for programs that page. A tick is the
 * 256th part of a turnover and tau is half of one, so a page has to be idle while half of memory
 * is replaced. Time notes are 16 bits. The hand sees every frame once in 256 ticks and makes an old
 * note exactly tau + 1 old, so differences never wrap.
 *
 * Always true (wsclock_check):
 *   [wsclock.1]  the ring is sound ([ring.1], [ring.2])
 *   [wsclock.2]  select looks at each frame at most once
 * Left out: writing the old modified pages in the background while the hand goes on. Each process
 * has a clock of its own, as in the paper, with local replacement.
 * Source: R. W. Carr and J. L. Hennessy, WSClock, 1981.
 */
#include "mm/policy/policy.h"
#include "mm/policy/ring.h"

enum { WSCLOCK_TURNOVER_TICKS = 256, WSCLOCK_TAU_TICKS = WSCLOCK_TURNOVER_TICKS / 2 };

/* One set of frames. */
struct wsclock_set {
	const struct policy_view *view;
	struct policy_ring ring;
	uint16_t now;	/* ticks */
	uint32_t parts;	/* of a tick: size make one */
};
POLICY_STATE_FITS(struct wsclock_set);

static void wsclock_start(void *state, const struct policy_view *view)
{
	struct wsclock_set *s = state;
	s->view = view;
	ring_start(&s->ring);
	s->now = 0;
	s->parts = 0;
}

static void wsclock_insert(void *state, struct frame *f)
{
	struct wsclock_set *s = state;
	f->policy_bits = s->now;
	if (policy_handing_over())
		f->policy_bits -= WSCLOCK_TAU_TICKS + 1;
	ring_insert(&s->ring, f);
}

static void wsclock_remove(void *state, struct frame *f)
{
	struct wsclock_set *s = state;
	ring_remove(&s->ring, f);
}

/* A selection is one part of a turnover, which has as many as the ring has frames. */
static void wsclock_advance(struct wsclock_set *s)
{
	if (s->ring.size == 0)
		return;
	s->parts += WSCLOCK_TURNOVER_TICKS;
	s->now += (uint16_t)(s->parts / s->ring.size);
	s->parts %= s->ring.size;
}

/* Ticks since the last known use of @f; up to tau + 1. */
static unsigned wsclock_age(struct wsclock_set *s, struct frame *f)
{
	if (s->view->test_clear_referenced(f))
		f->policy_bits = s->now;
	uint16_t age = s->now - f->policy_bits;
	if (age <= WSCLOCK_TAU_TICKS)
		return age;
	f->policy_bits = s->now - (WSCLOCK_TAU_TICKS + 1);
	return WSCLOCK_TAU_TICKS + 1;
}

static struct frame *wsclock_select(void *state)
{
	struct wsclock_set *s = state;
	struct frame *oldest = NULL; /* the victim if the turn finds nothing better */
	unsigned oldest_age = 0;
	wsclock_advance(s);
	for (uint32_t looks = s->ring.size; looks > 0; looks--) {
		struct frame *f = ring_at_hand(&s->ring);
		ring_turn(&s->ring);
		if (f->pins != 0)
			continue;
		unsigned age = wsclock_age(s, f);
		if (age > WSCLOCK_TAU_TICKS && !s->view->modified(f))
			return f;
		if (oldest == NULL || age > oldest_age) {
			oldest = f;
			oldest_age = age;
		}
	}
	return oldest;
}

static void wsclock_drain(void *state, struct list_node *to)
{
	struct wsclock_set *s = state;
	ring_drain(&s->ring, to);
}

static bool wsclock_each(const void *state, policy_each_fn *fn, void *context)
{
	const struct wsclock_set *s = state;
	return ring_each(&s->ring, fn, context);
}

/* In the working set: it would be spared. */
static bool wsclock_referenced_yet(const void *state, const struct frame *f)
{
	const struct wsclock_set *s = state;
	return (uint16_t)(s->now - f->policy_bits) <= WSCLOCK_TAU_TICKS;
}

static void wsclock_check(void *state, uint32_t nframes)
{
	struct wsclock_set *s = state;
	ring_check(&s->ring, nframes); /* [wsclock.1] */
}

static const struct frame *wsclock_points_at(const void *state)
{
	const struct wsclock_set *s = state;
	return ring_at_hand(&s->ring);
}

const struct policy_ops policy_wsclock = {
	.name = "wsclock",
	.start = wsclock_start,
	.insert = wsclock_insert,
	.remove = wsclock_remove,
	.select = wsclock_select,
	.drain = wsclock_drain,
	.each = wsclock_each,
	.referenced = wsclock_referenced_yet,
	.check = wsclock_check,
	.hand = wsclock_points_at,
};

/*
 * Least frequently used, with decay and without.
 *
 * A count for each frame says in how many samples the page was referenced; the smallest count
 * goes, and among equals the one that came to its count first. A new page starts with 1, for the
 * reference that brought it in.
 *
 * Counting alone never forgets: a page used heavily while a program started keeps its large count
 * when nobody needs it any more, and holds its frame against newcomers, which go with their count
 * of 1 before they can earn more. With decay every count is shifted right by one after each 8
 * samples, so a count is a weighted mean of use in which the past loses half its weight in one
 * turnover of memory, and the old favourite leaves. lfu-nodecay is here to show the difference.
 *
 * Taken at its word, "evict the smallest count" can stop a program for good. One instruction may
 * need two pages that are not there; if all others have larger counts, each of the two pushes the
 * other out. So the newest pages are spared, as many as one instruction can touch: two each for its
 * code, its stack, what it reads and what it writes.
 *
 * Always true (lfu_check): [rank.1] and [rank.2]
 *   [lfu.1]  counts end at 255; without decay a page that gets there is never told from its equals
 *       again
 *   [lfu.2]  one of the newest 8 pages, or of the newest half if that is less, is evicted only if
 *       no other can
 * Source: every textbook, which says to shift the counts right at regular intervals.
 */
#include "lib/assert.h"
#include "mm/policy/policy.h"
#include "mm/policy/rank.h"

enum { LFU_SAMPLES = 8, LFU_FIRST = 1, LFU_NEWEST = 8 };

/* One set of frames. */
struct lfu_set {
	const struct policy_view *view;
	struct rank_queues queues;
	bool decays;
	unsigned samples; /* up to now */
	/* The last frames inserted, in a ring; NULL: removed again. */
	const struct frame *newest[LFU_NEWEST];
	unsigned inserts;
};
POLICY_STATE_FITS(struct lfu_set);

static void lfu_start(void *state, const struct policy_view *view)
{
	struct lfu_set *s = state;
	s->view = view;
	s->decays = true;
	s->samples = 0;
	s->inserts = 0;
	for (unsigned i = 0; i < LFU_NEWEST; i++)
		s->newest[i] = NULL;
	rank_start(&s->queues);
}

static void lfu_nodecay_start(void *state, const struct policy_view *view)
{
	struct lfu_set *s = state;
	lfu_start(s, view);
	s->decays = false;
}

static void lfu_insert(void *state, struct frame *f)
{
	struct lfu_set *s = state;
	rank_insert(&s->queues, f, LFU_FIRST);
	s->newest[s->inserts % LFU_NEWEST] = f;
	s->inserts++;
}

static void lfu_remove(void *state, struct frame *f)
{
	struct lfu_set *s = state;
	rank_remove(&s->queues, f);
	for (unsigned i = 0; i < LFU_NEWEST; i++)
		if (s->newest[i] == f)
			s->newest[i] = NULL;
}

static bool lfu_spared(void *state, const struct frame *f)
{
	struct lfu_set *s = state;
	unsigned newest = MIN(s->queues.size / 2, (uint32_t)LFU_NEWEST);
	for (unsigned i = 1; i <= newest; i++)
		if (s->newest[(s->inserts - i) % LFU_NEWEST] == f)
			return true;
	return false;
}

static unsigned lfu_counted(void *state, struct frame *f)
{
	struct lfu_set *s = state;
	unsigned count = f->policy_bits;
	return s->view->test_clear_referenced(f) && count < RANK_MAX ? count + 1 : count;
}

static unsigned lfu_halved(void *state, struct frame *f)
{
	(void)state;
	return f->policy_bits >> 1;
}

static struct frame *lfu_select(void *state)
{
	struct lfu_set *s = state;
	if (rank_sample_due(&s->queues, LFU_SAMPLES)) {
		rank_renew(&s->queues, lfu_counted, s);
		s->samples++;
		if (s->decays && s->samples % LFU_SAMPLES == 0)
			rank_renew(&s->queues, lfu_halved, s);
	}
	struct frame *f = rank_first_but(&s->queues, lfu_spared, s);
	return f != NULL ? f : rank_first(&s->queues);
}

static void lfu_drain(void *state, struct list_node *to)
{
	struct lfu_set *s = state;
	rank_drain(&s->queues, to);
}

static bool lfu_each(const void *state, policy_each_fn *fn, void *context)
{
	const struct lfu_set *s = state;
	return rank_each(&s->queues, fn, context);
}

static void lfu_check(void *state, uint32_t nframes)
{
	struct lfu_set *s = state;
	rank_check(&s->queues);
	ASSERT(s->queues.size == nframes);
}

const struct policy_ops policy_lfu = {
	.name = "lfu",
	.start = lfu_start,
	.insert = lfu_insert,
	.remove = lfu_remove,
	.select = lfu_select,
	.drain = lfu_drain,
	.each = lfu_each,
	.check = lfu_check,
};

const struct policy_ops policy_lfu_nodecay = {
	.name = "lfu-nodecay",
	.start = lfu_nodecay_start,
	.insert = lfu_insert,
	.remove = lfu_remove,
	.select = lfu_select,
	.drain = lfu_drain,
	.each = lfu_each,
	.check = lfu_check,
};

/*
 * Least recently used, approximated by ageing.
 *
 * Exact LRU would need a note at every access, and the MMU only keeps one bit: referenced since
 * somebody asked, or not. Ageing makes a short history of it. Each frame has an 8-bit register; at
 * each sample it is shifted right and the referenced bit comes in at the left:
 *
 *      10010000 -> referenced     -> 11001000
 *      10010000 -> not referenced -> 01001000
 *
 * Read as a number, the smallest register is the page that was not used for the longest time, and
 * among those, the one used least before. A new page starts with its leftmost bit set. There are 8
 * samples while as many pages are evicted as there are frames, so 0 means: idle for a whole
 * turnover. Among pages of one register the one that came to it first is evicted first.
 *
 * Always true (lru_check): [rank.1] and [rank.2]
 * Left out: sampling by the timer. The timer's handler may touch no list of mm, and a program that
 * does not page needs no order; evictions are the clock that counts here.
 * Source: the aging algorithm of every textbook.
 */
#include "lib/assert.h"
#include "mm/policy/policy.h"
#include "mm/policy/rank.h"

enum { LRU_SAMPLES = 8, LRU_NEWEST = 0x80 };

/* One set of frames. */
struct lru_set {
	const struct policy_view *view;
	struct rank_queues queues;
};
POLICY_STATE_FITS(struct lru_set);

static void lru_start(void *state, const struct policy_view *view)
{
	struct lru_set *s = state;
	s->view = view;
	rank_start(&s->queues);
}

static void lru_insert(void *state, struct frame *f)
{
	struct lru_set *s = state;
	rank_insert(&s->queues, f, policy_handing_over() ? 0 : LRU_NEWEST);
}

static void lru_remove(void *state, struct frame *f)
{
	struct lru_set *s = state;
	rank_remove(&s->queues, f);
}

static unsigned lru_age(void *state, struct frame *f)
{
	struct lru_set *s = state;
	unsigned aged = f->policy_bits >> 1;
	return s->view->test_clear_referenced(f) ? aged | LRU_NEWEST : aged;
}

static struct frame *lru_select(void *state)
{
	struct lru_set *s = state;
	if (rank_sample_due(&s->queues, LRU_SAMPLES))
		rank_renew(&s->queues, lru_age, s);
	return rank_first(&s->queues);
}

static void lru_drain(void *state, struct list_node *to)
{
	struct lru_set *s = state;
	rank_drain(&s->queues, to);
}

static bool lru_each(const void *state, policy_each_fn *fn, void *context)
{
	const struct lru_set *s = state;
	return rank_each(&s->queues, fn, context);
}

/*
 * The new policy asks the MMU about times after the last sample; this is what that sample saw.
 */
static bool lru_referenced_yet(const void *state, const struct frame *f)
{
	(void)state;
	return f->policy_bits >= LRU_NEWEST;
}

static void lru_check(void *state, uint32_t nframes)
{
	struct lru_set *s = state;
	rank_check(&s->queues);
	ASSERT(s->queues.size == nframes);
}

const struct policy_ops policy_lru = {
	.name = "lru",
	.start = lru_start,
	.insert = lru_insert,
	.remove = lru_remove,
	.select = lru_select,
	.drain = lru_drain,
	.each = lru_each,
	.referenced = lru_referenced_yet,
	.check = lru_check,
};

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
 * turnover. Among pages of one register the one that came to it first goes first.
 *
 * Always true (lru_check): K1 and K2 of policy_rank.c
 * Left out: sampling by the timer. The timer's handler may touch no list of mm, and a program that
 * does not page needs no order; evictions are the clock that counts here.
 * Source: the aging algorithm of every textbook.
 */
#include "kernel/panic.h"
#include "mm/policy.h"
#include "mm/policy_rank.h"

enum { LRU_SAMPLES = 8, LRU_NEWEST = 0x80 };

static const struct policy_view *lru_view;
static struct rank_queues lru_queues;

static void lru_start(const struct policy_view *view)
{
	lru_view = view;
	rank_start(&lru_queues);
}

static void lru_insert(struct frame *f)
{
	rank_insert(&lru_queues, f, policy_handing_over() ? 0 : LRU_NEWEST);
}

static void lru_remove(struct frame *f)
{
	rank_remove(&lru_queues, f);
}

static unsigned lru_age(struct frame *f)
{
	unsigned aged = f->policy_bits >> 1;
	return lru_view->test_clear_referenced(f) ? aged | LRU_NEWEST : aged;
}

static struct frame *lru_select(void)
{
	if (rank_sample_due(&lru_queues, LRU_SAMPLES))
		rank_renew(&lru_queues, lru_age);
	return rank_first(&lru_queues);
}

/* The new policy asks the MMU about times after the last sample; this is what that sample saw. */
static void lru_drain(struct list_node *to)
{
	for (unsigned rank = LRU_NEWEST; rank < RANK_COUNT; rank++) {
		list_for_each(node, &lru_queues.at[rank])
			list_entry(node, struct frame, link)->flags |= FRAME_REFERENCED;
	}
	rank_drain(&lru_queues, to);
}

static void lru_check(void)
{
	rank_check(&lru_queues);
	ASSERT(lru_queues.size == policy_count());
}

const struct policy_ops policy_lru = {
	.name = "lru",
	.start = lru_start,
	.insert = lru_insert,
	.remove = lru_remove,
	.select = lru_select,
	.drain = lru_drain,
	.check = lru_check,
};

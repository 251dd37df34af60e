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
 * Taken at its word, "the smallest count goes" can stop a program for good. One instruction may
 * need two pages that are not there; if all others have larger counts, each of the two pushes the
 * other out. So the newest pages are spared, as many as one instruction can touch: two each for its
 * code, its stack, what it reads and what it writes.
 *
 * Always true (lfu_check): K1 and K2 of policy_rank.c
 *   F1  counts end at 255; without decay a page that gets there is never told from its equals again
 *   F2  one of the newest 8 pages, or of the newest half if that is less, goes only if no other can
 * Source: every textbook, which says to shift the counts right at regular intervals.
 */
#include "kernel/panic.h"
#include "mm/policy.h"
#include "mm/policy_rank.h"

enum { LFU_SAMPLES = 8, LFU_FIRST = 1, LFU_NEWEST = 8 };

static const struct policy_view *lfu_view;
static struct rank_queues lfu_queues;
static bool lfu_decays;
static unsigned lfu_samples; /* up to now */
/* The last frames inserted, in a ring; NULL: gone again. */
static const struct frame *lfu_newest[LFU_NEWEST];
static unsigned lfu_inserts;

static void lfu_start(const struct policy_view *view)
{
	lfu_view = view;
	lfu_decays = true;
	lfu_samples = 0;
	lfu_inserts = 0;
	for (unsigned i = 0; i < LFU_NEWEST; i++)
		lfu_newest[i] = NULL;
	rank_start(&lfu_queues);
}

static void lfu_nodecay_start(const struct policy_view *view)
{
	lfu_start(view);
	lfu_decays = false;
}

static void lfu_insert(struct frame *f)
{
	rank_insert(&lfu_queues, f, LFU_FIRST);
	lfu_newest[lfu_inserts % LFU_NEWEST] = f;
	lfu_inserts++;
}

static void lfu_remove(struct frame *f)
{
	rank_remove(&lfu_queues, f);
	for (unsigned i = 0; i < LFU_NEWEST; i++)
		if (lfu_newest[i] == f)
			lfu_newest[i] = NULL;
}

static bool lfu_spared(const struct frame *f)
{
	unsigned newest = MIN(lfu_queues.size / 2, (uint32_t)LFU_NEWEST);
	for (unsigned i = 1; i <= newest; i++)
		if (lfu_newest[(lfu_inserts - i) % LFU_NEWEST] == f)
			return true;
	return false;
}

static unsigned lfu_counted(struct frame *f)
{
	unsigned count = f->policy_bits;
	return lfu_view->test_clear_referenced(f) && count < RANK_MAX ? count + 1 : count;
}

static unsigned lfu_halved(struct frame *f)
{
	return f->policy_bits >> 1;
}

static struct frame *lfu_select(void)
{
	if (rank_sample_due(&lfu_queues, LFU_SAMPLES)) {
		rank_renew(&lfu_queues, lfu_counted);
		lfu_samples++;
		if (lfu_decays && lfu_samples % LFU_SAMPLES == 0)
			rank_renew(&lfu_queues, lfu_halved);
	}
	struct frame *f = rank_first_but(&lfu_queues, lfu_spared);
	return f != NULL ? f : rank_first(&lfu_queues);
}

static void lfu_drain(struct list_node *to)
{
	rank_drain(&lfu_queues, to);
}

static void lfu_check(void)
{
	rank_check(&lfu_queues);
	ASSERT(lfu_queues.size == policy_count());
}

const struct policy_ops policy_lfu = {
	.name = "lfu",
	.start = lfu_start,
	.insert = lfu_insert,
	.remove = lfu_remove,
	.select = lfu_select,
	.drain = lfu_drain,
	.check = lfu_check,
};

const struct policy_ops policy_lfu_nodecay = {
	.name = "lfu-nodecay",
	.start = lfu_nodecay_start,
	.insert = lfu_insert,
	.remove = lfu_remove,
	.select = lfu_select,
	.drain = lfu_drain,
	.check = lfu_check,
};

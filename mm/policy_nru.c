/*
 * Not recently used: any page of the lowest class goes.
 *
 * Referenced and modified make four classes, 2 * R + M: idle and clean (0), idle and modified (1),
 * in use and clean (2), in use and modified (3). Every so often R is taken back from all pages, so
 * it means "used in this period". The victim is a page of the lowest class that has any: a page
 * modified but idle goes before a clean one in use.
 *
 * The frames stand in queues by class, and a page in a low class may have been used since it was
 * put there. So the first one is asked: what it has become, it is put in the queue of, and the
 * search begins again. Within a period a class only rises, hence this ends, and what remains first
 * is of the lowest class there is. The period ends at the fourth part of a turnover, after the
 * choice was made with all that the period has shown.
 *
 * Always true (nru_check): K1 and K2 of policy_rank.c
 *   N1  ranks are 0 to 3; the true class of a frame is not lower than its rank, unless its page was
 *       cleaned, which the end of the period puts right
 * Left out: a random choice within the class, as some books have it. The longest in its class is as
 * good and the same in every run.
 * Source: the algorithm of every textbook, after the VAX and early Minix.
 */
#include "kernel/panic.h"
#include "mm/policy.h"
#include "mm/policy_rank.h"

enum { NRU_PERIODS = 4, NRU_MODIFIED = 1, NRU_REFERENCED = 2 };

static const struct policy_view *nru_view;
static struct rank_queues nru_queues;

static void nru_start(const struct policy_view *view)
{
	nru_view = view;
	rank_start(&nru_queues);
}

static void nru_insert(struct frame *f)
{
	rank_insert(&nru_queues, f, 0);
}

static void nru_remove(struct frame *f)
{
	rank_remove(&nru_queues, f);
}

/* What @f is by now. Its R is remembered by its rank. */
static unsigned nru_class(struct frame *f)
{
	unsigned class = f->policy_bits & NRU_REFERENCED;
	if (class == 0 && nru_view->test_clear_referenced(f))
		class = NRU_REFERENCED;
	return nru_view->modified(f) ? class | NRU_MODIFIED : class;
}

/* A period ends: nobody was used in the next one yet. */
static unsigned nru_next_period(struct frame *f)
{
	(void)nru_view->test_clear_referenced(f);
	return nru_view->modified(f) ? NRU_MODIFIED : 0;
}

static struct frame *nru_lowest(void)
{
	for (;;) {
		struct frame *f = rank_first(&nru_queues);
		if (f == NULL)
			return NULL;
		unsigned class = nru_class(f);
		if (class <= f->policy_bits)
			return f;
		rank_remove(&nru_queues, f);
		rank_insert(&nru_queues, f, class);
	}
}

static struct frame *nru_select(void)
{
	struct frame *f = nru_lowest();
	if (rank_sample_due(&nru_queues, NRU_PERIODS))
		rank_renew(&nru_queues, nru_next_period);
	return f;
}

static void nru_drain(struct list_node *to)
{
	for (unsigned class = NRU_REFERENCED; class <= NRU_REFERENCED + NRU_MODIFIED; class++) {
		list_for_each(node, &nru_queues.at[class])
			list_entry(node, struct frame, link)->flags |= FRAME_REFERENCED;
	}
	rank_drain(&nru_queues, to);
}

static void nru_check(void)
{
	rank_check(&nru_queues);
	ASSERT(nru_queues.size == policy_count());
	for (unsigned rank = NRU_REFERENCED + NRU_MODIFIED + 1; rank < RANK_COUNT; rank++)
		ASSERT(list_empty(&nru_queues.at[rank]));
}

const struct policy_ops policy_nru = {
	.name = "nru",
	.start = nru_start,
	.insert = nru_insert,
	.remove = nru_remove,
	.select = nru_select,
	.drain = nru_drain,
	.check = nru_check,
};

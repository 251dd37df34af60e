/*
 * Not recently used: any page of the lowest class is evicted.
 *
 * Referenced and modified make four classes, 2 * R + M: idle and clean (0), idle and modified (1),
 * in use and clean (2), in use and modified (3). Every so often R is cleared in all pages, so
 * it means "used in this period". The victim is a page of the lowest class that has any: a page
 * modified but idle is evicted before a clean one in use.
 *
 * The frames stand in queues by class, and a page in a low class may have been used since it was
 * put there. So the first one is asked: what it has become, it is put in the queue of, and the
 * search begins again. Within a period a class only rises, hence this ends, and what remains first
 * is of the lowest class there is. The period ends at the fourth part of a turnover, after the
 * choice was made with all that the period has shown.
 *
 * Always true (nru_check): [rank.1] and [rank.2]
 *   [nru.1]  ranks are 0 to 3; the true class of a frame is not lower than its rank, unless its
 *       page was cleaned, which the end of the period puts right
 * Left out: a random choice within the class, as some books have it. The longest in its class is as
 * good and the same in every run.
 * Source: the algorithm of every textbook, after the VAX and early Minix.
 */
#include "lib/assert.h"
#include "mm/policy/policy.h"
#include "mm/policy/rank.h"

enum { NRU_PERIODS = 4, NRU_MODIFIED = 1, NRU_REFERENCED = 2 };

/* One set of frames. */
struct nru_set {
	const struct policy_view *view;
	struct rank_queues queues;
};
POLICY_STATE_FITS(struct nru_set);

static void nru_start(void *state, const struct policy_view *view)
{
	struct nru_set *s = state;
	s->view = view;
	rank_start(&s->queues);
}

static void nru_insert(void *state, struct frame *f)
{
	struct nru_set *s = state;
	rank_insert(&s->queues, f, 0);
}

static void nru_remove(void *state, struct frame *f)
{
	struct nru_set *s = state;
	rank_remove(&s->queues, f);
}

/* What @f is by now. Its R is remembered by its rank. */
static unsigned nru_class(struct nru_set *s, struct frame *f)
{
	unsigned class = f->policy_bits & NRU_REFERENCED;
	if (class == 0 && s->view->test_clear_referenced(f))
		class = NRU_REFERENCED;
	return s->view->modified(f) ? class | NRU_MODIFIED : class;
}

/* A period ends: no page was used in the next one yet. */
static unsigned nru_next_period(void *state, struct frame *f)
{
	struct nru_set *s = state;
	(void)s->view->test_clear_referenced(f);
	return s->view->modified(f) ? NRU_MODIFIED : 0;
}

static struct frame *nru_lowest(struct nru_set *s)
{
	for (;;) {
		struct frame *f = rank_first(&s->queues);
		if (f == NULL)
			return NULL;
		unsigned class = nru_class(s, f);
		if (class <= f->policy_bits)
			return f;
		rank_remove(&s->queues, f);
		rank_insert(&s->queues, f, class);
	}
}

static struct frame *nru_select(void *state)
{
	struct nru_set *s = state;
	struct frame *f = nru_lowest(s);
	if (rank_sample_due(&s->queues, NRU_PERIODS))
		rank_renew(&s->queues, nru_next_period, s);
	return f;
}

static void nru_drain(void *state, struct list_node *to)
{
	struct nru_set *s = state;
	rank_drain(&s->queues, to);
}

static bool nru_each(const void *state, policy_each_fn *fn, void *context)
{
	const struct nru_set *s = state;
	return rank_each(&s->queues, fn, context);
}

static bool nru_referenced_yet(const void *state, const struct frame *f)
{
	(void)state;
	return f->policy_bits & NRU_REFERENCED;
}

static void nru_check(void *state, uint32_t nframes)
{
	struct nru_set *s = state;
	rank_check(&s->queues);
	ASSERT(s->queues.size == nframes);
	for (unsigned rank = NRU_REFERENCED + NRU_MODIFIED + 1; rank < RANK_COUNT; rank++)
		ASSERT(list_empty(&s->queues.at[rank])); /* [nru.1] */
}

const struct policy_ops policy_nru = {
	.name = "nru",
	.start = nru_start,
	.insert = nru_insert,
	.remove = nru_remove,
	.select = nru_select,
	.drain = nru_drain,
	.each = nru_each,
	.referenced = nru_referenced_yet,
	.check = nru_check,
};

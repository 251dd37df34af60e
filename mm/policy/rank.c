/*
 * Frames by rank: 256 queues, one for each value of an 8-bit number.
 *
 * Ageing, counting and classes all say "take the frame with the smallest number". Searching all
 * frames for it at every fault would cost as much as the fault. Here the number's queue is known,
 * so the victim is the first frame of the first queue that has one, and a frame is touched only
 * when its number changes. Among equals the one that came to its number first is taken first.
 *
 *      at[0]   at[1]   ...   at[255]
 *       |       |              |
 *       f - f   f              f - f - f
 *
 * The numbers come from samples of the MMU's bits. A sample looks at every frame, so there is one
 * only every n-th part of a turnover: with 8 samples while as many pages are evicted as there are
 * frames, a selection pays for 8 looks, whatever the size of memory. Samples happen inside select,
 * because there an order is needed, and because no interrupt may touch these lists. Time is so
 * counted in evictions: a machine at rest does not age.
 *
 * Always true (rank_check):
 *   [rank.1]  a frame stands in the queue of its rank, which is frame.policy_bits
 *   [rank.2]  the queues have size frames together; all are EVICTABLE
 */
#include "mm/policy/rank.h"

#include "lib/assert.h"

void rank_start(struct rank_queues *q)
{
	for (unsigned rank = 0; rank < RANK_COUNT; rank++)
		list_init(&q->at[rank]);
	q->size = 0;
	q->selections = 0;
}

void rank_insert(struct rank_queues *q, struct frame *f, unsigned rank)
{
	f->policy_bits = (uint16_t)rank;
	list_push_back(&q->at[rank], &f->link);
	q->size++;
}

void rank_remove(struct rank_queues *q, struct frame *f)
{
	list_remove(&f->link);
	q->size--;
}

struct frame *rank_first_but(struct rank_queues *q,
			     bool (*spared)(void *state, const struct frame *f), void *state)
{
	for (unsigned rank = 0; rank < RANK_COUNT; rank++) {
		list_for_each_entry(struct frame, f, &q->at[rank], link)
			if (f->pins == 0 && !spared(state, f))
				return f;
	}
	return NULL;
}

static bool rank_none_spared(void *state, const struct frame *f)
{
	(void)state, (void)f;
	return false;
}

struct frame *rank_first(struct rank_queues *q)
{
	return rank_first_but(q, rank_none_spared, NULL);
}

void rank_drain(struct rank_queues *q, struct list_node *to)
{
	for (unsigned rank = 0; rank < RANK_COUNT; rank++)
		list_append_all(to, &q->at[rank]);
	q->size = 0;
}

bool rank_each(const struct rank_queues *q, policy_each_fn *fn, void *context)
{
	for (unsigned rank = 0; rank < RANK_COUNT; rank++)
		list_for_each(node, &q->at[rank])
			if (!fn(context, list_entry(node, const struct frame, link)))
				return false;
	return true;
}

void rank_renew(struct rank_queues *q, unsigned (*next)(void *state, struct frame *f), void *state)
{
	struct list_node all = LIST_HEAD_INIT(all);
	rank_drain(q, &all);
	for (;;) {
		struct list_node *node = list_pop_front(&all);
		if (node == NULL)
			return;
		struct frame *f = list_entry(node, struct frame, link);
		rank_insert(q, f, next(state, f));
	}
}

bool rank_sample_due(struct rank_queues *q, unsigned samples)
{
	q->selections++;
	if (q->selections < q->size / samples)
		return false;
	q->selections = 0;
	return true;
}

void rank_check(const struct rank_queues *q)
{
	uint32_t n = 0;
	for (unsigned rank = 0; rank < RANK_COUNT; rank++) {
		list_for_each_entry(const struct frame, f, &q->at[rank], link) {
			/* [rank.2] */
			ASSERT(f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED));
			ASSERT(f->policy_bits == rank); /* [rank.1] */
			n++;
		}
	}
	ASSERT(n == q->size); /* [rank.2] */
}

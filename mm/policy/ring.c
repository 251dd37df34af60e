/*
 * Frames in a ring with a hand.
 *
 * The clock and its relatives differ in what the hand does at a frame, not in how frames stand: in
 * a circle without a head, in the order in which they came, with one pointer into it. A new frame
 * stands right behind the hand, so it is looked at after all others; when the frame at the hand
 * leaves, the hand moves on to the next.
 *
 * Always true (ring_check):
 *   [ring.1]  the ring has as many members as were put in and not taken out, each EVICTABLE and on
 *       no list of cached pages
 *   [ring.2]  the hand points at a member, or the ring is empty
 * Source: F. J. Corbato, A paging experiment with the Multics system, 1968.
 */
#include "mm/policy/ring.h"

#include "lib/assert.h"

void ring_start(struct policy_ring *r)
{
	r->hand = NULL;
	r->size = 0;
}

void ring_insert(struct policy_ring *r, struct frame *f)
{
	if (r->hand == NULL) {
		list_init(&f->link);
		r->hand = &f->link;
	} else {
		list_insert_before(&f->link, r->hand);
	}
	r->size++;
}

void ring_remove(struct policy_ring *r, struct frame *f)
{
	if (r->hand == &f->link)
		r->hand = list_node_linked(&f->link) ? f->link.next : NULL;
	list_remove(&f->link);
	r->size--;
}

void ring_drain(struct policy_ring *r, struct list_node *to)
{
	for (struct frame *f = ring_at_hand(r); f != NULL; f = ring_at_hand(r)) {
		ring_remove(r, f);
		list_push_back(to, &f->link);
	}
}

bool ring_each(const struct policy_ring *r, policy_each_fn *fn, void *context)
{
	const struct list_node *node = r->hand;
	for (uint32_t n = r->size; n > 0; n--) {
		if (!fn(context, list_entry(node, const struct frame, link)))
			return false;
		node = node->next;
	}
	return true;
}

void ring_check(const struct policy_ring *r, uint32_t nframes)
{
	uint32_t n = 0;
	const struct list_node *node = r->hand;
	for (; node != NULL && n < r->size; node = node->next) {
		const struct frame *f = list_entry(node, const struct frame, link);
		ASSERT(f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED)); /* [ring.1] */
		n++;
	}
	ASSERT(n == r->size && n == nframes); /* [ring.1] */
	ASSERT(node == r->hand); /* [ring.2] */
}

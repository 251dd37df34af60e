/*
 * Frames in a ring with a hand: for the policies that go round (clock, enhanced-clock, wsclock).
 * Theory in ring.c. Context: process. Never allocates.
 */
#ifndef MM_POLICY_RING_H
#define MM_POLICY_RING_H

#include "mm/policy/policy.h"

struct policy_ring {
	struct list_node *hand; /* a frame's link, or NULL: the ring is empty */
	uint32_t size;
};

void ring_start(struct policy_ring *r);
/* Right behind the hand: looked at after all others. */
void ring_insert(struct policy_ring *r, struct frame *f);
void ring_remove(struct policy_ring *r, struct frame *f);
/* struct policy_ops' drain and each: from the hand on. */
void ring_drain(struct policy_ring *r, struct list_node *to);
bool ring_each(const struct policy_ring *r, policy_each_fn *fn, void *context);
/* Asserts the truths of the ring, which ought to have @nframes. */
void ring_check(const struct policy_ring *r, uint32_t nframes);

/* Where the hand points; NULL: no frames. */
static inline struct frame *ring_at_hand(const struct policy_ring *r)
{
	return r->hand != NULL ? list_entry(r->hand, struct frame, link) : NULL;
}

/* The hand moves on by one frame; there is one. */
static inline void ring_turn(struct policy_ring *r)
{
	r->hand = r->hand->next;
}

#endif

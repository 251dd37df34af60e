/*
 * Frames in queues by rank, an 8-bit number kept in frame.policy_bits: for the policies that choose
 * by a number (lru, lfu, nru). Theory in rank.c. Context: process. Never allocates.
 */
#ifndef MM_POLICY_RANK_H
#define MM_POLICY_RANK_H

#include "mm/policy/policy.h"

enum { RANK_COUNT = 256, RANK_MAX = RANK_COUNT - 1 };

struct rank_queues {
	struct list_node at[RANK_COUNT];
	uint32_t size;
	uint32_t selections; /* since the last sample */
};

void rank_start(struct rank_queues *q);
/* After all others of @rank. */
void rank_insert(struct rank_queues *q, struct frame *f, unsigned rank);
void rank_remove(struct rank_queues *q, struct frame *f);
/* The longest waiting unpinned frame of the lowest rank that has one; NULL: none. */
struct frame *rank_first(struct rank_queues *q);
/* The same without those that @spared, called with @state, says yes to. */
struct frame *rank_first_but(struct rank_queues *q,
			     bool (*spared)(void *state, const struct frame *f), void *state);
/* Give every frame, lowest rank first, the rank that @next, called with @state, says. */
void rank_renew(struct rank_queues *q, unsigned (*next)(void *state, struct frame *f), void *state);
/*
 * One more selection: is it time for a sample? True once in size / @samples selections, and at
 * least as often as every selection of a queue that small.
 */
bool rank_sample_due(struct rank_queues *q, unsigned samples);
/* struct policy_ops' drain and each: lowest rank first. */
void rank_drain(struct rank_queues *q, struct list_node *to);
bool rank_each(const struct rank_queues *q, policy_each_fn *fn, void *context);
void rank_check(const struct rank_queues *q);

#endif

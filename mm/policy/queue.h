/*
 * Frames in the order in which they came: for the policies that take from the old end (fifo,
 * second-chance, random, sieve, 2q). Theory in queue.c. Context: process. Never allocates.
 */
#ifndef MM_POLICY_QUEUE_H
#define MM_POLICY_QUEUE_H

#include "mm/policy/policy.h"

struct policy_queue {
	struct list_node list; /* oldest first */
	uint32_t size;
};

void queue_start(struct policy_queue *q);
/* At the young end. */
void queue_insert(struct policy_queue *q, struct frame *f);
void queue_remove(struct policy_queue *q, struct frame *f);
/* The oldest unpinned frame; NULL: none. */
struct frame *queue_oldest(const struct policy_queue *q);
/*
 * The oldest unpinned frame that was not referenced. Those before it lose their reference and go to
 * the young end; pinned ones go there as they are. NULL: none after two turns.
 */
struct frame *queue_second_chance(struct policy_queue *q, const struct policy_view *view);
/* struct policy_ops' drain and each: oldest first. */
void queue_drain(struct policy_queue *q, struct list_node *to);
bool queue_each(const struct policy_queue *q, policy_each_fn *fn, void *context);
/* Asserts [queue.1]. */
void queue_check(const struct policy_queue *q);

#endif

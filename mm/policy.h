/*
 * The replacement policy's interface. A policy sees frames and may ask of one "was it
 * referenced?" and "is it modified?"; it knows nothing of swap, areas or slabs.
 * Context: process. Never allocates.
 */
#ifndef MM_POLICY_H
#define MM_POLICY_H

#include "mm/frame.h"

/* What a policy may ask. Given at start, so that the same policy runs in a simulator. */
struct policy_view {
	bool (*test_clear_referenced)(struct frame *f);
	bool (*modified)(const struct frame *f);
};

/*
 * One for each policy_NAME.c. frame.link and frame.policy_bits are the policy's own while a frame
 * is in.
 */
struct policy_ops {
	const char *name;
	void (*start)(const struct policy_view *view); /* no frames yet */
	void (*insert)(struct frame *f);
	void (*remove)(struct frame *f);
	/*
	 * The next victim, left where it is; pinned frames are skipped. NULL: none after two turns.
	 */
	struct frame *(*select)(void);
	void (*check)(void);
};

extern const struct policy_ops policy_clock;
extern const struct policy_ops policy_fifo;

/*
 * Use the policy called @name. 0, or -EINVAL: no such policy, the old one stays. Boot: no frames
 * are known yet.
 */
int policy_start(const char *name, const struct policy_view *view);
/* "none" before policy_start: a boot that fails early still writes its record. */
const char *policy_name(void);
/* The k-th policy's name, NULL behind the last. */
const char *policy_nth_name(unsigned k);

/* A frame becomes EVICTABLE and known; and the other way. */
void policy_insert(struct frame *f);
void policy_remove(struct frame *f);
struct frame *policy_select(void);
/* Frames known now. */
uint32_t policy_count(void);
void policy_check(void);

#endif

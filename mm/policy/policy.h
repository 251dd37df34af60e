/*
 * The replacement policy's interface. A policy sees frames and may ask of one "was it
 * referenced?" and "is it modified?"; it knows nothing of swap, areas or slabs.
 * Context: process. Never allocates.
 */
#ifndef MM_POLICY_POLICY_H
#define MM_POLICY_POLICY_H

#include "mm/frame.h"

/* What a policy may ask. Given at start, so that the same policy runs in a simulator. */
struct policy_view {
	/* Costs a TLB flush for each mapper that used it: ask only where the answer counts. */
	bool (*test_clear_referenced)(struct frame *f);
	bool (*modified)(const struct frame *f);
	/*
	 * What the page in @f will be called when it comes back after an eviction; 0: it has no
	 * such name. Two pages may share one, rarely. For policies that remember what they evicted.
	 */
	uint32_t (*page_name)(const struct frame *f);
};

/* Called for one frame after the other; false: that was enough. */
typedef bool policy_each_fn(void *context, const struct frame *f);

/* Room for what any policy notes about one set of frames; POLICY_STATE_FITS holds it to that. */
enum { POLICY_STATE_WORDS = 544, POLICY_STATE_BYTES = POLICY_STATE_WORDS * sizeof(void *) };
#define POLICY_STATE_FITS(type) \
	_Static_assert(sizeof(type) <= POLICY_STATE_BYTES, "POLICY_STATE_WORDS is too small")

/*
 * One for each policy_NAME.c. @state is the policy's notes about one set of frames: it stays where
 * it is from start on. frame.link and frame.policy_bits are the policy's own while a frame is in.
 */
struct policy_ops {
	const char *name;
	void (*start)(void *state, const struct policy_view *view); /* no frames yet */
	void (*insert)(void *state, struct frame *f);
	void (*remove)(void *state, struct frame *f);
	/*
	 * The next victim, left where it is; pinned frames are skipped. NULL: none after two turns.
	 */
	struct frame *(*select)(void *state);
	/* May be NULL. @f is about to be removed because its page was evicted. */
	void (*evicted)(void *state, const struct frame *f);
	/*
	 * Every frame moves to the end of @to, the one that would be evicted first in front, as far
	 * as that is known without asking. frame.policy_bits and what @state notes apart from the
	 * frames stay: referenced may still be asked.
	 */
	void (*drain)(void *state, struct list_node *to);
	/*
	 * Call @fn with @context for each frame, the one that is looked at next first, as far as
	 * that is known without asking, until it says false. Changes nothing. True: for all.
	 */
	bool (*each)(const void *state, policy_each_fn *fn, void *context);
	/*
	 * May be NULL. Does the policy alone know that @f was referenced: has it cleared the MMU's
	 * bit, and would it still spare the frame for it?
	 */
	bool (*referenced)(const void *state, const struct frame *f);
	/* The set ought to have @nframes. */
	void (*check)(void *state, uint32_t nframes);
	/* May be NULL: it has no hand. Where the hand points; NULL: no frames. Changes nothing. */
	const struct frame *(*hand)(const void *state);
};

extern const struct policy_ops policy_clock;
extern const struct policy_ops policy_fifo;
extern const struct policy_ops policy_second_chance;
extern const struct policy_ops policy_enhanced_clock;
extern const struct policy_ops policy_nru;
extern const struct policy_ops policy_lru;
extern const struct policy_ops policy_lfu;
extern const struct policy_ops policy_lfu_nodecay;
extern const struct policy_ops policy_wsclock;
extern const struct policy_ops policy_random;
extern const struct policy_ops policy_sieve;
extern const struct policy_ops policy_2q;

/*
 * Use the policy called @name. 0, or -EINVAL: no such policy, the old one stays. Boot: no frames
 * are known yet.
 */
int policy_start(const char *name, const struct policy_view *view);
/*
 * From now on use the policy called @name. The new one gets every frame, in the old one's order
 * and with every reference the old one had seen and not yet counted. 0, or -EINVAL: no such
 * policy, nothing has changed. Takes time in proportion to the frames.
 */
int policy_switch(const char *name);
/*
 * For a policy's insert: is @f from the policy before, and no page that was just brought in? Then
 * nothing is known of its past but the MMU's bits and FRAME_REFERENCED.
 */
bool policy_handing_over(void);
/*
 * A set of frames that the policy keeps apart from all others. Set 0, the common one, is always
 * there. With local replacement a frame is in the set frame.set; with global, which is the state at
 * start, all frames are in set 0, and frame.set is kept for later.
 */
enum { POLICY_SETS = 2048 };
struct policy_set {
	uint16_t number;
	uint32_t nframes;	  /* known now */
	struct list_node drained; /* during a switch */
	/* POLICY_STATE_BYTES of the owner's; may be NULL while replacement is global. */
	void *state;
};
/*
 * A new, empty set in @set, which stays where it is; @set->state is what the owner has for it.
 * False: there are POLICY_SETS already.
 */
bool policy_set_add(struct policy_set *set);
/* Each frame of @set moves to the set whose number @heir returns. Nothing is lost. */
void policy_set_drop(struct policy_set *set, uint16_t (*heir)(const struct frame *f));
/* @set, which is empty, is no set any more; no frame has its number. */
void policy_set_remove(struct policy_set *set);
/* NULL: there is none. */
struct policy_set *policy_set_find(uint16_t number);
/* One past the highest number that a set has. */
unsigned policy_set_limit(void);
/* From now on frame.set of @f is @number, and it is in that set if sets are in use. */
void policy_move(struct frame *f, uint16_t number);
/* A victim from @set alone, as policy_select. */
struct frame *policy_select_in(struct policy_set *set);
/*
 * Local replacement begins, and every set has memory for its state from now on; or it ends. Each
 * frame goes to its new set in the old order; of several old sets one frame of each in turn. As
 * with policy_switch nothing is lost.
 */
void policy_set_local(bool local);
extern bool policy_local; /* to be read */
static inline bool policy_is_local(void)
{
	return policy_local;
}

/* "none" before policy_start: a boot that fails early still writes its record. */
const char *policy_name(void);
/* The k-th policy's name, NULL after the last. */
const char *policy_nth_name(unsigned k);

/* A frame becomes EVICTABLE and known, to the set it belongs to; and the other way. */
void policy_insert(struct frame *f);
void policy_remove(struct frame *f);
/* The next victim of the common set. */
struct frame *policy_select(void);
/* The page in @f has left for good; policy_remove(@f) follows. */
void policy_evicted(const struct frame *f);
/*
 * The frame that the policy's hand points at, in the set that was last asked for a victim; NULL: it
 * has none, or no frames. Context: any.
 */
const struct frame *policy_hand(void);
/*
 * @fn for each frame of the set that was last asked for a victim, as struct policy_ops' each.
 * Changes nothing.
 */
void policy_each(policy_each_fn *fn, void *context);
/* Frames known now, in all sets. */
uint32_t policy_count(void);
void policy_check(void);

#endif

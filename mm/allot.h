/*
 * Allotments: how many frames each address space may have, and whose frame is taken when one is
 * needed. Theory in allot.c. Context: process. Nothing here evicts; only allot_create allocates.
 */
#ifndef MM_ALLOT_H
#define MM_ALLOT_H

#include "lib/bitmap.h"
#include "mm/frame.h"
#include "mm/pmap.h"
#include "mm/policy/policy.h"

/* Frames that any space may have: enough for the pages of one instruction, twice. */
enum { ALLOT_MIN = 16 };

enum allot_rule {
	ALLOT_EQUAL, /* all have the same */
	ALLOT_PFF,   /* by page-fault frequency */
};

/* The account of one address space. */
struct allotment {
	struct policy_set set;	/* its frames, while replacement is local */
	struct pmap *pmap;	/* its page tables */
	struct list_node link;
	uint32_t frames;	/* it may have so many; counts while replacement is local */
	uint32_t fixed;		/* so many, set by hand; 0: by the rule */
	uint32_t charged;	/* it has so many: CHARGED frames with its number */
	bool resting;		/* asleep since it ran last */
	bool wants;		/* faults above the upper bound, with nothing to give */
	uint64_t time;		/* virtual: TSC cycles it ran, page faults not counted */
	uint32_t taken;		/* frames that its faults took, ever */
	uint32_t evicted;	/* pages that lost a frame of its account, ever */
	uint64_t period_time;	/* time and taken when the period began */
	uint32_t period_taken;
	uint32_t rate;		/* in the last period: frames taken in a million cycles */
	uint64_t sampled_time;	/* time of the last sample of the working set */
	uint32_t working_set;	/* pages in memory that were used in the last window */
};

/* The account of frames that are no address space's, and of spaces beyond POLICY_SETS. */
extern struct allotment allot_unowned;

struct allot_stats {
	enum allot_rule rule;
	uint32_t total;		/* frames to be shared out */
	uint32_t count;		/* accounts, allot_unowned not counted */
	uint32_t sum;		/* of their frames */
	uint32_t pff_low, pff_high; /* bounds on rate */
	uint32_t window;	/* of the working set: millions of cycles; 0: no samples */
	uint32_t passed_on;	/* shared pages that went to another account, not out */
	uint32_t borrows;	/* taken beyond an allotment: nothing of its own was evictable */
	uint32_t from_others;	/* asked of another account than the one in need */
	uint32_t searches;	/* of all frames, as an account ended with frames under I/O */
};
extern struct allot_stats allot_stats;

/* Context: boot. */
void allot_init(void);
/* A new account for the space with page tables @pm. NULL: no memory. */
MUST_CHECK struct allotment *allot_create(struct pmap *pm);
/*
 * The space ends and maps nothing more. Takes time in proportion to its own frames, if one of them
 * is being written to swap at this moment to all.
 */
void allot_destroy(struct allotment *a);

/* @f, which was unowned, is charged to @a from now on. And no longer: it is unowned again. */
void allot_charge(struct allotment *a, struct frame *f);
void allot_uncharge(struct frame *f);
/* @f is charged to one who maps it instead of @from, or unowned. For allot_unmapped. */
void allot_hand_over(struct allotment *from, struct frame *f);
/*
 * @a's space has unmapped @f at one place. If @f is charged to @a, it is to one of those who still
 * map it from now on, or unowned if none does. Nothing changes if it is charged to another account,
 * or was freed.
 */
static inline void allot_unmapped(struct allotment *a, struct frame *f)
{
	if (f->set != 0 && f->set == a->set.number)
		allot_hand_over(a, f);
}
/* A fault of @a takes a frame. */
void allot_take(struct allotment *a);
/* The page in @f, which has an account, is evicted. */
void allot_evicted(const struct frame *f);

/*
 * @f, the next victim of its account, is charged to another space that maps it and has room, if
 * there is one.
 */
bool allot_pass_on(struct frame *f);

/* Share out @frames; replacement is local. Cheap while it is the same number. */
void allot_set_total(uint32_t frames);
/*
 * Local replacement on or off; @frames as above. 0, or -ENOMEM: each account needs memory for the
 * policy's notes while it is local (allot_local_frames); nothing has changed.
 */
MUST_CHECK int allot_set_local(bool local, uint32_t frames);
/* About so many frames are needed for that. */
uint32_t allot_local_frames(void);
void allot_set_rule(enum allot_rule rule);
/* @a gets @frames as far as there are so many; 0: what the rule says. */
void allot_set_fixed(struct allotment *a, uint32_t frames);

/* Does @a have all it may have? Then it gives up a page of its own first. Global: never. */
bool allot_full(const struct allotment *a);
/* A search for an account that can give up a frame; replacement is local. */
struct allot_search {
	const struct allotment *a; /* who needs one */
	bool charged;		   /* a charged one is needed, to stay below the limit */
	uint32_t asked[BITMAP_WORDS(POLICY_SETS)]; /* numbers of the sets */
};
struct allot_search allot_search_start(const struct allotment *a, bool charged);
/* The number of the next policy set to ask, each once, best first; -1: all were asked. */
int allot_search_next(struct allot_search *search);

/*
 * Virtual time. It passes for @a from allot_run on; allot_stop ends it (@resting: until it wakes),
 * allot_pause and allot_resume stand around work that is the kernel's.
 */
void allot_run(struct allotment *a);
void allot_stop(bool resting);
void allot_pause(void);
void allot_resume(void);
/*
 * Estimate @a's working set if a window has passed since the last time. Accessed bits that are
 * cleared for it live on as FRAME_REFERENCED. Takes time in proportion to its pages.
 */
void allot_sample(struct allotment *a);

/*
 * For load control: does every awake space want more frames, with none left to give? Then one of
 * them should leave memory for a while. Only with local replacement.
 */
bool allot_wants_suspend(void);

/* Asserts the theory's [allot.1] to [allot.4], over every frame. */
void allot_check(void);

#endif

/*
 * Making room: from a victim to a free frame; watermarks; the limit frames=N. Theory in reclaim.c.
 * Context of all: process. These MAY RECLAIM, so: every frame the caller relies on is pinned.
 */
#ifndef MM_RECLAIM_H
#define MM_RECLAIM_H

#include "mm/allot.h"
#include "mm/frame.h"
#include "mm/object.h"
#include "mm/swap.h"

/*
 * How often a caller makes room and tries again before it gives up: enough for a page table and its
 * two companions.
 */
enum { RECLAIM_TRIES = 3 };

/*
 * @limit: at most this many charged user frames; 0: as many as there are. Context: boot, after
 * swap_init and policy_start.
 */
void reclaim_init(uint32_t limit);

/*
 * A frame for a user page, pinned, charged to @a if @owner is FRAME_ANON; contents undefined. NULL:
 * nothing left to evict, or swap is full.
 */
MUST_CHECK struct frame *reclaim_alloc_for(struct allotment *a, enum frame_owner owner);
/* The same for a page that is no address space's: allot_unowned. */
MUST_CHECK struct frame *reclaim_alloc(enum frame_owner owner);
/*
 * Count a resident page against the limit and @a's allotment before mapping it; no-op if it is
 * charged. 0 or -ENOMEM. @f is pinned.
 */
MUST_CHECK int reclaim_charge(struct frame *f, struct allotment *a);
/* Local replacement, or global (the state at start): allot.c. 0 or -ENOMEM: nothing changed. */
int reclaim_set_local(bool local);
/*
 * Free at least @nframes for the kernel's own use (page tables, stacks, slabs). 0 or -ENOMEM: could
 * not.
 */
MUST_CHECK int reclaim_room(uint32_t nframes);
/*
 * The same, and the reserve stays whole. For what can be refused without harm (fork): whoever runs
 * already can still get the next page.
 */
MUST_CHECK int reclaim_room_beside_reserve(uint32_t nframes);

/* @f is mapped and complete: from now on it can be a victim. Unpins. */
void reclaim_page_ready(struct frame *f);
/*
 * A mapping of @f in a locked area begins or ends. While there is one, @f is no victim. Locking:
 * @f is mapped; unlocking: before or after the unmap, then reclaim_page_released.
 */
void reclaim_page_lock(struct frame *f);
void reclaim_page_unlock(struct frame *f);
/* Evict this very page now, if it can be. */
bool reclaim_page_out(struct frame *f);
/*
 * A mapping, a pin or a slot reference of @f went away: free it, keep it cached, or leave it,
 * whatever is right.
 */
void reclaim_page_released(struct frame *f);
/* An entry that named @slot is gone. */
void reclaim_slot_released(slot_t slot);
/* Drop a reference on an object; with the last one its pages go and it is destroyed. */
void reclaim_object_put(struct object *o);
/*
 * Page @index of @o, which is there and which nobody maps or pins, is not wanted any more, wherever
 * it is.
 */
void reclaim_object_page_drop(struct object *o, uint32_t index);
/* Drop every unmapped clean page of files: what Linux's drop_caches does. Returns frames freed. */
uint32_t reclaim_drop_caches(void);

/* struct policy_view's page_name: the slot the page has or had, else its place in its source. */
uint32_t reclaim_page_name(const struct frame *f);

struct reclaim_stats {
	uint32_t charged;	/* frames counted against the limit now */
	uint32_t peak_charged;
	uint32_t limit;		/* 0: none */
	uint32_t locked;	/* mappings of pages in locked areas */
	uint32_t cached;	/* unmapped clean file pages */
	uint32_t reserve;	/* user pages leave this many frames free */
	uint32_t evictions, evictions_clean;
	uint32_t write_errors;
	uint32_t failures;	/* -ENOMEM given */
};
extern struct reclaim_stats reclaim_stats;

void reclaim_check(void);

#endif

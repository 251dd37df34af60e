/*
 * The life of a user page in its frame. Theory in page.c.
 * Context of all: process. Never allocates, never reclaims, never sleeps except in page_wait.
 */
#ifndef MM_PAGE_H
#define MM_PAGE_H

#include "mm/allot.h"
#include "mm/frame.h"
#include "mm/object.h"
#include "mm/swap.h"

void page_init(void); /* boot */

/* Could the clean page in @f be read again from its source, a file in an archive? */
bool page_has_source(const struct frame *f);
/* struct policy_view's page_name: the slot the page has or had, else its place in its source. */
uint32_t page_name(const struct frame *f);

/* Charge @f to @a and the limit frames=N, until it is free or unmapped. */
void page_charge(struct frame *f, struct allotment *a);
/* @f is mapped and complete: it can now be a victim. Unpins. Wakes as page_unpin. */
void page_ready(struct frame *f);
/*
 * A mapping of @f in a locked area is added or removed. While there is one, @f cannot be a victim.
 * Locking: @f is mapped; unlocking: before or after the unmap, then page_released.
 */
void page_lock(struct frame *f);
void page_unlock(struct frame *f);
/*
 * A mapping, a pin or a slot reference of @f was dropped: free it, cache it, or leave it, as
 * appropriate.
 */
void page_released(struct frame *f);
/* Unpin, and the above; if that was the last pin, wake waiters for the page. */
void page_unpin(struct frame *f);
/* An entry that named @slot was removed. */
void page_slot_released(slot_t slot);

/*
 * A transfer between @f, pinned and unmapped, and a device begins, or has ended. In between others
 * that find the frame wait.
 */
void page_busy(struct frame *f);
void page_done(struct frame *f);
/*
 * Sleep until a transfer of @f ends or its last pin goes. By then it may hold another page: look it
 * up again, from the start.
 */
void page_wait(struct frame *f);

/* Drop page @index of @o, which exists, unmapped and unpinned, wherever it is. */
void page_object_drop(struct object *o, uint32_t index);
/* The page in @f leaves memory: its object records @slot, or empty if the source has it. */
void page_leave_object(struct frame *f, slot_t slot);
/* Free @f, which nothing maps, pins or names. */
void page_free(struct frame *f);
/* The least recently cached unpinned page. NULL: none. */
struct frame *page_oldest_cached(void);

struct page_stats {
	uint32_t charged; /* frames charged to the limit now */
	uint32_t peak_charged;
	uint32_t locked; /* mappings of pages in locked areas */
	uint32_t cached; /* unmapped clean file pages */
};
extern struct page_stats page_stats;

void page_check(void);

#endif

/*
 * Swap slots: which pages of the swap area hold what. Theory in swap.c.
 * Context: process. Never allocates; swap_read and swap_write may sleep in the device.
 */
#ifndef MM_SWAP_H
#define MM_SWAP_H

#include "drivers/block.h"
#include "mm/frame.h"
#include "mm/types.h"

/*
 * Write a swap header (Linux's SWAPSPACE2 layout) on @dev's page 0 and start with every other
 * page free. 0, -EIO, or -ENOMEM (the table of slots). Context: boot. Without it there are no
 * slots.
 */
int swap_init(struct block_device *dev);
/* How many slots the area has, the header's not counted; 0: there is none. Context: any. */
uint32_t swap_capacity(void);

/*
 * A free slot with no reference and no frame, or 0: full. It stays taken until referenced or
 * attached, then until neither.
 */
MUST_CHECK slot_t swap_alloc(void);
/*
 * One more, one fewer page-table or object entry names it. The last one, without a frame attached,
 * frees it.
 */
void swap_get(slot_t slot);
void swap_put(slot_t slot);
uint32_t swap_refs(slot_t slot);

/* @f holds the slot's page, or will: sets both ends, f->slot and the slot's frame. */
void swap_attach(slot_t slot, struct frame *f);
/* Neither knows the other any more; frees the slot if nothing references it. */
void swap_detach(struct frame *f);
/*
 * The slot's page has just been evicted, to make room or (not @for_room) because its owner wanted
 * it out: how many evictions follow until it is read again?
 */
void swap_note_evicted(slot_t slot, bool for_room);
/* So many up to now; UINT32_MAX: it did not have to make room. */
uint32_t swap_distance(slot_t slot);

/* The frame that already holds this page, or NULL. */
struct frame *swap_frame(slot_t slot);

/* Is it @dev that the swap area lies on? */
bool swap_is_on(const struct block_device *dev);

/* One page. 0 or -EIO; counted. May sleep. */
MUST_CHECK int swap_read(slot_t slot, void *page);
MUST_CHECK int swap_write(slot_t slot, const void *page);

/*
 * When no slot is free: take one that only backs a clean resident frame away from it; the frame is
 * marked dirty. False: there is none.
 */
bool swap_steal_copy(void);

struct swap_stats {
	uint32_t used; /* slots that are taken, of swap_capacity */
	uint32_t reads, writes, errors;
};
extern struct swap_stats swap_stats;

/* Asserts the theory's [swap.1] to [swap.3]. */
void swap_check(void);

#endif

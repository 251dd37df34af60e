/*
 * Making room: from a victim to a free frame; watermarks; the limit frames=N. Theory in reclaim.c.
 * Context of all: process. These MAY RECLAIM, so: every frame the caller relies on is pinned.
 */
#ifndef MM_RECLAIM_H
#define MM_RECLAIM_H

#include "mm/page.h"

/*
 * @limit: at most this many charged user frames; 0: no limit. Context: boot, after swap_init and
 * policy_start.
 */
void reclaim_init(uint32_t limit);

/*
 * Allocate a frame for a user page, pinned, charged to @a if @owner is FRAME_ANON; contents
 * undefined. NULL: nothing left to evict, or swap is full.
 */
MUST_CHECK struct frame *reclaim_alloc_for(struct allotment *a, enum frame_owner owner);
/* The same for an unowned page: charged to allot_unowned. */
MUST_CHECK struct frame *reclaim_alloc(enum frame_owner owner);
/*
 * Charge a resident page to the limit and @a's allotment before mapping it; no-op if already
 * charged. 0 or -ENOMEM. @f is pinned.
 */
MUST_CHECK int reclaim_charge(struct frame *f, struct allotment *a);
/* Local replacement, or global (the default): allot.c. 0 or -ENOMEM: nothing changed. */
int reclaim_set_local(bool local);
/* Free at least @nframes for the kernel's own use (page tables, stacks, slabs). 0 or -ENOMEM. */
MUST_CHECK int reclaim_room(uint32_t nframes);
/*
 * The same, without using the reserve. For requests that can be refused safely (fork): existing
 * processes can still get their next page.
 */
MUST_CHECK int reclaim_room_above_reserve(uint32_t nframes);
/*
 * pmap_reserve, object_reserve, slab_alloc, krealloc, kmalloc and kzalloc, each tried again after
 * room was made for it. -ENOMEM or NULL: even so there was none, and nothing has changed. @old is
 * the caller's alone: others may run meanwhile.
 */
MUST_CHECK int reclaim_table_again(struct pmap *pm, vaddr_t va);
MUST_CHECK static inline int reclaim_table(struct pmap *pm, vaddr_t va)
{
	return LIKELY(pmap_reserve(pm, va) == 0) ? 0 : reclaim_table_again(pm, va);
}
MUST_CHECK int reclaim_node(struct object *o, uint32_t index);
MUST_CHECK void *reclaim_slab_alloc(struct slab_cache *cache);
MUST_CHECK void *reclaim_krealloc(void *old, size_t bytes);
MUST_CHECK void *reclaim_kmalloc(size_t bytes);
MUST_CHECK void *reclaim_kzalloc(size_t bytes);

/* Evict this particular page now, if possible. */
bool reclaim_page_out(struct frame *f);
/* Drop every unmapped clean file page, like Linux's drop_caches. Returns frames freed. */
uint32_t reclaim_drop_caches(void);

struct reclaim_stats {
	uint32_t limit;		/* 0: none */
	uint32_t reserve;	/* user pages leave this many frames free */
	uint32_t evictions, evictions_clean;
	uint32_t write_errors;
	uint32_t failures;	/* -ENOMEM returned */
};
extern struct reclaim_stats reclaim_stats;

void reclaim_check(void);

#endif

/*
 * File pages for read, write and truncate.
 *
 * There is one copy of a file's page: the object's frame, or its slot, or else the source. A map
 * shows that frame; write(2) changes that frame; so each sees the other at once, and nothing ever
 * has to be kept in step. This file brings a page in on behalf of a system call as fault.c does on
 * behalf of a map, by the same two ways (pagein.c).
 *
 * A page that was written differs from its source, or has none. The mark DIRTY says so, and
 * eviction sends such a page to a slot; the source is not asked again.
 *
 * Always true:
 *   [filepage.1]  a page that filepage_get gives is pinned: neither evicted nor dropped until it is
 *       put
 *   [filepage.2]  after a truncation no page behind the end is in the object or in a page table
 * Left out: writing pages back to the source. Sources are archives, which stay as they are.
 */
#include "mm/filepage.h"

#include "kernel/base/panic.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/aspace/aspace_internal.h"
#include "mm/pagein.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"

bool filepage_exists(const struct object *o, uint32_t index)
{
	return object_lookup(o, index).kind != OBJECT_EMPTY;
}

/* Both may make room, so the page is looked at only after them. */
static struct frame *filepage_frame(struct object *o, uint32_t index)
{
	struct frame *f = reclaim_alloc(FRAME_OBJECT);
	if (f == NULL || reclaim_node(o, index) == 0)
		return f;
	page_unpin(f);
	return NULL;
}

/* Page @index, not resident, into @f. */
static int filepage_fill(struct object *o, uint32_t index, struct frame *f, bool overwrite)
{
	bool major;
	struct object_page page = object_lookup(o, index);
	if (page.kind == OBJECT_FRAME ||
	    (page.kind == OBJECT_SLOT && swap_frame(page.slot) != NULL))
		return -EAGAIN; /* somebody was faster while we slept */
	if (page.kind == OBJECT_SLOT) {
		int err = pagein_slot(page.slot, f);
		if (err == 0)
			pagein_object_back(o, index, f);
		return err;
	}
	if (!overwrite)
		return pagein_source(o, index, f, &major);
	object_set_frame(o, index, f);
	return 0;
}

int filepage_get(struct object *o, uint32_t index, bool overwrite, struct frame **out)
{
	struct object_page page = object_lookup(o, index);
	if (page.kind == OBJECT_FRAME) {
		if (page.frame->flags & FRAME_BUSY)
			return -EAGAIN;
		frame_pin(page.frame);
		*out = page.frame;
		return 0;
	}
	struct frame *f = filepage_frame(o, index);
	if (f == NULL)
		return -ENOMEM;
	int err = filepage_fill(o, index, f, overwrite);
	if (err) {
		page_unpin(f);
		return err;
	}
	*out = f;
	return 0;
}

void filepage_put(struct frame *f, bool modified)
{
	if (modified)
		f->flags |= FRAME_DIRTY;
	frame_unpin(f);
	if (f->mappers == 0)
		page_released(f);
}

/* Out of every page table. */
static void filepage_unmap(struct frame *f)
{
	frame_pin(f); /* the last unmap must not drop or list it */
	for (;;) {
		struct rmap_mapper at = rmap_first(f);
		if (at.pmap == NULL)
			break;
		struct aspace *as = container_of(at.pmap, struct aspace, pmap);
		aspace_unmap_frame(as, vma_find(&as->areas, at.va), at.va);
	}
	frame_unpin(f);
}

/* The last page keeps its bytes before @size_bytes and is zero behind them. */
static int filepage_clear_tail(struct object *o, uint32_t size_bytes)
{
	uint32_t keep = size_bytes & PAGE_MASK;
	struct frame *f;
	if (keep == 0 || size_bytes >= o->size_bytes)
		return 0;
	int err = filepage_get(o, size_bytes >> PAGE_SHIFT, false, &f);
	if (err)
		return err;
	memset((char *)frame_bytes(f) + keep, 0, PAGE_SIZE - keep);
	filepage_put(f, true);
	return 0;
}

int filepage_truncate(struct object *o, uint32_t size_bytes)
{
	int err = filepage_clear_tail(o, size_bytes);
	if (err)
		return err;
	uint32_t first = (size_bytes >> PAGE_SHIFT) + ((size_bytes & PAGE_MASK) != 0);
	for (uint32_t i = object_next(o, first); i != UINT32_MAX; i = object_next(o, i + 1)) {
		struct object_page page = object_lookup(o, i);
		if (page.kind == OBJECT_FRAME &&
		    (page.frame->pins != 0 || (page.frame->flags & FRAME_BUSY)))
			return -EAGAIN;
	}
	for (uint32_t i = object_next(o, first); i != UINT32_MAX; i = object_next(o, i)) {
		struct object_page page = object_lookup(o, i);
		if (page.kind == OBJECT_FRAME)
			filepage_unmap(page.frame);
		page_object_drop(o, i);
	}
	object_trim(o);
	o->size_bytes = size_bytes;
	return 0;
}

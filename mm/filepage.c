/*
 * File pages for read, write and truncate.
 *
 * There is one copy of a file's page: the object's frame, or its slot, or else the source. A map
 * shows that frame; write(2) changes that frame; so each sees the other at once, and nothing has to
 * be kept consistent. This file brings a page in for a system call as fault.c does for a map,
 * through the same two functions (pagein.c).
 *
 * A page that was written differs from its source, or has none. The mark DIRTY says so, and
 * eviction writes such a page to a slot; the source is not read again.
 *
 * Always true:
 *   [filepage.1]  a page that filepage_get gives is pinned: neither evicted nor dropped until it is
 *       put
 *   [filepage.2]  after a truncation no page past the end is in the object or in a page table
 * Left out: writing pages back to the source. Sources are archives, which stay as they are.
 */
#include "mm/filepage.h"

#include "kernel/base/panic.h"
#include "lib/assert.h"
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

/* A frame for it and a node. Both may reclaim, so the page is checked only after them. */
static struct frame *filepage_frame(struct object *o, uint32_t index)
{
	struct frame *f = reclaim_alloc(FRAME_OBJECT);
	if (f == NULL || reclaim_node(o, index) == 0)
		return f;
	page_unpin(f);
	return NULL;
}

/* Read page @index, not resident, into @f. 0 or an error: not read. */
static int filepage_fill(struct object *o, uint32_t index, struct frame *f, bool overwrite)
{
	bool major;
	if (!overwrite || object_lookup(o, index).kind == OBJECT_SLOT)
		return pagein_object(o, index, f, &major);
	object_set_frame(o, index, f);
	return 0;
}

struct frame *filepage_resident(struct object *o, uint32_t index)
{
	struct object_page page = object_lookup(o, index);
	while (page.kind == OBJECT_FRAME && page.frame->flags & FRAME_BUSY) {
		page_wait(page.frame);
		page = object_lookup(o, index);
	}
	if (page.kind != OBJECT_FRAME)
		return NULL;
	frame_pin(page.frame);
	return page.frame;
}

int filepage_get(struct object *o, uint32_t index, bool overwrite, struct frame **out)
{
	struct frame *f = NULL;
	*out = filepage_resident(o, index);
	while (*out == NULL && f == NULL) {
		f = filepage_frame(o, index);
		if (f == NULL)
			return -ENOMEM;
		if (object_lookup(o, index).kind != OBJECT_FRAME)
			break;
		page_unpin(f); /* others were faster */
		f = NULL;
		*out = filepage_resident(o, index);
	}
	if (*out != NULL)
		return 0;
	int err = filepage_fill(o, index, f, overwrite);
	if (err)
		page_unpin(f);
	else
		*out = f;
	return err;
}

void filepage_put(struct frame *f, bool modified)
{
	if (modified)
		f->flags |= FRAME_DIRTY;
	page_unpin(f);
}

/* Remove it from every page table. */
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

/* Drop page @index, which exists. True: waited for its user, so recheck everything. */
static bool filepage_drop(struct object *o, uint32_t index)
{
	struct object_page page = object_lookup(o, index);
	if (page.kind == OBJECT_FRAME && page.frame->pins > 0) {
		page_wait(page.frame);
		return true;
	}
	if (page.kind == OBJECT_FRAME)
		filepage_unmap(page.frame);
	page_object_drop(o, index);
	return false;
}

static void filepage_drop_from(struct object *o, uint32_t first)
{
	uint32_t i = object_next(o, first);
	while (i != UINT32_MAX) {
		bool waited = filepage_drop(o, i);
		i = object_next(o, waited ? first : i); /* others may have brought in one before */
	}
	object_trim(o);
}

int filepage_truncate(struct object *o, uint32_t size_bytes)
{
	uint32_t last = size_bytes >> PAGE_SHIFT, keep = size_bytes & PAGE_MASK;
	struct frame *tail = NULL;
	if (keep != 0 && size_bytes < o->size_bytes) {
		int err = filepage_get(o, last, false, &tail);
		if (err)
			return err;
	}
	o->size_bytes = size_bytes; /* first, so that no fault brings in a page past it */
	filepage_drop_from(o, last + (keep != 0));
	o->size_bytes = size_bytes; /* a write there meanwhile counts as earlier */
	if (tail != NULL) {
		memset((char *)frame_bytes(tail) + keep, 0, PAGE_SIZE - keep);
		filepage_put(tail, true);
	}
	ASSERT(object_next(o, last + (keep != 0)) == UINT32_MAX); /* [filepage.2] */
	return 0;
}

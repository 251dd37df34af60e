/*
 * Address spaces: advice and locks. madvise, mincore, mlock.
 *
 * Advice either removes pages (DONTNEED, FREE, PAGEOUT), brings them in (WILLNEED, POPULATE), or
 * changes how the policy or fork treats them (COLD, DONTFORK, ...). All of it walks the areas of a
 * range, split at its ends if the area itself changes.
 *
 * A locked area's pages cannot be victims: each mapping of a page in such an area counts as a lock
 * on the frame (page_lock), and a frame with locks is not in the policy. Faults lock pages brought
 * in later.
 *
 * FREE: the page may be dropped without a copy unless it is written again. Its dirty bits are
 * cleared and the frame is marked LAZY; eviction drops it if it is still clean, and the program
 * sees zeroes.
 *
 * Left out: huge pages, merging, core dumps: such advice is accepted and has no effect.
 * Source: madvise(2), mincore(2), mlock(2).
 */
#include "kernel/base/panic.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "mm/aspace/aspace_internal.h"
#include "mm/fault.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"

static int populate_range(struct aspace *as, vaddr_t start, vaddr_t end, unsigned access)
{
	for (vaddr_t va = start; va < end; va += PAGE_SIZE) {
		struct pmap_entry e = pmap_lookup(&as->pmap, va);
		if (e.kind == PMAP_FRAME && (access != PROT_W || (e.prot & PROT_W)))
			continue;
		int err = fault_handle_locked(as, va, access);
		if (err)
			return err;
	}
	return 0;
}

int paged_populate(struct aspace *as, vaddr_t start, size_t length)
{
	vaddr_t end = page_up(start + length);
	struct vma *v = vma_find_from(&as->areas, start);
	for (; v != NULL && v->start < end; v = vma_next(v)) {
		if (v->prot == PROT_NONE)
			continue;
		bool write = (v->prot & PROT_W) && !(v->flags & VMA_SHARED);
		int err = populate_range(as, MAX(start, v->start), MIN(end, v->end),
					 write ? PROT_W : PROT_R);
		if (err)
			return err;
	}
	return 0;
}

int aspace_populate(struct aspace *as, vaddr_t start, size_t length)
{
	int err = aspace_lock_exclusive(as);
	if (err)
		return err;
	err = as->ops->populate(as, start, length);
	aspace_unlock(as);
	return err;
}

/* --- advice, one range of one area at a time --- */

static int advise_need(struct aspace *as, struct vma *v, vaddr_t start, vaddr_t end,
		       unsigned advice)
{
	(void)advice;
	for (vaddr_t va = start; v->prot != PROT_NONE && va < end; va += PAGE_SIZE) {
		bool on_slot = pmap_lookup(&as->pmap, va).kind == PMAP_SLOT;
		if ((on_slot || v->object->ops->keeps_pages) &&
		    fault_handle_locked(as, va, PROT_R) == -ENOMEM)
			break; /* advice may fail silently */
	}
	return 0;
}

static int advise_drop(struct aspace *as, struct vma *v, vaddr_t start, vaddr_t end,
		       unsigned advice)
{
	(void)advice;
	if (v->flags & VMA_LOCKED)
		return -EINVAL;
	aspace_drop_pages(as, v, start, end);
	return 0;
}

/* One page of MADV_FREE: mark it clean, free its slot. */
static void free_lazily(struct aspace *as, vaddr_t va, struct frame *f)
{
	if (f->owner != FRAME_ANON || f->mappers != 1 || f->pins != 0)
		return;
	if (f->slot != 0) {
		if (swap_refs(f->slot) != 0)
			return;
		swap_detach(f);
	}
	struct pmap_entry e = pmap_unmap(&as->pmap, va);
	if (pmap_map(&as->pmap, va, e.number, e.prot))
		panic("no page table at %08x although it was there", va);
	f->flags = (f->flags & ~FRAME_DIRTY) | FRAME_LAZY;
}

static int advise_free(struct aspace *as, struct vma *v, vaddr_t start, vaddr_t end,
		       unsigned advice)
{
	(void)advice;
	if (v->object != &object_zero || (v->flags & (VMA_SHARED | VMA_LOCKED)))
		return -EINVAL;
	pmap_for_each(va, &as->pmap, start, end) {
		struct pmap_entry e = pmap_lookup(&as->pmap, va);
		if (e.kind == PMAP_SLOT) {
			pmap_clear(&as->pmap, va);
			page_slot_released(e.number);
		} else if (e.number != object_zero_pfn) {
			free_lazily(as, va, frame_of(e.number));
		}
	}
	return 0;
}

/* Mark as not recently used, or evict now: only pages that nobody else maps. */
static int advise_cold(struct aspace *as, struct vma *v, vaddr_t start, vaddr_t end,
		       unsigned advice)
{
	if (v->flags & VMA_LOCKED)
		return -EINVAL;
	pmap_for_each(va, &as->pmap, start, end) {
		struct pmap_entry e = pmap_lookup(&as->pmap, va);
		if (e.kind != PMAP_FRAME || e.number == object_zero_pfn ||
		    frame_of(e.number)->mappers != 1)
			continue;
		pmap_test_clear_accessed(&as->pmap, va);
		frame_of(e.number)->flags &= ~FRAME_REFERENCED;
		if (advice == ADVISE_PAGEOUT)
			(void)reclaim_page_out(frame_of(e.number));
	}
	return 0;
}

static int advise_fork(struct aspace *as, struct vma *v, vaddr_t start, vaddr_t end,
		       unsigned advice)
{
	unsigned flag = advice == ADVISE_DONTFORK || advice == ADVISE_DOFORK ? VMA_DONTFORK
									     : VMA_WIPEONFORK;
	bool set = advice == ADVISE_DONTFORK || advice == ADVISE_WIPEONFORK;
	if (advice == ADVISE_WIPEONFORK && (v->object != &object_zero || (v->flags & VMA_SHARED)))
		return -EINVAL;
	if (aspace_cut(as, start) || aspace_cut(as, end))
		return -ENOMEM;
	v = vma_find(&as->areas, start);
	v->flags = set ? v->flags | flag : v->flags & ~flag;
	aspace_merge(as, v);
	return 0;
}

static int advise_populate(struct aspace *as, struct vma *v, vaddr_t start, vaddr_t end,
			   unsigned advice)
{
	(void)v;
	return populate_range(as, start, end, advice == ADVISE_POPULATE_READ ? PROT_R : PROT_W);
}

/* Accepted, without effect. */
static int advise_nothing(struct aspace *as, struct vma *v, vaddr_t start, vaddr_t end,
			  unsigned advice)
{
	(void)as, (void)v, (void)start, (void)end, (void)advice;
	return 0;
}

/* By Linux's numbers: the action on one range of one area. NULL: no such advice. */
static int (*const advices[])(struct aspace *as, struct vma *v, vaddr_t start, vaddr_t end,
			      unsigned advice) = {
	[ADVISE_NORMAL] = advise_nothing,	  [ADVISE_RANDOM] = advise_nothing,
	[ADVISE_SEQUENTIAL] = advise_nothing,	  [ADVISE_WILLNEED] = advise_need,
	[ADVISE_DONTNEED] = advise_drop,	  [ADVISE_FREE] = advise_free,
	[ADVISE_DONTFORK] = advise_fork,	  [ADVISE_DOFORK] = advise_fork,
	[ADVISE_MERGEABLE] = advise_nothing,	  [ADVISE_UNMERGEABLE] = advise_nothing,
	[ADVISE_HUGEPAGE] = advise_nothing,	  [ADVISE_NOHUGEPAGE] = advise_nothing,
	[ADVISE_DONTDUMP] = advise_nothing,	  [ADVISE_DODUMP] = advise_nothing,
	[ADVISE_WIPEONFORK] = advise_fork,	  [ADVISE_KEEPONFORK] = advise_fork,
	[ADVISE_COLD] = advise_cold,		  [ADVISE_PAGEOUT] = advise_cold,
	[ADVISE_POPULATE_READ] = advise_populate, [ADVISE_POPULATE_WRITE] = advise_populate,
};

int paged_advise(struct aspace *as, vaddr_t at, vaddr_t end, unsigned advice)
{
	bool hole = false;
	while (at < end) {
		struct vma *v = vma_find_from(&as->areas, at);
		if (v == NULL || v->start >= end)
			return -ENOMEM;
		if (v->start > at)
			hole = true;
		at = MAX(at, v->start);
		vaddr_t stop = MIN(end, v->end);
		int err = advices[advice](as, v, at, stop, advice);
		if (err)
			return err;
		at = stop;
	}
	return hole ? -ENOMEM : 0;
}

int aspace_advise(struct aspace *as, vaddr_t start, size_t length, unsigned advice)
{
	vaddr_t end = page_up(start + length);
	if (advice >= ARRAY_SIZE(advices) || advices[advice] == NULL || (start & PAGE_MASK) ||
	    (length != 0 && end <= start))
		return -EINVAL;
	int err = aspace_lock_exclusive(as);
	if (err)
		return err;
	err = as->ops->advise(as, start, end, advice);
	aspace_unlock(as);
	return err;
}

/* Under the lock of @as, which faults may share. */
static void roll_out_area(struct aspace *as, const struct vma *v,
			  bool (*goes_on)(const void *arg), const void *arg)
{
	pmap_for_each(va, &as->pmap, v->start, v->end) {
		if (!goes_on(arg))
			return;
		struct pmap_entry e = pmap_lookup(&as->pmap, va);
		if (e.kind == PMAP_FRAME && e.number != object_zero_pfn &&
		    frame_of(e.number)->mappers == 1)
			(void)reclaim_page_out(frame_of(e.number));
	}
}

void aspace_roll_out(struct aspace *as, bool (*goes_on)(const void *arg), const void *arg)
{
	if (aspace_lock_shared(as))
		return;
	for (struct vma *v = vma_first(&as->areas); v != NULL && goes_on(arg); v = vma_next(v))
		if (!(v->flags & VMA_LOCKED))
			roll_out_area(as, v, goes_on, arg);
	aspace_unlock(as);
}

bool aspace_in_core(const struct aspace *as, vaddr_t va)
{
	return as->ops->in_core(as, va);
}

bool paged_in_core(const struct aspace *as, vaddr_t va)
{
	struct pmap_entry e = pmap_lookup(&as->pmap, va);
	if (e.kind == PMAP_FRAME)
		return true;
	if (e.kind == PMAP_SLOT)
		return swap_frame(e.number) != NULL;
	const struct vma *v = vma_find(&as->areas, va);
	uint32_t index = v->index + ((va - v->start) >> PAGE_SHIFT);
	return object_lookup(v->object, index).kind == OBJECT_FRAME;
}

/* --- locks --- */

/* Count, or uncount, a lock for every frame that @v maps now. */
static void lock_resident(struct aspace *as, struct vma *v, bool lock)
{
	pmap_for_each(va, &as->pmap, v->start, v->end) {
		struct pmap_entry e = pmap_lookup(&as->pmap, va);
		if (e.kind != PMAP_FRAME || e.number == object_zero_pfn)
			continue;
		if (lock)
			page_lock(frame_of(e.number));
		else
			page_unlock(frame_of(e.number));
	}
}

static void area_set_locked(struct aspace *as, struct vma *v, bool lock)
{
	ASSERT(aspace_is_exclusive(as)); /* [lock.2] */
	if (lock == ((v->flags & VMA_LOCKED) != 0))
		return;
	lock_resident(as, v, lock);
	v->flags = lock ? v->flags | VMA_LOCKED : v->flags & ~VMA_LOCKED;
}

/* Bytes of [start, end) that are locked. */
static uint32_t locked_bytes(const struct aspace *as, vaddr_t start, vaddr_t end)
{
	uint32_t bytes = 0;
	const struct vma *v = vma_find_from(&as->areas, start);
	for (; v != NULL && v->start < end; v = vma_next(v))
		if (v->flags & VMA_LOCKED)
			bytes += MIN(v->end, end) - MAX(v->start, start);
	return bytes;
}

bool aspace_may_lock(const struct aspace *as, size_t length)
{
	if (as->limit_memlock == ASPACE_NO_LIMIT)
		return true;
	return (uint64_t)locked_bytes(as, 0, USER_TOP) + length <= as->limit_memlock;
}

/* Mark [start, end), page aligned. -ENOMEM at a hole, with the part before it done, as on Linux. */
static int range_set_locked(struct aspace *as, vaddr_t start, vaddr_t end, bool lock)
{
	if (aspace_cut(as, start) || aspace_cut(as, end))
		return -ENOMEM;
	vaddr_t at = start;
	while (at < end) {
		struct vma *v = vma_find(&as->areas, at);
		if (v == NULL)
			return -ENOMEM;
		at = v->end;
		area_set_locked(as, v, lock);
		aspace_merge(as, v);
	}
	return 0;
}

/* For mlock a page that cannot be brought in is always -ENOMEM, including inaccessible ones. */
static int lock_populate(struct aspace *as, vaddr_t start, vaddr_t end)
{
	const struct vma *v = vma_find_from(&as->areas, start);
	for (; v != NULL && v->start < end; v = vma_next(v))
		if (v->prot == PROT_NONE)
			return -ENOMEM;
	return paged_populate(as, start, end - start) ? -ENOMEM : 0;
}

int paged_mlock(struct aspace *as, vaddr_t first, vaddr_t end, bool on_fault)
{
	if (!aspace_may_lock(as, end - first - locked_bytes(as, first, end)))
		return -ENOMEM;
	int err = range_set_locked(as, first, end, true);
	if (err == 0 && !on_fault)
		err = lock_populate(as, first, end);
	return err;
}

int aspace_mlock(struct aspace *as, vaddr_t start, size_t length, bool on_fault)
{
	vaddr_t first = page_down(start), end = page_up(start + length);
	int err = end < first ? -EINVAL : aspace_lock_exclusive(as);
	if (err)
		return err;
	err = as->ops->mlock(as, first, end, on_fault);
	aspace_unlock(as);
	return err;
}

int paged_munlock(struct aspace *as, vaddr_t first, vaddr_t end)
{
	return range_set_locked(as, first, end, false);
}

int aspace_munlock(struct aspace *as, vaddr_t start, size_t length)
{
	vaddr_t first = page_down(start), end = page_up(start + length);
	int err = end < first ? -EINVAL : aspace_lock_exclusive(as);
	if (err)
		return err;
	err = as->ops->munlock(as, first, end);
	aspace_unlock(as);
	return err;
}

int paged_mlock_all(struct aspace *as, bool on_fault)
{
	for (struct vma *v = vma_first(&as->areas); v != NULL; v = vma_next(v))
		area_set_locked(as, v, true);
	/* What cannot be brought in now is locked when it is. */
	if (!on_fault)
		(void)paged_populate(as, USER_BASE, USER_TOP - USER_BASE);
	return 0;
}

int aspace_mlock_all(struct aspace *as, bool on_fault)
{
	int err = aspace_lock_exclusive(as);
	if (err)
		return err;
	if ((uint64_t)as->areas.npages << PAGE_SHIFT > as->limit_memlock)
		err = -ENOMEM;
	else
		err = as->ops->mlock_all(as, on_fault);
	aspace_unlock(as);
	return err;
}

void aspace_munlock_all(struct aspace *as)
{
	if (aspace_lock_exclusive(as))
		return;
	as->lock_future = false;
	for (struct vma *v = vma_first(&as->areas); v != NULL; v = vma_next(v))
		area_set_locked(as, v, false);
	aspace_unlock(as);
}

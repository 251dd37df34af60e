/*
 * Address spaces: changing what is mapped. mmap, munmap, mprotect, brk and the stack.
 *
 * Each of these changes areas first, and page-table entries only to remove something: new pages are
 * faulted in. An area that a range begins or ends inside is split there (vma_split). A split needs
 * memory for one more area, so all splits are done before anything is removed. A split alone is
 * invisible to a program: if the second fails, the only effect is one more area.
 *
 * A map without an address is placed as high as it fits below mmap_top, as on Linux, so that the
 * heap can grow up and the stack, above, can grow down. Code is placed low (code.c).
 *
 * Always true: a growing stack keeps ASPACE_STACK_GAP bytes free below it, against every call here
 * except MAP_FIXED: no map is placed there and no stack grows into it.
 * Source: mmap(2), munmap(2), mprotect(2), brk(2); CVE-2017-1000364 for the gap.
 */
#include "kernel/base/panic.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "mm/aspace/aspace_internal.h"
#include "mm/mmstat.h"
#include "mm/reclaim.h"

enum { STACK_START_PAGES = 33 }; /* of a new stack's area: 132 KiB, as on Linux */

bool aspace_range_ok(vaddr_t start, size_t length)
{
	return start <= USER_TOP && length <= USER_TOP - start;
}

int aspace_cut(struct aspace *as, vaddr_t at)
{
	ASSERT(aspace_is_exclusive(as)); /* [lock.2] */
	struct vma *v = vma_find(&as->areas, at);
	if (v == NULL || v->start == at)
		return 0;
	if (as->areas.count >= ASPACE_AREAS_MAX)
		return -ENOMEM;
	struct vma *upper = aspace_new_area(v);
	if (upper == NULL)
		return -ENOMEM;
	vma_split(&as->areas, v, at, upper);
	return 0;
}

void aspace_merge(struct aspace *as, struct vma *v)
{
	ASSERT(aspace_is_exclusive(as)); /* [lock.2] */
	struct vma *gone = vma_merge_before(&as->areas, v);
	if (gone != NULL)
		vma_free(gone);
	struct vma *next = vma_next(v);
	gone = next != NULL ? vma_merge_before(&as->areas, next) : NULL;
	if (gone != NULL)
		vma_free(gone);
}

/* The lowest address at which a new map may end without using @v's room to grow. */
static vaddr_t area_low_end(const struct vma *v)
{
	if (!(v->flags & VMA_GROWSDOWN))
		return v->start;
	return v->start > ASPACE_STACK_GAP ? v->start - ASPACE_STACK_GAP : 0;
}

bool aspace_range_free(const struct aspace *as, vaddr_t start, size_t length)
{
	struct vma *v = vma_find_from(&as->areas, start);
	return v == NULL || start + length <= area_low_end(v);
}

int aspace_unmap_locked(struct aspace *as, vaddr_t start, size_t length)
{
	if ((start & PAGE_MASK) || length == 0 || !aspace_range_ok(start, length))
		return -EINVAL;
	vaddr_t end = page_up(start + length);
	if (aspace_cut(as, start) || aspace_cut(as, end))
		return -ENOMEM;
	struct vma *v = vma_find_from(&as->areas, start);
	unsigned gone = PROT_NONE;
	while (v != NULL && v->start < end) {
		struct vma *next = vma_next(v);
		gone |= v->prot;
		aspace_remove_area(as, v);
		v = next;
	}
	if (gone & PROT_X)
		aspace_code_changed(as);
	return 0;
}

int aspace_unmap(struct aspace *as, vaddr_t start, size_t length)
{
	int err = aspace_lock_exclusive(as);
	if (err)
		return err;
	err = aspace_unmap_locked(as, start, length);
	aspace_unlock(as);
	return err;
}

/* Place a FIXED map: check, then make room. The address, or an error. */
static long place_fixed(struct aspace *as, const struct aspace_map *r, size_t length)
{
	if (r->start & PAGE_MASK)
		return -EINVAL;
	if (!aspace_range_ok(r->start, length))
		return -ENOMEM;
	if (r->start < USER_BASE)
		return -EPERM;
	struct vma *v = vma_find_from(&as->areas, r->start);
	if (v == NULL || v->start >= r->start + length)
		return (long)r->start;
	if (r->map_flags & ASPACE_NOREPLACE)
		return -EEXIST;
	int err = aspace_unmap_locked(as, r->start, length);
	return err ? err : (long)r->start;
}

vaddr_t aspace_place(const struct aspace *as, size_t length)
{
	vaddr_t start = vma_gap(&as->areas, length, USER_BASE, as->mmap_top);
	if (start != 0)
		return start;
	/* No gap below: use the room kept for the stack, as far as the stack cannot use it. */
	uint32_t stack = MIN(as->stack_limit, (uint32_t)ASPACE_MMAP_GAP / 2);
	return vma_gap(&as->areas, length, USER_BASE, USER_TOP - ASPACE_STACK_GAP - stack);
}

/* Any place: the hint if it is free, else the highest gap, or for code the lowest. */
static long place_anywhere(const struct aspace *as, const struct aspace_map *r, size_t length)
{
	vaddr_t hint = page_down(r->start);
	if (hint >= USER_BASE && aspace_range_ok(hint, length) &&
	    aspace_range_free(as, hint, length))
		return (long)hint;
	bool code = r->map_flags & ASPACE_CODE || r->prot & PROT_X;
	vaddr_t start = code ? aspace_place_code(as, length) : aspace_place(as, length);
	return start != 0 ? (long)start : -ENOMEM;
}

static bool area_is_data(unsigned prot, unsigned vma_flags)
{
	return (prot & PROT_W) && !(vma_flags & (VMA_SHARED | VMA_GROWSDOWN));
}

/* Bytes of private writable memory except stacks: what RLIMIT_DATA counts. */
static uint64_t aspace_data_bytes(const struct aspace *as)
{
	uint64_t bytes = 0;
	for (const struct vma *v = vma_first(&as->areas); v != NULL; v = vma_next(v))
		bytes += area_is_data(v->prot, v->flags) ? v->end - v->start : 0;
	return bytes;
}

bool aspace_within_limits(const struct aspace *as, size_t length, unsigned prot, unsigned vma_flags)
{
	if (((uint64_t)as->areas.npages << PAGE_SHIFT) + length > as->limit_as)
		return false;
	if (as->limit_data != ASPACE_NO_LIMIT && area_is_data(prot, vma_flags) &&
	    aspace_data_bytes(as) + length > as->limit_data)
		return false;
	/* More private memory than all frames and slots together can never fit. */
	if ((vma_flags & VMA_NORESERVE) || !(prot & PROT_W))
		return true;
	return length >> PAGE_SHIFT <= frame_stats.total + swap_capacity();
}

long aspace_map_locked(struct aspace *as, const struct aspace_map *r)
{
	if (r->length == 0)
		return -EINVAL;
	if (r->length > USER_TOP - USER_BASE)
		return -ENOMEM;
	size_t length = page_up(r->length);
	if (as->areas.count >= ASPACE_AREAS_MAX ||
	    !aspace_within_limits(as, length, r->prot, r->vma_flags))
		return -ENOMEM;
	return as->ops->map(as, r);
}

long paged_map(struct aspace *as, const struct aspace_map *r)
{
	size_t length = page_up(r->length);
	struct vma wanted = {
		.prot = r->prot,
		.flags = r->vma_flags | (as->lock_future ? VMA_LOCKED : 0),
		.object = r->object != NULL ? r->object : &object_zero,
		.index = r->index,
		.fill_end = r->fill_end != 0 ? r->fill_end : UINT32_MAX,
	};
	struct vma *v = aspace_new_area(&wanted);
	if (v == NULL)
		return -ENOMEM;
	long start = r->map_flags & ASPACE_FIXED ? place_fixed(as, r, length)
						 : place_anywhere(as, r, length);
	if (is_error(start)) {
		vma_free(v);
		return start;
	}
	v->start = start;
	v->end = start + length;
	vma_insert(&as->areas, v);
	aspace_merge(as, v);
	if (r->prot & PROT_X)
		aspace_code_changed(as);
	return start;
}

long aspace_map(struct aspace *as, const struct aspace_map *r)
{
	long result = aspace_lock_exclusive(as);
	if (result)
		return result;
	result = aspace_map_locked(as, r);
	aspace_unlock(as);
	return result;
}

/* What an entry may allow in an area with these permissions: all except NONE implies read. */
static unsigned area_rights(unsigned prot)
{
	if (prot == PROT_NONE)
		return PROT_NONE;
	return prot & PROT_W ? PROT_R | PROT_W : PROT_R;
}

/* Restrict every resident page of @v to what @v allows. New permissions come by fault. */
void paged_protect_pages(struct aspace *as, const struct vma *v)
{
	unsigned allowed = area_rights(v->prot);
	pmap_for_each(va, &as->pmap, v->start, v->end) {
		struct pmap_entry e = pmap_lookup(&as->pmap, va);
		if (e.kind != PMAP_FRAME)
			continue;
		unsigned prot = e.prot == PROT_NONE ? PROT_R & allowed : e.prot & allowed;
		if (prot != e.prot)
			pmap_protect(&as->pmap, va, prot);
	}
}

/* The areas of [start, end), already split off. *before: their combined permissions. */
static int protect_areas(struct aspace *as, vaddr_t start, vaddr_t end, unsigned prot,
			 unsigned *before)
{
	vaddr_t at = start;
	while (at < end) {
		struct vma *v = vma_find(&as->areas, at);
		if (v == NULL) {
			v = vma_find(&as->areas, end);
			if (v != NULL)
				aspace_merge(as, v); /* the split after the hole was not needed */
			return -ENOMEM; /* the part before the hole is changed, as on Linux */
		}
		*before |= v->prot;
		v->prot = prot;
		as->ops->protect_pages(as, v);
		at = v->end;
		aspace_merge(as, v);
	}
	return 0;
}

int aspace_protect_locked(struct aspace *as, vaddr_t start, size_t length, unsigned prot)
{
	unsigned before = PROT_NONE;
	if (start & PAGE_MASK)
		return -EINVAL;
	if (length == 0)
		return 0;
	if (!aspace_range_ok(start, length))
		return -ENOMEM;
	vaddr_t end = page_up(start + length);
	if (vma_find(&as->areas, start) == NULL || aspace_cut(as, start) || aspace_cut(as, end))
		return -ENOMEM;
	int err = protect_areas(as, start, end, prot, &before);
	if ((before | prot) & PROT_X)
		aspace_code_changed(as);
	return err;
}

int aspace_protect(struct aspace *as, vaddr_t start, size_t length, unsigned prot)
{
	int err = aspace_lock_exclusive(as);
	if (err)
		return err;
	err = aspace_protect_locked(as, start, length, prot);
	aspace_unlock(as);
	return err;
}

bool aspace_covers(const struct aspace *as, vaddr_t start, size_t length)
{
	vaddr_t at = start;
	if (!aspace_range_ok(start, length))
		return false;
	while (at < start + length) {
		const struct vma *v = vma_find(&as->areas, at);
		if (v == NULL)
			return false;
		at = v->end;
	}
	return true;
}

void aspace_set_brk(struct aspace *as, vaddr_t end)
{
	as->brk_start = page_up(end);
	as->brk = as->brk_start;
}

static vaddr_t brk_locked(struct aspace *as, vaddr_t brk)
{
	if (brk < as->brk_start || brk > USER_TOP)
		return as->brk;
	vaddr_t old_end = page_up(as->brk);
	vaddr_t new_end = page_up(brk);
	if (new_end < old_end && aspace_unmap_locked(as, new_end, old_end - new_end))
		return as->brk;
	if (new_end > old_end) {
		struct aspace_map heap = {
			.start = old_end,
			.length = new_end - old_end,
			.prot = PROT_R | PROT_W,
			.map_flags = ASPACE_FIXED | ASPACE_NOREPLACE,
			.vma_flags = VMA_HEAP,
		};
		if (!aspace_range_free(as, old_end, new_end - old_end) ||
		    is_error(aspace_map_locked(as, &heap)))
			return as->brk;
	}
	as->brk = brk;
	return brk;
}

vaddr_t aspace_brk(struct aspace *as, vaddr_t brk)
{
	if (aspace_lock_exclusive(as))
		return as->brk;
	brk = brk_locked(as, brk);
	aspace_unlock(as);
	return brk;
}

int aspace_add_stack(struct aspace *as, uint32_t limit_bytes)
{
	as->stack_limit = limit_bytes;
	struct aspace_map stack = {
		.start = USER_TOP - STACK_START_PAGES * PAGE_SIZE,
		.length = STACK_START_PAGES * PAGE_SIZE,
		.prot = PROT_R | PROT_W,
		.map_flags = ASPACE_FIXED,
		.vma_flags = VMA_GROWSDOWN,
	};
	return is_error(aspace_map(as, &stack)) ? -ENOMEM : 0;
}

struct vma *aspace_grow_stack(struct aspace *as, vaddr_t va)
{
	struct vma *v = vma_find_from(&as->areas, va);
	vaddr_t start = page_down(va);
	ASSERT(aspace_is_locked(as)); /* [lock.2] */
	if (v == NULL || !(v->flags & VMA_GROWSDOWN) || start < USER_BASE)
		return NULL;
	if (v->end - start > as->stack_limit ||
	    !aspace_within_limits(as, v->start - start, v->prot, v->flags))
		return NULL;
	const struct vma *below = vma_prev(v);
	if (below != NULL && (start < below->end || start - below->end < ASPACE_STACK_GAP))
		return NULL;
	vma_resize(&as->areas, v, start, v->end);
	mmstat_count(stack_growths);
	return v;
}

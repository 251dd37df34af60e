/*
 * Room inside a contiguous space: what mmap, mremap and madvise mean there.
 *
 * All memory up to the limit exists from the start. So a map is a range that no area has yet, taken
 * from below the stack downwards while the heap grows up towards it, and cleared at once; removing
 * it frees the range. Nothing is shared and nothing is faulted in. The permissions of a range are
 * recorded in its area, for reports only; base and limit cannot enforce them.
 *
 * Always true: a range is cleared when an area is put on it, so a program finds zeroes where Linux
 * promises them, although it could have written there before.
 */
#include "mm/partition/contiguous.h"

#include "kernel/base/panic.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/aspace/aspace_internal.h"
#include "mm/reclaim.h"

/* [start, start + length) inside the space; the limit may truncate the last page. */
static bool range_inside(const struct contiguous *c, vaddr_t start, size_t length)
{
	uint32_t high = page_up(contiguous_high(c));
	return start >= contiguous_low(c) && start <= high && length <= high - start;
}

static void range_clear(const struct contiguous *c, vaddr_t start, size_t length)
{
	uint32_t high = contiguous_high(c);
	if (length != 0 && start < high)
		memset(contiguous_bytes(c, start), 0, MIN(length, high - start));
}

/* An area of private zeroes, in no set. NULL: no memory. */
static struct vma *area_alloc(unsigned prot, unsigned flags)
{
	return aspace_new_area(&(struct vma){
		.prot = prot, .flags = flags, .object = &object_zero, .fill_end = UINT32_MAX,
	});
}

static void area_insert(struct aspace *as, struct vma *v, vaddr_t start, size_t length)
{
	v->start = start;
	v->end = start + length;
	vma_insert(&as->areas, v);
	aspace_merge(as, v);
}

int contiguous_add_area(struct aspace *as, vaddr_t start, uint32_t bytes, unsigned prot)
{
	vaddr_t first = page_down(start), end = page_up(start + bytes);
	/* Two segments may share a page here: the later one has it. */
	const struct vma *before = vma_find(&as->areas, first);
	if (before != NULL)
		first = before->end;
	if (first >= end)
		return 0;
	struct vma *v = area_alloc(prot, 0);
	if (v == NULL)
		return -ENOMEM;
	int err = aspace_lock_exclusive(as);
	if (err)
		vma_free(v);
	else
		area_insert(as, v, first, end - first);
	if (err == 0)
		aspace_unlock(as);
	return err;
}

/* --- mmap --- */

static long place_fixed(struct aspace *as, const struct aspace_map *r, size_t length)
{
	if (r->start & PAGE_MASK)
		return -EINVAL;
	if (!range_inside(as->contiguous, r->start, length))
		return -ENOMEM;
	if (aspace_range_free(as, r->start, length))
		return (long)r->start;
	if (r->map_flags & ASPACE_NOREPLACE)
		return -EEXIST;
	int err = aspace_unmap_locked(as, r->start, length);
	return err ? err : (long)r->start;
}

static long place_anywhere(const struct aspace *as, vaddr_t hint, size_t length)
{
	const struct contiguous *c = as->contiguous;
	hint = page_down(hint);
	if (hint != 0 && range_inside(c, hint, length) && aspace_range_free(as, hint, length))
		return (long)hint;
	vaddr_t low = MAX(contiguous_low(c), page_up(as->brk));
	vaddr_t at = vma_gap(&as->areas, length, low, as->mmap_top);
	return at != 0 ? (long)at : -ENOMEM;
}

static long contiguous_map(struct aspace *as, const struct aspace_map *r)
{
	size_t length = page_up(r->length);
	if (r->object != NULL || r->vma_flags & VMA_SHARED)
		return -ENODEV;
	struct vma *v = area_alloc(r->prot, r->vma_flags & VMA_HEAP);
	if (v == NULL)
		return -ENOMEM;
	long start = contiguous_pin(as->contiguous);
	if (!start) {
		start = r->map_flags & ASPACE_FIXED ? place_fixed(as, r, length)
						    : place_anywhere(as, r->start, length);
		if (!is_error(start))
			range_clear(as->contiguous, start, length);
		contiguous_unpin(as->contiguous);
	}
	if (is_error(start))
		vma_free(v);
	else
		area_insert(as, v, start, length);
	return start;
}

/* --- mremap --- */

static long remap_elsewhere(struct aspace *as, const struct vma *v, vaddr_t old, size_t old_length,
			    size_t new_length)
{
	struct aspace_map room = { .length = new_length, .prot = v->prot };
	/* Everything that can fail first: after these splits the old range can be removed. */
	if (aspace_cut(as, old) || aspace_cut(as, old + old_length))
		return -ENOMEM;
	int err = contiguous_pin(as->contiguous);
	if (err)
		return err;
	long to = contiguous_map(as, &room);
	if (!is_error(to))
		memcpy(contiguous_bytes(as->contiguous, to), contiguous_bytes(as->contiguous, old),
		       old_length);
	contiguous_unpin(as->contiguous);
	if (!is_error(to) && aspace_unmap_locked(as, old, old_length))
		panic("an area could not be removed although it was cut out");
	return to;
}

static long remap_grow(struct aspace *as, vaddr_t end, size_t more)
{
	return contiguous_map(as, &(struct aspace_map){
		.start = end,
		.length = more,
		.prot = PROT_R | PROT_W,
		.map_flags = ASPACE_FIXED | ASPACE_NOREPLACE,
	});
}

static long contiguous_remap(struct aspace *as, struct aspace_move *m)
{
	vaddr_t old = m->from;
	unsigned flags = m->flags;
	const struct vma *v = vma_find(&as->areas, old);
	size_t from = m->old_length, to = m->new_length;
	if ((flags & ~(unsigned)ASPACE_MAYMOVE) || old & PAGE_MASK || to == 0 || from == 0)
		return -EINVAL;
	if (v == NULL || from > v->end - old)
		return -EFAULT;
	if (to == from)
		return (long)old;
	if (to < from) {
		int err = aspace_unmap_locked(as, old + to, from - to);
		return err ? err : (long)old;
	}
	if (!is_error(remap_grow(as, old + from, to - from)))
		return (long)old;
	return flags & ASPACE_MAYMOVE ? remap_elsewhere(as, v, old, from, to) : -ENOMEM;
}

/* --- madvise --- */

static int contiguous_advise(struct aspace *as, vaddr_t start, vaddr_t end, unsigned advice)
{
	size_t length = end - start;
	if (!aspace_covers(as, start, length))
		return -ENOMEM;
	if (advice == ADVISE_DONTFORK || advice == ADVISE_WIPEONFORK)
		return -EINVAL;
	if (advice != ADVISE_DONTNEED)
		return 0;
	int err = contiguous_pin(as->contiguous);
	if (err)
		return err;
	range_clear(as->contiguous, start, length);
	contiguous_unpin(as->contiguous);
	return 0;
}

/* --- the kind --- */

/* Its pages belong to the partition, not to areas. */
static void contiguous_drop_pages(struct aspace *as, const struct vma *v, vaddr_t start,
				  vaddr_t end)
{
	(void)as, (void)v, (void)start, (void)end;
}

/* contiguous_fork has copied all of it. */
static int contiguous_fork_area(struct aspace *from, struct aspace *to, const struct vma *v)
{
	(void)from, (void)to, (void)v;
	return 0;
}

/* Base and limit have no permissions, and there is one limit for code and data. */
static void contiguous_protect_pages(struct aspace *as, const struct vma *v)
{
	(void)as, (void)v;
}

static void contiguous_code_changed(struct aspace *as)
{
	(void)as;
}

static int contiguous_populate(struct aspace *as, vaddr_t start, size_t length)
{
	(void)as, (void)start, (void)length; /* all of it is present */
	return 0;
}

/* Its pages are never evicted one by one. */
static int contiguous_munlock(struct aspace *as, vaddr_t start, vaddr_t end)
{
	return aspace_covers(as, start, end - start) ? 0 : -ENOMEM;
}

static int contiguous_mlock(struct aspace *as, vaddr_t start, vaddr_t end, bool on_fault)
{
	(void)on_fault;
	return contiguous_munlock(as, start, end);
}

static int contiguous_mlock_all(struct aspace *as, bool on_fault)
{
	(void)as, (void)on_fault;
	return 0;
}

static bool contiguous_in_core(const struct aspace *as, vaddr_t va)
{
	(void)va;
	return contiguous_is_in(as->contiguous);
}

const struct aspace_ops contiguous_ops = {
	.name = "partition",
	.paged = false,
	.drop_pages = contiguous_drop_pages,
	.destroy = contiguous_destroy,
	.fork = contiguous_fork,
	.fork_area = contiguous_fork_area,
	.map = contiguous_map,
	.remap = contiguous_remap,
	.advise = contiguous_advise,
	.protect_pages = contiguous_protect_pages,
	.code_changed = contiguous_code_changed,
	.populate = contiguous_populate,
	.mlock = contiguous_mlock,
	.munlock = contiguous_munlock,
	.mlock_all = contiguous_mlock_all,
	.in_core = contiguous_in_core,
	.swapped = contiguous_swapped,
	.check = contiguous_check,
};

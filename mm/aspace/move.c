/*
 * Address spaces: mremap. An area grows, shrinks, or moves with its pages.
 *
 * A page moves by its entry: another entry names what the old one named, and the frame stays in
 * place. Everything that can fail comes first: a new area, and page tables for every entry that
 * will move. Then the entries are moved, which cannot fail, and the old area is removed.
 *
 * Always true: at no time do two entries of the process name a moving page, or none.
 * Source: mremap(2); CVE-2004-0077 (the old range's removal may not fail unnoticed).
 */
#include "kernel/base/panic.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "mm/aspace/aspace_internal.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"

/*
 * Page tables for all that will move. Allocating one may sleep and evict, but that adds or removes
 * no entry.
 */
static int move_reserve(struct aspace *as, const struct aspace_move *m, size_t length)
{
	vaddr_t end = m->from + length;
	pmap_for_each(va, &as->pmap, m->from, end) {
		if (reclaim_table(&as->pmap, va - m->from + m->to))
			return -ENOMEM;
	}
	return 0;
}

static void move_entry(struct aspace *as, vaddr_t from, vaddr_t to)
{
	struct pmap_entry e = pmap_lookup(&as->pmap, from);
	if (e.kind == PMAP_SLOT) {
		pmap_clear(&as->pmap, from);
		pmap_set_slot(&as->pmap, to, e.number);
		return;
	}
	e = pmap_unmap(&as->pmap, from);
	if (pmap_map(&as->pmap, to, e.number, e.prot))
		panic("no page table at %08x although it was reserved", to);
	if (e.number == object_zero_pfn)
		return;
	struct frame *f = frame_of(e.number);
	if (e.dirty)
		f->flags |= FRAME_DIRTY;
	rmap_remove(f, &as->pmap, from);
	rmap_add(f, &as->pmap, to);
}

static void move_entries(struct aspace *as, const struct aspace_move *m, size_t length)
{
	vaddr_t end = m->from + length;
	pmap_for_each(va, &as->pmap, m->from, end)
		move_entry(as, va, va - m->from + m->to);
}

/* The pages have moved, the old range is split off: remove it, or leave it empty. */
static void move_finish(struct aspace *as, const struct aspace_move *m, struct vma *area)
{
	ASSERT(aspace_is_exclusive(as)); /* [lock.2] */
	vma_insert(&as->areas, area);
	move_entries(as, m, MIN(m->old_length, m->new_length));
	struct vma *old = m->old_length != 0 ? vma_find(&as->areas, m->from) : NULL;
	if (old != NULL && (m->flags & ASPACE_DONTUNMAP))
		old->flags &= ~VMA_LOCKED;
	else if (old != NULL)
		aspace_remove_area(as, old);
	aspace_merge(as, area);
}

/* To m->to, which is free. */
static long move_area(struct aspace *as, const struct aspace_move *m)
{
	/* The area, and what its old and new place may be split into. */
	if (as->areas.count >= ASPACE_AREAS_MAX - 3 || aspace_cut(as, m->from) ||
	    aspace_cut(as, m->from + m->old_length))
		return -ENOMEM;
	struct vma *area = aspace_new_area(vma_find(&as->areas, m->from));
	if (area == NULL)
		return -ENOMEM;
	area->index += (m->from - area->start) >> PAGE_SHIFT;
	area->start = m->to;
	area->end = m->to + m->new_length;
	if (move_reserve(as, m, MIN(m->old_length, m->new_length))) {
		vma_free(area);
		return -ENOMEM;
	}
	move_finish(as, m, area);
	return (long)m->to;
}

/* Checks that need no area. */
static int move_valid(const struct aspace_move *m)
{
	const unsigned known = ASPACE_MAYMOVE | ASPACE_MOVE_FIXED | ASPACE_DONTUNMAP;
	if ((m->flags & ~known) || (m->from & PAGE_MASK) || m->new_length == 0)
		return -EINVAL;
	if ((m->flags & (ASPACE_MOVE_FIXED | ASPACE_DONTUNMAP)) && !(m->flags & ASPACE_MAYMOVE))
		return -EINVAL;
	if ((m->flags & ASPACE_DONTUNMAP) && m->old_length != m->new_length)
		return -EINVAL;
	if (!(m->flags & ASPACE_MOVE_FIXED))
		return 0;
	if ((m->to & PAGE_MASK) || !aspace_range_ok(m->to, m->new_length) || m->to < USER_BASE)
		return -EINVAL;
	return m->to + m->new_length > m->from && m->from + m->old_length > m->to ? -EINVAL : 0;
}

/* In place: 0 done, -EAGAIN must move, else an error. */
static int move_in_place(struct aspace *as, const struct aspace_move *m, struct vma *v)
{
	if ((m->flags & (ASPACE_MOVE_FIXED | ASPACE_DONTUNMAP)) || m->old_length == 0)
		return -EAGAIN;
	if (m->new_length == m->old_length)
		return 0;
	if (m->new_length < m->old_length)
		return aspace_unmap_locked(as, m->from + m->new_length,
					   m->old_length - m->new_length);
	size_t more = m->new_length - m->old_length;
	if (v->end != m->from + m->old_length || !aspace_range_ok(v->end, more) ||
	    !aspace_range_free(as, v->end, more))
		return -EAGAIN;
	vma_resize(&as->areas, v, v->start, v->end + more);
	aspace_merge(as, v);
	return 0;
}

static long move_elsewhere(struct aspace *as, struct aspace_move *m, unsigned prot)
{
	if (m->flags & ASPACE_MOVE_FIXED) {
		int err = aspace_unmap_locked(as, m->to, m->new_length);
		return err ? err : move_area(as, m);
	}
	if (!(m->flags & ASPACE_MAYMOVE))
		return -ENOMEM;
	m->to = prot & PROT_X ? aspace_place_code(as, m->new_length)
			      : aspace_place(as, m->new_length);
	return m->to != 0 ? move_area(as, m) : -ENOMEM;
}

/* Bytes that the process will have more of. */
static size_t move_more(const struct aspace_move *m)
{
	if (m->flags & ASPACE_DONTUNMAP)
		return m->new_length;
	return m->new_length > m->old_length ? m->new_length - m->old_length : 0;
}

/* Checks of the area, @v, and the limits. */
static int move_allowed(const struct aspace *as, const struct aspace_move *m, const struct vma *v)
{
	if (v == NULL)
		return -EFAULT;
	if (m->old_length == 0 && !(v->flags & VMA_SHARED))
		return -EINVAL; /* only shared memory can be mapped a second time this way */
	bool only_shrinks = m->new_length < m->old_length &&
			    !(m->flags & (ASPACE_MOVE_FIXED | ASPACE_DONTUNMAP));
	if (m->old_length > v->end - m->from && !only_shrinks)
		return -EFAULT; /* shrinking, unlike moving, may span several areas */
	size_t more = move_more(m);
	if (v->flags & VMA_LOCKED && more != 0 && !aspace_may_lock(as, more))
		return -EAGAIN;
	return more == 0 || aspace_within_limits(as, more, v->prot, v->flags) ? 0 : -ENOMEM;
}

long paged_remap(struct aspace *as, struct aspace_move *m)
{
	long valid = move_valid(m);
	if (valid)
		return valid;
	struct vma *v = vma_find(&as->areas, m->from);
	int err = move_allowed(as, m, v);
	if (err)
		return err;
	unsigned prot = v->prot;
	m->populate = v->flags & VMA_LOCKED && move_more(m) != 0;
	err = move_in_place(as, m, v);
	long at = err == -EAGAIN ? move_elsewhere(as, m, prot) : err != 0 ? err : (long)m->from;
	if (prot & PROT_X)
		aspace_code_changed(as);
	return at;
}

long aspace_remap(struct aspace *as, vaddr_t old, size_t old_length, size_t new_length,
		  unsigned flags, vaddr_t to)
{
	struct aspace_move m = { old, to, page_up(old_length), page_up(new_length), flags, false };
	long at = aspace_lock_exclusive(as);
	if (at)
		return at;
	at = as->ops->remap(as, &m);
	aspace_unlock(as);
	if (!is_error(at) && m.populate)
		(void)aspace_populate(as, at + m.old_length, m.new_length - m.old_length);
	return at;
}

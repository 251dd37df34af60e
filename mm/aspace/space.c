/*
 * Address spaces: creation, fork and removal.
 *
 * An address space is a set of areas (what should be where), page tables (what is there now), and a
 * base and a limit (the hardware window that both must stay inside). This file creates, copies and
 * destroys them; map.c changes their areas; fault.c fills their tables.
 *
 * Fork copies areas and entries, not pages: every private page is made read-only in both, and the
 * first to write gets a copy. A slot gets one more reference. So fork costs one entry for each
 * existing page, whatever its contents.
 *
 * Always true (aspace_check):
 *   [space.1]  the areas are sound ([vma.1] to [vma.3]), the tables too ([pmap.1] to [pmap.4])
 *   [space.2]  no entry lies outside an area: a page without an area would be unreachable
 *   [space.3]  a writable entry lies in an area that allows writing; in a private area its frame is
 *       private and has no other user
 *   [space.4]  no entry allows what its area forbids
 * and [code.1], about the code limit, in code.c. A space that is one partition (contiguous.c) has
 * areas and no pages of its own; [space.1] holds for it, and [contiguous.1] to [contiguous.5]
 * instead of the others.
 *
 * Left out: sharing page tables between parent and child until one changes. Copying the entries
 * of a small program costs less than the bookkeeping would.
 * Source: Linux's mm_struct and dup_mmap for the order of work; UVM for the terms.
 */
#include "mm/aspace/aspace_internal.h"

#include "kernel/base/panic.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/list.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"
#include "mm/slab.h"

/* Private bookkeeping: all address spaces, for aspace_check_all. */
struct aspace_entry {
	struct aspace as;
	struct list_node link;
};

static struct slab_cache *aspace_cache;
static struct list_node aspaces = LIST_HEAD_INIT(aspaces);
static const struct aspace *aspace_active; /* the active one; NULL: only the kernel */

void aspace_init(void)
{
	aspace_cache = slab_create("aspace", sizeof(struct aspace_entry), 0, NULL);
	if (aspace_cache == NULL)
		panic("no memory for the cache of address spaces");
	allot_init();
}

struct aspace *aspace_create(void)
{
	struct aspace_entry *e = slab_alloc(aspace_cache);
	if (e == NULL)
		return NULL;
	e->as = (struct aspace){
		.ops = &aspace_paged,
		.refs = 1,
		.segment = { .base = 0, .data_limit = USER_TOP, .code_limit = PAGE_SIZE },
		.mmap_top = USER_TOP - ASPACE_MMAP_GAP,
		.stack_limit = ASPACE_STACK_LIMIT,
		.limit_as = ASPACE_NO_LIMIT,
		.limit_data = ASPACE_NO_LIMIT,
		.limit_memlock = ASPACE_NO_LIMIT,
	};
	aspace_lock_init(&e->as.lock);
	if (pmap_create(&e->as.pmap)) {
		slab_free(aspace_cache, e);
		return NULL;
	}
	e->as.allot = allot_create(&e->as.pmap);
	if (e->as.allot == NULL) {
		pmap_destroy(&e->as.pmap);
		slab_free(aspace_cache, e);
		return NULL;
	}
	list_push_back(&aspaces, &e->link);
	return &e->as;
}

struct aspace *aspace_get(struct aspace *as)
{
	as->refs++;
	return as;
}

void aspace_reload_segment(const struct aspace *as)
{
	if (as == aspace_active && segment_set_user(&as->segment))
		panic("an address space with limits that no descriptor can hold");
}

void aspace_activate(struct aspace *as)
{
	aspace_active = as;
	if (as == NULL) {
		pmap_activate(NULL);
		allot_stop(false);
		return;
	}
	pmap_activate(&as->pmap);
	allot_run(as->allot);
	aspace_reload_segment(as);
}

/* Remove the frame entry at @va of @v, and what only it needed. */
void aspace_unmap_frame(struct aspace *as, const struct vma *v, vaddr_t va)
{
	struct pmap_entry e = pmap_unmap(&as->pmap, va);
	if (e.number == object_zero_pfn)
		return; /* the zero page has no reverse map */
	struct frame *f = frame_of(e.number);
	if (e.dirty)
		f->flags |= FRAME_DIRTY;
	rmap_remove(f, &as->pmap, va);
	if (v->flags & VMA_LOCKED)
		page_unlock(f);
	page_released(f);
	allot_unmapped(as->allot, f);
}

void paged_drop_pages(struct aspace *as, const struct vma *v, vaddr_t start, vaddr_t end)
{
	ASSERT(aspace_is_exclusive(as)); /* [lock.2] */
	pmap_for_each(va, &as->pmap, start, end) {
		struct pmap_entry e = pmap_lookup(&as->pmap, va);
		if (e.kind == PMAP_FRAME) {
			aspace_unmap_frame(as, v, va);
		} else {
			pmap_clear(&as->pmap, va);
			page_slot_released(e.number);
		}
	}
}

void aspace_remove_area(struct aspace *as, struct vma *v)
{
	aspace_drop_pages(as, v, v->start, v->end);
	vma_remove(&as->areas, v);
	vma_free(v);
}

void aspace_put(struct aspace *as)
{
	ASSERT(as->refs > 0);
	as->refs--;
	if (as->refs > 0)
		return;
	struct vma *v = vma_first(&as->areas);
	while (v != NULL) {
		aspace_remove_area(as, v);
		v = vma_first(&as->areas);
	}
	as->ops->destroy(as);
	allot_destroy(as->allot);
	pmap_destroy(&as->pmap);
	struct aspace_entry *e = container_of(as, struct aspace_entry, as);
	list_remove(&e->link);
	slab_free(aspace_cache, e);
}

/* Copy the entry at @va of @from to @to, whose page table exists; nothing here can fail. */
static void fork_entry(struct aspace *from, struct aspace *to, const struct vma *v, vaddr_t va)
{
	struct pmap_entry e = pmap_lookup(&from->pmap, va);
	if (e.kind == PMAP_NONE)
		return;
	if (e.kind == PMAP_SLOT) {
		swap_get(e.number);
		pmap_set_slot(&to->pmap, va, e.number);
		return;
	}
	unsigned prot = e.prot;
	if (!(v->flags & VMA_SHARED) && (prot & PROT_W)) {
		prot = PROT_R;
		pmap_protect(&from->pmap, va, prot);
	}
	if (pmap_map(&to->pmap, va, e.number, prot))
		panic("no page table at %08x although it was reserved", va);
	if (e.number != object_zero_pfn)
		rmap_add(frame_of(e.number), &to->pmap, va);
}

int paged_fork_area(struct aspace *from, struct aspace *to, const struct vma *v)
{
	if (v->flags & VMA_WIPEONFORK)
		return 0;
	pmap_for_each(va, &from->pmap, v->start, v->end) {
		if (reclaim_table(&to->pmap, va))
			return -ENOMEM;
		fork_entry(from, to, v, va);
	}
	return 0;
}

struct vma *aspace_new_area(const struct vma *like)
{
	struct vma *v = vma_alloc(like);
	if (v == NULL && reclaim_room(1) == 0)
		v = vma_alloc(like);
	return v;
}

/* May sleep: both are locked, so their areas do not change. */
static int fork_areas(struct aspace *from, struct aspace *to)
{
	ASSERT(aspace_is_exclusive(from) && aspace_is_exclusive(to)); /* [lock.3] */
	for (struct vma *v = vma_first(&from->areas); v != NULL; v = vma_next(v)) {
		if (v->flags & VMA_DONTFORK)
			continue;
		struct vma *copy = aspace_new_area(v);
		if (copy == NULL)
			return -ENOMEM;
		copy->flags &= ~VMA_LOCKED; /* locks are not inherited: mlock(2) */
		vma_insert(&to->areas, copy);
		if (from->ops->fork_area(from, to, v))
			return -ENOMEM;
	}
	return 0;
}

/* A copy of @from without areas and pages. */
static void fork_facts(const struct aspace *from, struct aspace *to)
{
	struct aspace fresh = *to;
	*to = *from;
	to->pmap = fresh.pmap;
	to->areas = fresh.areas;
	to->lock = fresh.lock;
	to->allot = fresh.allot;
	to->refs = 1;
	to->minor_faults = 0;
	to->major_faults = 0;
	to->peak_resident = 0;
	to->refaults = 0;
	to->refault_distance = 0;
	to->lock_future = false;
	to->ops = &aspace_paged;
	to->contiguous = NULL;
}

/* Both are locked. */
static int fork_locked(struct aspace *from, struct aspace *to)
{
	fork_facts(from, to);
	if (from->ops->fork(from, to) || fork_areas(from, to))
		return -ENOMEM;
	aspace_code_changed(to); /* an area may have stayed behind */
	return 0;
}

/* The child's lock is free: nobody else can see it yet. */
static int fork_into(struct aspace *from, struct aspace *to)
{
	int err = aspace_lock_exclusive(from);
	if (err)
		return err;
	err = aspace_lock_exclusive(to);
	ASSERT(err == 0);
	err = fork_locked(from, to);
	aspace_unlock(to);
	aspace_unlock(from);
	return err;
}

struct aspace *aspace_fork(struct aspace *from)
{
	struct aspace *to = aspace_create();
	if (to == NULL || fork_into(from, to) == 0)
		return to;
	aspace_put(to);
	return NULL;
}

static void entry_check(const struct aspace *as, const struct vma *v, vaddr_t va)
{
	struct pmap_entry e = pmap_lookup(&as->pmap, va);
	if (e.kind == PMAP_SLOT) {
		ASSERT(swap_refs(e.number) > 0);
		return;
	}
	ASSERT(v->prot != PROT_NONE || e.prot == PROT_NONE); /* [space.4] */
	if (e.prot & PROT_W)
		ASSERT(v->prot & PROT_W); /* [space.3], [space.4] */
	if (!(e.prot & PROT_W) || (v->flags & VMA_SHARED))
		return;
	const struct frame *f = frame_of(e.number);
	/* [space.3] */
	ASSERT(f->owner == FRAME_ANON && f->mappers == 1 &&
	       (f->slot == 0 || swap_refs(f->slot) == 0));
}

void aspace_check(struct aspace *as)
{
	vma_check(&as->areas); /* [space.1] */
	pmap_check(&as->pmap); /* [space.1] */
	as->ops->check(as);
}

void paged_check(struct aspace *as)
{
	uint32_t entries = 0;
	aspace_code_check(as);
	for (struct vma *v = vma_first(&as->areas); v != NULL; v = vma_next(v)) {
		object_check(v->object);
		pmap_for_each(va, &as->pmap, v->start, v->end) {
			entry_check(as, v, va);
			entries++;
		}
	}
	ASSERT(entries == as->pmap.resident + as->pmap.swapped); /* [space.2] */
}

void aspace_check_all(void)
{
	list_for_each(node, &aspaces)
		aspace_check(&list_entry(node, struct aspace_entry, link)->as);
}

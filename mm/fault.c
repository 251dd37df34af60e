/*
 * The page fault.
 *
 * A process starts with areas and empty page tables. The first touch of each page traps; this file
 * finds out what should be there, allocates a frame, fills it, maps it, and the instruction is
 * retried. It also copies a written copy-on-write page and brings an evicted page back. The steps,
 * in the order of the code:
 *
 *   1 legal?            an area covers the address and allows the access
 *   2 what is missing?  the entry, then the object: a plan (below), and what it needs pinned
 *   3 a frame           and a page table, and an index node: all that can fail for lack of memory
 *   4 fill it           zeroes, the source, swap, a copy
 *   5 map it
 *   6 record            reverse map, policy, counts
 *
 * Steps 1 and 2, and the table of plans, are in fault_plan.c.
 *
 * Always true:
 *   [fault.1]  steps 1 and 2 change nothing but a stack's lower end, which stays where it grew to;
 *       3 to 5 undo what they allocated; 6 cannot fail
 *   [fault.2]  every frame in use between step 2 and step 6 is pinned, the copy's source too
 *   [fault.3]  a page is shared while mappers plus slot references are more than one; such a page
 *       is never mapped writable in a private area
 *   [fault.4]  the space's lock is held, shared, from step 1 to step 6, so areas stay. Steps 3 and
 *       4 may sleep; what step 2 saw is rechecked after them, and if it has changed the work is
 *       dropped and restarted. A page that others transfer is waited for
 *
 * Left out: mapping a file page's neighbours at the same time. One fault, one page: the counts can
 * be predicted.
 * Source: the order of steps is that of operating-systems textbooks (Silberschatz, Galvin and
 * Gagne, Operating System Concepts, ch. 10); copy on write after Tenex (Bobrow et al., 1972).
 */
#include "mm/fault_internal.h"

#include "kernel/base/panic.h"
#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/aspace/aspace_internal.h"
#include "mm/history.h"
#include "mm/mmstat.h"
#include "mm/pagein.h"
#include "mm/reclaim.h"
#include "mm/refault.h"
#include "mm/rmap.h"
#include "mm/trace.h"

enum { FAULT_AGAIN = 1 }; /* what step 2 saw has changed, or is under I/O: restart */

/* Release what steps 2 to 4 acquired. */
static void fault_undo(struct fault *f)
{
	struct frame *taken[] = { f->frame, f->from };
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		if (taken[i] != NULL)
			page_unpin(taken[i]);
}

/* Step 3. */
static int fault_gather(struct fault *f)
{
	if (f->plan == PLAN_MAP && reclaim_charge(f->frame, f->as->allot))
		return -ENOMEM;
	if (f->plan >= PLAN_ZERO) {
		bool of_object = fault_fills_object(f);
		f->frame = reclaim_alloc_for(f->as->allot, of_object ? FRAME_OBJECT : FRAME_ANON);
		if (f->frame == NULL || (of_object && reclaim_charge(f->frame, f->as->allot)))
			return -ENOMEM;
	}
	/* The node last: reclaim may free empty nodes, but no page table. */
	if (reclaim_table(&f->as->pmap, f->va) ||
	    (f->plan == PLAN_READ && reclaim_node(f->object, f->index)))
		return -ENOMEM;
	return fault_still_so(f) ? 0 : FAULT_AGAIN; /* [fault.4] */
}

/* Of a partly filled page: how many bytes are the object's. */
static uint32_t fill_bytes(const struct fault *f)
{
	uint32_t offset = f->index << PAGE_SHIFT, end = f->area->fill_end;
	return end > offset ? end - offset : 0;
}

/* A new private page from the object's source, zeroes after the area's fill_end. */
static int fill_from_source(struct fault *f, void *bytes)
{
	uint32_t offset = f->index << PAGE_SHIFT;
	uint32_t want = fault_page_is_partial(f) ? fill_bytes(f) : PAGE_SIZE;
	if (f->object->ops->read == NULL)
		want = 0;
	if (want < PAGE_SIZE)
		memset((char *)bytes + want, 0, PAGE_SIZE - want);
	f->major = want > 0;
	if (want == 0) {
		mmstat_count(zero_fills);
		return 0;
	}
	mmstat_count(file_ins);
	return object_read(f->object, offset, bytes, want);
}

/* From the slot into a private frame of the writer's: the others keep the slot. */
static int fill_from_shared_slot(struct fault *f, void *bytes)
{
	f->major = true;
	refault_count(f->as, f->slot);
	swap_get(f->slot); /* holds it while we may sleep */
	int err = swap_read(f->slot, bytes);
	page_slot_released(f->slot);
	return err;
}

static int fill_copy(struct fault *f, void *bytes)
{
	int err = 0;
	mmstat_count(cow_copies);
	if (f->from == NULL)
		err = fill_from_shared_slot(f, bytes);
	else
		cpu_page_copy(bytes, frame_bytes(f->from));
	if (err == 0 && f->entry.kind == PMAP_NONE && fault_page_is_partial(f)) {
		uint32_t keep = fill_bytes(f);
		memset((char *)bytes + keep, 0, PAGE_SIZE - keep);
	}
	return err;
}

static int fill_swap_in(struct fault *f)
{
	if (!fault_fills_object(f))
		return pagein_slot(f->slot, f->frame);
	return pagein_object(f->object, f->index, f->frame, &f->major);
}

/* Step 4. */
static int fault_fill(struct fault *f)
{
	if (f->plan < PLAN_ZERO)
		return 0;
	void *bytes = frame_bytes(f->frame);
	int err = 0;
	switch (f->plan) {
	case PLAN_ZERO:
		mmstat_count(zero_fills);
		cpu_page_clear(bytes);
		break;
	case PLAN_SOURCE:
		err = fill_from_source(f, bytes);
		break;
	case PLAN_COPY:
		err = fill_copy(f, bytes);
		break;
	case PLAN_SWAP_IN:
		f->major = true;
		refault_count(f->as, f->slot);
		return fill_swap_in(f);
	default:
		return pagein_object(f->object, f->index, f->frame, &f->major);
	}
	/* [fault.4]: a copy was read beside the page, which others may have brought in meanwhile */
	return err == 0 && f->major && !fault_still_so(f) ? FAULT_AGAIN : err;
}

static unsigned fault_prot(const struct fault *f)
{
	unsigned prot = f->area->prot & PROT_W ? PROT_R | PROT_W : PROT_R;
	if (!area_is_private(f->area))
		return prot;
	/* Not mapped yet: the entry's own slot reference stands for this mapping. */
	uint32_t others = f->frame->mappers;
	if (f->frame->slot != 0)
		others += swap_refs(f->frame->slot) - (f->entry.kind == PMAP_SLOT);
	return f->frame->owner == FRAME_ANON && others == 0 ? prot : PROT_R;
}

static void map_frame(struct fault *f)
{
	unsigned prot = fault_prot(f);
	if (pmap_map(&f->as->pmap, f->va, frame_pfn(f->frame), prot))
		panic("no page table at %08x although it was reserved", f->va);
	rmap_add(f->frame, &f->as->pmap, f->va);
	if (f->entry.kind != PMAP_SLOT)
		return;
	if (fault_is_write(f) && f->frame->slot == f->entry.number)
		swap_detach(f->frame); /* soon stale; free the slot early */
	page_slot_released(f->entry.number);
}

/* Step 5. */
static void fault_map(struct fault *f)
{
	switch (f->plan) {
	case PLAN_STALE:
		return;
	case PLAN_PROTECT:
		pmap_protect(&f->as->pmap, f->va, PROT_R | PROT_W);
		return;
	case PLAN_ZERO_MAP:
		if (pmap_map(&f->as->pmap, f->va, object_zero_pfn, PROT_R))
			panic("no page table at %08x although it was reserved", f->va);
		return;
	default:
		if (f->entry.kind == PMAP_FRAME)
			aspace_unmap_frame(f->as, f->area, f->va);
		map_frame(f);
	}
}

/* Step 6. */
static void fault_record(struct fault *f)
{
	if (f->plan == PLAN_STALE) {
		mmstat_count(faults_stale);
		return;
	}
	if (f->plan == PLAN_PROTECT)
		mmstat_count(cow_reuses);
	if (f->plan == PLAN_ZERO_MAP)
		mmstat_count(zero_maps);
	if (f->plan == PLAN_MAP && f->slot != 0)
		mmstat_count(slot_shares);
	if (f->frame != NULL && (f->area->flags & VMA_LOCKED))
		page_lock(f->frame);
	if (f->frame != NULL)
		page_ready(f->frame);
	if (f->from != NULL)
		page_unpin(f->from);
	if (f->major) {
		mmstat_count(major_faults);
		f->as->major_faults++;
	} else {
		mmstat_count(minor_faults);
		f->as->minor_faults++;
	}
	if (f->frame != NULL)
		history_fault(f->frame);
	f->as->peak_resident = MAX(f->as->peak_resident, f->as->pmap.resident);
}

static int fault_failed(struct fault *f, int err)
{
	fault_undo(f);
	if (err == -ENOMEM)
		mmstat_count(faults_nomem);
	return err;
}

/* PLAN_WAIT: wait for somebody else's transfer of the page. */
static int fault_wait(const struct fault *f)
{
	page_wait(f->frame);
	return FAULT_AGAIN;
}

/* Steps 2 to 6. */
static int fault_resolve(struct fault *f)
{
	fault_plan(f);
	trace(TRACE_FAULT, TRACE_STEP_MISSING, f->va, f->plan);
	if (f->plan == PLAN_WAIT)
		return fault_wait(f);
	int err = fault_gather(f);
	trace(TRACE_FAULT, TRACE_STEP_FRAME, f->va, f->frame != NULL ? frame_pfn(f->frame) : 0);
	if (err)
		return fault_failed(f, err);
	err = fault_fill(f);
	trace(TRACE_FAULT, TRACE_STEP_FILL, f->va, (uint32_t)err);
	if (err)
		return fault_failed(f, err);
	fault_map(f);
	trace(TRACE_FAULT, TRACE_STEP_MAP, f->va, f->frame != NULL ? frame_pfn(f->frame) : 0);
	fault_record(f);
	trace(TRACE_FAULT, TRACE_STEP_RECORD, f->va,
	      trace_fault_facts(f->major, f->access, f->plan));
	return 0;
}

/* Steps 1 to 6. */
static int fault_once(struct fault *f)
{
	int err = fault_legal(f);
	trace(TRACE_FAULT, TRACE_STEP_LEGAL, f->va, (uint32_t)err);
	if (err == 0)
		return fault_resolve(f);
	mmstat_count(faults_invalid);
	return err;
}

int fault_handle_locked(struct aspace *as, vaddr_t va, unsigned access)
{
	ASSERT(aspace_is_locked(as)); /* [lock.3] */
	if (!as->ops->paged) {
		mmstat_count(faults_invalid);
		return -EFAULT; /* all pages of a partition are mapped */
	}
	int err;
	allot_pause();
	do {
		struct fault f = { .as = as, .va = page_down(va), .access = access };
		err = fault_once(&f);
		if (err == FAULT_AGAIN)
			mmstat_count(faults_again);
	} while (err == FAULT_AGAIN);
	allot_resume();
	return err;
}

int fault_handle(struct aspace *as, vaddr_t va, unsigned access)
{
	int err = aspace_lock_shared(as);
	if (err)
		return err;
	err = fault_handle_locked(as, va, access);
	aspace_unlock(as);
	return err;
}

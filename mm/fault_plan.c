/*
 * The page fault: what is missing, and what to do about it.
 *
 * Steps 1 and 2 of fault.c inspect and decide; they change nothing but a stack's lower end, and
 * pins. Depending on what they find, the plan is:
 *
 *   entry    object       access, area        plan
 *   frame    any          allowed by entry    STALE     the TLB was behind; nothing to do
 *   frame    any          write, shared       PROTECT   give the right
 *   frame    any          write, private      PROTECT if the page is ours alone, else COPY
 *   slot     -            any                 MAP if a frame holds the slot's page, else SWAP_IN;
 *                                             a write to a page that others share too: COPY
 *   none     keeps none   read                ZERO_MAP  the shared page of zeroes
 *   none     keeps none   write               ZERO
 *   none     frame        any                 MAP; private write: COPY
 *   none     slot         any                 SWAP_IN into the object; private write: COPY
 *   none     empty        any                 READ into the object; private write: SOURCE
 *
 * Where the frame that would be mapped or copied is under I/O the plan is WAIT.
 *
 * A private page that the object fills in part (struct vma's fill_end) cannot be shared: it is
 * always a copy, with zeroes after that end, of the object's frame or slot if there is one, else of
 * the source.
 *
 * Always true: [fault.1] to [fault.4].
 * Left out: plans for more than one page.
 * Source: as fault.c.
 */
#include "mm/fault_internal.h"

#include "lib/errno.h"
#include "mm/aspace/aspace_internal.h"
#include "mm/swap.h"
#include "mm/trace.h"

static const char *const plan_names[] = {
	[PLAN_WAIT] = "wait for I/O",
	[PLAN_STALE] = "nothing: the TLB was behind",
	[PLAN_PROTECT] = "the right to write",
	[PLAN_ZERO_MAP] = "map the page of zeroes",
	[PLAN_MAP] = "map a resident page",
	[PLAN_ZERO] = "a page of zeroes",
	[PLAN_SOURCE] = "a private page from the file",
	[PLAN_COPY] = "a copy",
	[PLAN_SWAP_IN] = "a page from swap",
	[PLAN_READ] = "a page of the file",
};

/* Is it past the end of the file? */
static bool fault_inside_object(const struct fault *f)
{
	const struct object *o = f->object;
	uint32_t npages = (o->size_bytes >> PAGE_SHIFT) + ((o->size_bytes & PAGE_MASK) != 0);
	return !o->ops->keeps_pages || f->index < npages;
}

/* Step 1. On x86 a page that can be written or executed can be read. */
int fault_legal(struct fault *f)
{
	f->area = vma_find(&f->as->areas, f->va);
	if (f->area == NULL)
		f->area = aspace_grow_stack(f->as, f->va);
	if (f->area == NULL)
		return -EFAULT;
	if (fault_is_write(f) ? !(f->area->prot & PROT_W) : f->area->prot == PROT_NONE)
		return -EACCES;
	f->index = f->area->index + ((f->va - f->area->start) >> PAGE_SHIFT);
	f->object = f->area->object;
	return fault_inside_object(f) ? 0 : -ENXIO;
}

/* [fault.3]: does any other entry name this private page? */
static bool page_is_shared(const struct frame *page)
{
	uint32_t users = page->mappers;
	if (page->slot != 0)
		users += swap_refs(page->slot);
	return page->owner != FRAME_ANON || users > 1;
}

static enum plan plan_for_frame(struct fault *f)
{
	if (!fault_is_write(f) || (f->entry.prot & PROT_W))
		return PLAN_STALE;
	if (f->entry.number == object_zero_pfn)
		return PLAN_ZERO;
	struct frame *page = frame_of(f->entry.number);
	if (!area_is_private(f->area) || !page_is_shared(page))
		return PLAN_PROTECT;
	f->from = page;
	return PLAN_COPY;
}

static enum plan plan_for_slot(struct fault *f)
{
	f->slot = f->entry.number;
	struct frame *page = swap_frame(f->slot);
	f->resident = page;
	uint32_t users = swap_refs(f->slot) + (page != NULL ? page->mappers : 0);
	if (fault_is_write(f) && users > 1) {
		f->from = page;
		return PLAN_COPY;
	}
	f->frame = page;
	return page != NULL ? PLAN_MAP : PLAN_SWAP_IN;
}

bool fault_page_is_partial(const struct fault *f)
{
	uint32_t end = f->area->fill_end;
	return end != UINT32_MAX && end < ((f->index + 1) << PAGE_SHIFT);
}

static enum plan plan_for_object(struct fault *f)
{
	bool private_write = area_is_private(f->area) && fault_is_write(f);
	if (!f->object->ops->keeps_pages)
		return private_write ? PLAN_ZERO : PLAN_ZERO_MAP;
	bool copied = private_write || fault_page_is_partial(f);
	f->page = object_lookup(f->object, f->index);
	switch (f->page.kind) {
	case OBJECT_FRAME:
		*(copied ? &f->from : &f->frame) = f->page.frame;
		return copied ? PLAN_COPY : PLAN_MAP;
	case OBJECT_SLOT:
		f->slot = f->page.slot;
		return copied ? PLAN_COPY : PLAN_SWAP_IN;
	default:
		return copied ? PLAN_SOURCE : PLAN_READ;
	}
}

void fault_plan(struct fault *f)
{
	f->entry = pmap_lookup(&f->as->pmap, f->va);
	if (f->entry.kind == PMAP_FRAME)
		f->plan = plan_for_frame(f);
	else if (f->entry.kind == PMAP_SLOT)
		f->plan = plan_for_slot(f);
	else
		f->plan = plan_for_object(f);
	struct frame *page = f->frame != NULL ? f->frame : f->from;
	if (page == NULL)
		return;
	if (page->flags & FRAME_BUSY) {
		f->plan = PLAN_WAIT;
		f->frame = page;
		f->from = NULL;
		return;
	}
	frame_pin(page);
	trace(TRACE_POLICY, TRACE_POLICY_PIN, frame_pfn(page), 0);
}

/* The same page of the object, in the same place. */
static bool object_page_same(struct object_page a, struct object_page b)
{
	if (a.kind != b.kind)
		return false;
	return a.kind == OBJECT_FRAME ? a.frame == b.frame
				      : a.kind == OBJECT_EMPTY || a.slot == b.slot;
}

bool fault_still_so(const struct fault *f)
{
	struct pmap_entry now = pmap_lookup(&f->as->pmap, f->va);
	if (now.kind != f->entry.kind)
		return false;
	if (now.kind == PMAP_FRAME)
		return now.number == f->entry.number && now.prot == f->entry.prot;
	if (now.kind == PMAP_SLOT)
		return now.number == f->entry.number && swap_frame(now.number) == f->resident;
	if (!f->object->ops->keeps_pages)
		return true;
	return fault_inside_object(f) &&
	       object_page_same(object_lookup(f->object, f->index), f->page);
}

const char *fault_plan_name(uint32_t plan)
{
	return plan < ARRAY_SIZE(plan_names) ? plan_names[plan] : "?";
}

/*
 * What fault.c and fault_plan.c share with each other and with no one else. Context: process.
 */
#ifndef MM_FAULT_INTERNAL_H
#define MM_FAULT_INTERNAL_H

#include "mm/fault.h"

enum plan {
	PLAN_WAIT, /* somebody is reading the page in */
	PLAN_STALE,
	PLAN_PROTECT,
	PLAN_ZERO_MAP,
	PLAN_MAP,     /* frame is resident */
	PLAN_ZERO,    /* new private page: zeroes */
	PLAN_SOURCE,  /* new private page: the object's source */
	PLAN_COPY,    /* new private page: from frame `from`, or from slot `slot` */
	PLAN_SWAP_IN, /* read `slot` into a frame that stays with it */
	PLAN_READ,    /* new page of the object: from its source */
};

struct fault {
	struct aspace *as;
	vaddr_t va; /* page aligned */
	unsigned access;
	struct vma *area;
	struct object *object; /* the area's */
	uint32_t index;	       /* page of the object */
	struct pmap_entry entry;
	enum plan plan;
	struct frame *frame; /* to be mapped; pinned */
	struct frame *from;  /* to be copied; pinned */
	slot_t slot;	     /* to be read */
	bool object_slot;    /* the slot is the object's, not the entry's */
	bool major;
	uint32_t io_before;
};

static inline bool fault_is_write(const struct fault *f)
{
	return f->access == PROT_W;
}

static inline bool area_is_private(const struct vma *v)
{
	return !(v->flags & VMA_SHARED);
}

/* A private page that the object's source fills only in part, or not at all: not shareable. */
bool fault_page_is_partial(const struct fault *f);
/* Step 1: area, object and index. 0, -EFAULT, -EACCES, -ENXIO. */
MUST_CHECK int fault_legal(struct fault *f);
/* Step 2: entry, plan, and what it needs pinned. -EAGAIN: the page is under I/O. */
MUST_CHECK int fault_plan(struct fault *f);
/* Would steps 1 and 2 say the same now? Between step 3 and step 4. */
bool fault_plan_holds(const struct fault *f);

#endif

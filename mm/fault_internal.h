/* Shared by fault.c and fault_plan.c only. Context: process. */
#ifndef MM_FAULT_INTERNAL_H
#define MM_FAULT_INTERNAL_H

#include "mm/fault.h"

enum plan {
	PLAN_WAIT, /* for page `frame`, which is under I/O */
	PLAN_STALE,
	PLAN_PROTECT,
	PLAN_ZERO_MAP,
	PLAN_MAP,     /* frame is resident */
	PLAN_ZERO,    /* new private page: zeroes */
	PLAN_SOURCE,  /* new private page: the object's source */
	PLAN_COPY,    /* new private page: from frame `from`, or from slot `slot` */
	PLAN_SWAP_IN, /* read `slot` into a frame that stays tied to it */
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
	slot_t slot;	     /* to be read, or to be copied from */
	bool major;
	/* What step 2 saw besides the entry, to be rechecked. */
	struct object_page page; /* no entry: the object's record */
	struct frame *resident;	 /* a slot entry: the frame that holds its page, or NULL */
};

static inline bool fault_is_write(const struct fault *f)
{
	return f->access == PROT_W;
}

static inline bool area_is_private(const struct vma *v)
{
	return !(v->flags & VMA_SHARED);
}

/* Is the frame it allocates to be the object's? */
static inline bool fault_fills_object(const struct fault *f)
{
	return f->plan == PLAN_READ || (f->plan == PLAN_SWAP_IN && f->entry.kind == PMAP_NONE);
}

/* A private page filled only partly by the object's source, or not at all: not shareable. */
bool fault_page_is_partial(const struct fault *f);
/* Step 1: area, object and index. 0, -EFAULT, -EACCES, -ENXIO. */
MUST_CHECK int fault_legal(struct fault *f);
/* Step 2: entry, plan, and what it needs pinned; of PLAN_WAIT nothing is. */
void fault_plan(struct fault *f);
/* Is everything that step 2 saw unchanged? */
bool fault_still_so(const struct fault *f);

#endif

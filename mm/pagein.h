/*
 * Reading a page into a frame where others can find it meanwhile. Theory in pagein.c.
 * Context of all: process. May sleep in a device. Never allocates, never reclaims.
 */
#ifndef MM_PAGEIN_H
#define MM_PAGEIN_H

#include "mm/object.h"
#include "mm/swap.h"

/*
 * Fill @f, OWNED and pinned, with page @index of @o from its source (or zeroes), and make it the
 * object's page; the node is reserved. *major is set if a source was read.
 * 0, or -EIO: the object's page is empty as before, and @f is nobody's.
 */
MUST_CHECK int pagein_source(struct object *o, uint32_t index, struct frame *f, bool *major);

/* Fill @f, OWNED and pinned, from @slot and tie the two. 0, or -EIO: they are not tied. */
MUST_CHECK int pagein_slot(slot_t slot, struct frame *f);

/* @slot was page @index of @o and @f holds it now: the object names the frame. */
void pagein_object_back(struct object *o, uint32_t index, struct frame *f);

/* A fill that is not wanted any more: the object, or the slot, no longer knows @f. */
void pagein_forget(struct frame *f);

#endif

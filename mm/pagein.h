/*
 * Reading a page into a frame that others can find meanwhile. Theory in pagein.c.
 * Context of all: process. May sleep in a device. Never allocates, never reclaims.
 */
#ifndef MM_PAGEIN_H
#define MM_PAGEIN_H

#include "mm/page.h"

/*
 * Fill @f, OWNED and pinned, with page @index of @o from its slot, its source, or zeroes, and make
 * it the object's page; it has none now, and the node is reserved. *major is set if something was
 * read. 0, or -EIO: the object's page is as before, and @f is unowned.
 */
MUST_CHECK int pagein_object(struct object *o, uint32_t index, struct frame *f, bool *major);

/* Fill @f, OWNED and pinned, from @slot and tie the two. 0, or -EIO: not tied. */
MUST_CHECK int pagein_slot(slot_t slot, struct frame *f);

#endif

/*
 * Access to the pages of a file (or of shared memory) without mapping it. Theory in filepage.c.
 * Context of all: process. May reclaim, may sleep.
 */
#ifndef MM_FILEPAGE_H
#define MM_FILEPAGE_H

#include "mm/object.h"

/*
 * Page @index of @o, resident, filled and pinned. @overwrite: the caller replaces all of it, so
 * nothing is read. 0, or -EIO, -ENOMEM. A page under I/O is waited for.
 */
MUST_CHECK int filepage_get(struct object *o, uint32_t index, bool overwrite, struct frame **out);
/* The same if it is resident, a few instructions; NULL: it is not. May wait, never reclaims. */
struct frame *filepage_resident(struct object *o, uint32_t index);
/* Release it. @modified: the source is now out of date. */
void filepage_put(struct frame *f, bool modified);

/* Is page @index in memory or on a slot? False: only the source has it. */
bool filepage_exists(const struct object *o, uint32_t index);

/*
 * Truncate the file to @size_bytes: pages past it are dropped, from every page table too, and the
 * last page is zeroed from there on. Users of dropped pages are waited for. Growing only sets the
 * size. 0, or filepage_get's errors for the last page: nothing has changed.
 */
MUST_CHECK int filepage_truncate(struct object *o, uint32_t size_bytes);

#endif

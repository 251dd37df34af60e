/*
 * The pages of a file (or of shared memory) for those who read and write it without mapping it.
 * Theory in filepage.c. Context of all: process. May reclaim, may sleep.
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
/* Done with it. @modified: the source is out of date from now on. */
void filepage_put(struct frame *f, bool modified);

/* Is page @index in memory or on a slot? False: the source alone has it. */
bool filepage_exists(const struct object *o, uint32_t index);

/*
 * The file ends at @size_bytes now: pages behind it go, out of every page table too, and the last
 * page is zero from there on. Whoever uses one of them is waited for. Growing only sets the size.
 * 0, or filepage_get's errors for the last page: nothing has changed.
 */
MUST_CHECK int filepage_truncate(struct object *o, uint32_t size_bytes);

#endif

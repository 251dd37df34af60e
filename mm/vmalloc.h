/*
 * Kernel virtual ranges with guard pages: every kernel stack is one. Theory in vmalloc.c.
 * Context: process or boot. Never reclaims.
 */
#ifndef MM_VMALLOC_H
#define MM_VMALLOC_H

#include "mm/types.h"

void vmalloc_init(void);
/*
 * @npages pages, mapped read-write, contents undefined, with an unmapped page before and after.
 * NULL: no memory or no room.
 */
MUST_CHECK void *vmalloc(size_t npages);
void vfree(void *start);
/*
 * Is @va in a guard page of a live range? *start gets the range's first byte. For the fault report.
 * Context: any.
 */
bool vmalloc_guard(vaddr_t va, vaddr_t *start);
/* Pages mapped now. */
uint32_t vmalloc_pages(void);
void vmalloc_check(void);

#endif

/* Pages that come back: how far away they were. Theory in refault.c. Context: process. */
#ifndef MM_REFAULT_H
#define MM_REFAULT_H

#include "mm/aspace/space.h"

/* A page of @as is about to be read from @slot. */
void refault_count(struct aspace *as, slot_t slot);

#endif

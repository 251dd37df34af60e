/* The page fault. Theory in fault.c; its steps are numbered there. */
#ifndef MM_FAULT_H
#define MM_FAULT_H

#include "mm/aspace/space.h"

/*
 * Make page @va of @as accessible for @access, as its area says: from swap, file, zeroes or a copy.
 * @va      linear address, any byte of the page
 * @access  PROT_R, PROT_W or PROT_X: what the CPU tried to do
 * Returns 0 (retry the instruction), or
 *   -EFAULT  no area covers va          -EACCES  the area forbids the access
 *   -ENXIO   past the end of the file (SIGBUS)     -EIO  swap or source could not be read (SIGBUS)
 *   -ENOMEM  nothing left to evict, or swap is full; nothing has changed
 *   -EINTR   the process was killed while another holds the space's lock; nothing has changed
 * Context: process. May reclaim. Not from an interrupt handler.
 */
MUST_CHECK int fault_handle(struct aspace *as, vaddr_t va, unsigned access);
/* The same, for a caller that holds the lock of @as. */
MUST_CHECK int fault_handle_locked(struct aspace *as, vaddr_t va, unsigned access);

/* The plan of step 2 in a word or two, for traces. Context: any. */
const char *fault_plan_name(uint32_t plan);

#endif

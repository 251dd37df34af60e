/*
 * The exact reference string of the first process. Theory in reference.c. trap.c calls these where
 * reference_on() says so. Context: process.
 */
#ifndef KERNEL_WATCH_REFERENCE_H
#define KERNEL_WATCH_REFERENCE_H

#include "kernel/x86/trap_frame.h"
#include "mm/trace.h"
#include "mm/types.h"

static inline bool reference_on(void)
{
	return UNLIKELY(trace_on >> TRACE_REFERENCE & 1);
}

/* First thing after an entry from user mode: @tf has the program's own trap flag again. */
void reference_entered(struct trap_frame *tf);
/*
 * A page fault at @va. True: access was only revoked, and the instruction may be retried; it is not
 * counted as a fault.
 */
bool reference_granted(const struct trap_frame *tf, vaddr_t va);
/* That fault has been handled in the usual way: the page is present. */
void reference_mapped(const struct trap_frame *tf, vaddr_t va);
/* A debug trap from user mode. True: it was ours alone, hidden from the program. */
bool reference_stepped(struct trap_frame *tf);
/*
 * Last thing before the return to user mode, interrupts off. @called: from a system call, which may
 * have mapped and touched anything.
 */
void reference_leave(struct trap_frame *tf, bool called);

#endif

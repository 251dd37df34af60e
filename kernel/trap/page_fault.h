/* Page faults. Theory in page_fault.c. */
#ifndef KERNEL_TRAP_PAGE_FAULT_H
#define KERNEL_TRAP_PAGE_FAULT_H

#include "kernel/x86/trap_frame.h"
#include "mm/types.h"

/*
 * Handle the page fault @tf at linear address @va, from user mode or from the kernel. Context:
 * process, interrupts off at first and then as they were. May reclaim, may sleep.
 */
void page_fault(struct trap_frame *tf, vaddr_t va);

#endif

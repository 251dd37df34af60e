/*
 * The exception table: kernel instructions that may fault, and where each resumes then. Filled by
 * the sections .extable of kernel/x86. Context: any.
 */
#ifndef KERNEL_TRAP_EXTABLE_H
#define KERNEL_TRAP_EXTABLE_H

#include "kernel/x86/trap_frame.h"

struct extable_entry {
	uint32_t fault, fixup;
};

extern const struct extable_entry extable_start[], extable_end[];

/* Where to resume after a fault at @eip, or 0. */
static inline uint32_t extable_find(uint32_t eip)
{
	for (const struct extable_entry *e = extable_start; e < extable_end; e++)
		if (e->fault == eip)
			return e->fixup;
	return 0;
}

/* The kernel's stack pointer where it was interrupted: the CPU pushes no esp then. */
static inline uint32_t trap_kernel_esp(const struct trap_frame *tf)
{
	return (uint32_t)&tf->esp;
}

#endif

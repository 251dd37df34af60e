/*
 * The interrupted context's registers, as kernel/x86/entry.asm pushes them on the kernel stack, and
 * the vector numbers. Context: any.
 */
#ifndef KERNEL_X86_TRAP_FRAME_H
#define KERNEL_X86_TRAP_FRAME_H

#include "lib/base.h"

/* Last pushed first. esp and ss only if the trap came from user mode. */
struct trap_frame {
	uint32_t ebx, ecx, edx, esi, edi, ebp, eax;
	uint32_t ds, es, fs, gs;
	uint32_t vector;
	uint32_t error; /* the CPU's error code, else 0; for int 0x80 eax (Linux's orig_eax) */
	uint32_t eip, cs, eflags;
	uint32_t esp, ss;
};

enum { TRAP_DIVIDE = 0, TRAP_DEBUG = 1, TRAP_NMI = 2, TRAP_BREAKPOINT = 3, TRAP_OVERFLOW = 4,
       TRAP_BOUNDS = 5, TRAP_OPCODE = 6, TRAP_NO_FPU = 7, TRAP_DOUBLE_FAULT = 8, TRAP_BAD_TSS = 10,
       TRAP_NOT_PRESENT = 11, TRAP_STACK = 12, TRAP_GENERAL = 13, TRAP_PAGE_FAULT = 14,
       TRAP_FPU = 16, TRAP_ALIGNMENT = 17, TRAP_SIMD = 19,
       TRAP_IRQ0 = 32, TRAP_SYSCALL = 0x80 };

/* Decide by the saved CS, never by a page fault's error code. */
static inline bool trap_from_user(const struct trap_frame *tf)
{
	return (tf->cs & 3) == 3;
}

#endif

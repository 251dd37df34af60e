/*
 * Into the kernel and out again: interrupts, exceptions, system calls.
 * kernel/x86/entry.asm builds the frame; trap_dispatch decides.
 */
#ifndef KERNEL_TRAP_H
#define KERNEL_TRAP_H

#include "lib/base.h"

/*
 * The interrupted program's registers, as entry.asm pushes them. esp and ss only when it came from
 * user mode.
 */
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

/* The selectors user mode starts with: Linux's. */
enum { TRAP_USER_CODE = 0x73, TRAP_USER_DATA = 0x7b };

/* Decide by the saved CS, never by a page fault's error code. */
static inline bool trap_from_user(const struct trap_frame *tf)
{
	return (tf->cs & 3) == 3;
}

/* Fill the IDT and load it. Context: boot. */
void trap_init(void);
/* From entry.asm, interrupts off. */
ASMLINKAGE void trap_dispatch(struct trap_frame *tf);
/* Leave the kernel by @tf: entry.asm's way out, for a new process's first return. */
NORETURN ASMLINKAGE void trap_return(struct trap_frame *tf);

/* Run @handler (interrupts off) at each IRQ line 0..15; unmasks it. Context: boot. */
void irq_register(unsigned line, void (*handler)(void));

#endif

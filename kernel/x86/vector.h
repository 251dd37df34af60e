/*
 * Vectors: who is called when the CPU enters the kernel. Theory in vector.c.
 */
#ifndef KERNEL_X86_VECTOR_H
#define KERNEL_X86_VECTOR_H

#include "kernel/x86/trap_frame.h"

/* With interrupts off (VECTOR_CALL: on); has to return with interrupts off. */
enum vector_entry {
	VECTOR_COUNT = 48,	      /* exceptions 0..31, interrupts 32..47 */
	VECTOR_CALL = VECTOR_COUNT,   /* int 0x80 */
	VECTOR_BAD_RETURN,	      /* iret refused the frame */
	VECTOR_ENTRIES,
};

/* Fill the IDT and load it; a vector without a handler is a panic. Context: boot. */
void vector_init(void);
/* @handler answers the vectors [@first, @end) of enum vector_entry. Context: boot. */
void vector_set(unsigned first, unsigned end, void (*handler)(struct trap_frame *tf));
/* Return to user mode through @tf, by entry.asm's exit path: a new process's first return. */
NORETURN ASMLINKAGE void vector_return(struct trap_frame *tf);

#endif

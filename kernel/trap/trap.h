/* What a vector means; the way into the kernel and out of it. Theory in trap.c. */
#ifndef KERNEL_TRAP_TRAP_H
#define KERNEL_TRAP_TRAP_H

#include "kernel/x86/trap_frame.h"
#include "mm/types.h"

/* Take the vectors. Context: boot. */
void trap_init(void);
/* What every way in passes first, and every way back to user mode last; then interrupts are off. */
void trap_enter(struct trap_frame *tf);
void trap_leave(struct trap_frame *tf, bool called);
/*
 * A user-mode exception: signal @signo, acted upon on the way back to user mode, and one log line
 * if the process dies by it. @va: the address it is about; @why: in words. Context: process.
 */
void trap_fatal(struct trap_frame *tf, int signo, int code, vaddr_t va, const char *why);

#endif

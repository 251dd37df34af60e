/* What a vector means; kernel entry and exit. Theory in trap.c. */
#ifndef KERNEL_TRAP_TRAP_H
#define KERNEL_TRAP_TRAP_H

#include "kernel/proc/sched.h"
#include "kernel/trap/attend.h"
#include "kernel/trap/observe.h"
#include "kernel/x86/cpu.h"

/* Register the vectors. Context: boot. */
void trap_init(void);
/*
 * The last step of every return to user mode, with interrupts off afterwards. @called: from a
 * system call. Kernel entry starts with observe_enter.
 */
static inline void trap_leave(struct trap_frame *tf, bool called)
{
	irq_disable();
	if (UNLIKELY(sched_attention))
		attend(tf);
	observe_leave(tf, called);
}

/*
 * A user-mode exception: send signal @signo, acted upon on the way back to user mode, and log one
 * line if it kills the process. @va: the address it is about; @why: in words. Context: process.
 */
void trap_fatal(struct trap_frame *tf, int signo, int code, vaddr_t va, const char *why);

#endif

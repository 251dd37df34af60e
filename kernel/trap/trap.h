/* What a vector means; the way into the kernel and out of it. Theory in trap.c. */
#ifndef KERNEL_TRAP_TRAP_H
#define KERNEL_TRAP_TRAP_H

#include "kernel/proc/sched.h"
#include "kernel/trap/attend.h"
#include "kernel/trap/observe.h"
#include "kernel/x86/cpu.h"

/* Take the vectors. Context: boot. */
void trap_init(void);
/*
 * What every way back to user mode passes last; then interrupts are off. @called: from a system
 * call. The way in passes observe_enter first.
 */
static inline void trap_leave(struct trap_frame *tf, bool called)
{
	irq_disable();
	if (UNLIKELY(sched_attention))
		attend(tf);
	observe_leave(tf, called);
}

/*
 * A user-mode exception: signal @signo, acted upon on the way back to user mode, and one log line
 * if the process dies by it. @va: the address it is about; @why: in words. Context: process.
 */
void trap_fatal(struct trap_frame *tf, int signo, int code, vaddr_t va, const char *why);

#endif

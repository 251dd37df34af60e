/*
 * Hooks on kernel entry and exit for observers: time accounting, pressure, the reference string
 * recorder. Each costs one test when nobody listens.
 * Context: as in trap.c, which calls them.
 */
#ifndef KERNEL_TRAP_OBSERVE_H
#define KERNEL_TRAP_OBSERVE_H

#include "kernel/proc/account_mode.h"
#include "kernel/watch/pressure.h"
#include "kernel/watch/reference.h"

/* First thing after an entry; @user: trap_from_user(tf). */
static inline void observe_enter(struct trap_frame *tf, bool user)
{
	account_enter(user);
	if (reference_on() && user)
		reference_entered(tf);
}

/* Last thing before the return to user mode, interrupts off. @called: from a system call. */
static inline void observe_leave(struct trap_frame *tf, bool called)
{
	if (reference_on())
		reference_leave(tf, called);
	account_leave();
}

/* A page fault at @va. True: access was only revoked by the recorder, and is restored. */
static inline bool observe_fault(const struct trap_frame *tf, vaddr_t va)
{
	return reference_on() && reference_granted(tf, va);
}

/* The fault at @va has been handled: the page is present. */
static inline void observe_mapped(const struct trap_frame *tf, vaddr_t va)
{
	if (reference_on())
		reference_mapped(tf, va);
}

/* A debug trap from user mode. True: the recorder's own. */
static inline bool observe_step(struct trap_frame *tf)
{
	return reference_on() && reference_stepped(tf);
}

#endif

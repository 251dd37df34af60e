/*
 * CPU mode changes, for time accounting. Theory in account.c. Inline, as every system call and
 * every fault passes here twice. Context: interrupts off, or on after a call's entry.
 */
#ifndef KERNEL_PROC_ACCOUNT_MODE_H
#define KERNEL_PROC_ACCOUNT_MODE_H

#include "kernel/proc/account.h"
#include "kernel/proc/process.h"

/* Into the kernel, by any trap. */
static inline void account_enter(bool from_user)
{
	account_trap_from_user = from_user;
	if (!from_user)
		return;
	uint64_t passed = account_passed();
	process_running->used.account.user += passed;
	account_totals.user += passed;
}

/* Out of it, to user mode; interrupts off. */
static inline void account_leave(void)
{
	account_system(&process_running->used.account, account_passed());
}

#endif

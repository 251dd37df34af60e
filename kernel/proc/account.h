/*
 * Where the CPU's time goes: user mode, the kernel, nothing. Theory in account.c.
 * Times are in units of the time stamp counter: under -icount instructions. Context: any.
 */
#ifndef KERNEL_PROC_ACCOUNT_H
#define KERNEL_PROC_ACCOUNT_H

#include "kernel/x86/cpu.h"

struct process;

/* What one thread used. */
struct account {
	uint64_t user, system;
	uint64_t stall; /* waiting for memory: pressure.c */
};

struct account_totals {
	uint64_t user, system, idle;
};
/* Since the first process, up to the last change of mode. */
extern struct account_totals account_totals;

/* Before the first process runs. Context: boot. */
void account_init(void);
/* Changes of mode are in account_mode.h. */
/* @prev gives the CPU away (NULL: the boot context does). */
void account_switch(struct process *prev);
/* Did the interrupt under way come from user mode? From its handler. */
bool account_from_user(void);

/* Asserts the theory's [account.2] and [account.3]. Context: process, boot. */
void account_check(void);

/* Of the counter, measured since account_init; at least 1. */
uint64_t account_units_per_tick(void);
/* In microseconds, at that rate; for spans below a day. */
uint64_t account_micros(uint64_t units);

/* --- for account.c and account_mode.h --- */

extern uint64_t account_mark;	    /* [account.1] */
extern bool account_trap_from_user; /* the last trap */

/* What has passed since the last call. */
static inline uint64_t account_passed(void)
{
	uint64_t now = cpu_tsc_fast(), passed = now - account_mark;
	account_mark = now;
	return passed;
}

static inline void account_system(struct account *a, uint64_t passed)
{
	a->system += passed;
	account_totals.system += passed;
}

#endif

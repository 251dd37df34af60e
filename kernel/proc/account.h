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
/* Since account_init, up to the last mode change. */
extern struct account_totals account_totals;

/* Before the first process runs. Context: boot. */
void account_init(void);
/* For mode changes see account_mode.h. */
/* @prev is switched away from (NULL: the boot context). */
void account_switch(struct process *prev);
/* Did the current interrupt come from user mode? Called by its handler. */
bool account_from_user(void);

/* Asserts the theory's [account.2] and [account.3]. Context: process, boot. */
void account_check(void);

/* The counter's rate, measured since account_init; at least 1. */
uint64_t account_units_per_tick(void);
/* In microseconds, at that rate; for spans below a day. */
uint64_t account_micros(uint64_t units);

/* --- for account.c and account_mode.h --- */

extern uint64_t account_mark;	    /* [account.1] */
extern bool account_trap_from_user; /* the last trap */

/* Time elapsed since the last call. */
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

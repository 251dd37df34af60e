/*
 * Thrashing: detection, and the cure of swapping out whole processes. Theory in load_control.c.
 * Context of all: process or the boot context's loop, unless said.
 */
#ifndef KERNEL_PROC_LOAD_CONTROL_H
#define KERNEL_PROC_LOAD_CONTROL_H

#include "lib/base.h"

struct process;

/* Load control's state of a process; the leader's figures count. */
struct load_state {
	bool asked;	    /* it is to be suspended on its way to user mode, or is */
	bool asleep;	    /* it is */
	bool kept;	    /* kept, as decided so far by the current shedding */
	bool active;	    /* it ran in the window before this one */
	uint32_t turn;	    /* when it was asked: lower is longer ago */
	uint32_t demand;    /* pages it seems to need */
	uint32_t refaults;  /* of its address space when the window began */
	uint64_t used;	    /* its user time then */
	uint64_t base;	    /* its user time when the episode began */
};

struct load_stats {
	uint32_t episodes;    /* of thrashing */
	uint32_t suspensions, resumptions;
	uint32_t suspended;   /* processes now */
	bool thrashing;
};
extern struct load_stats load_stats;

/* load_control=on: suspend, not only detect. May change at any time. */
void load_control_set(bool on);
bool load_control_is_on(void);

/* @child, new, shares the address space of @parent. */
void load_control_share(struct process *child, const struct process *parent);
/* Start evaluating windows. Context: boot. */
void load_control_init(void);
/*
 * @stalled: total time, in units of the time stamp counter, in which somebody waited for memory and
 * nobody made progress. Context: boot.
 */
void load_control_listen(uint64_t (*stalled)(void));
/* Memory or the CPU has become free: re-evaluate soon. */
void load_control_kick(void);
/*
 * The running process is on its way to user mode and was asked to be suspended: its pages are
 * evicted to swap, and it sleeps until it is resumed or a signal arrives.
 */
void load_control_attend(struct process *p);
/* Asserts the theory's [load_control.1] and [load_control.2]. */
void load_control_check(void);

#endif

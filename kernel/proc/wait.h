/* Waiting for children. Theory in wait.c. Context: process. */
#ifndef KERNEL_PROC_WAIT_H
#define KERNEL_PROC_WAIT_H

#include "kernel/proc/process.h"

enum {
	WNOHANG = 1, WUNTRACED = 2, WEXITED = 4, WCONTINUED = 8, WNOWAIT = 0x1000000,
	WNOTHREAD = 0x20000000, WALL = 0x40000000,
};
#define WCLONE 0x80000000u
enum { WAIT_CONTINUED = 0xffff }; /* the status of a continued child */

struct wait_answer {
	int pid;	 /* 0: WNOHANG, and nothing has happened */
	uint32_t status; /* as Linux's */
	struct process_times times;
	uint32_t minor_faults, major_faults, peak_resident;
};

/*
 * Wait for a child, with WEXITED for its end: @pid > 0 that one, 0 of the caller's group, -1 any,
 * < -1 of group -@pid.
 * 0, or -ECHILD (no such child), -EINVAL (flags), -ERESTARTSYS.
 */
long wait_for_child(int pid, unsigned flags, struct wait_answer *answer);
/*
 * Notify @p's parent of an event: a signal by @code (CLD_*), with @status, and a wake-up for those
 * who wait.
 */
void wait_notify_parent(struct process *p, int code, int status);
/* @p, a leader, and all its threads have exited. */
void wait_notify_end(struct process *p);
/* Reparent the children of @p, which is exiting; reap dead ones that nobody waits for. */
void wait_orphan_children(struct process *p);
/* Will @p's parent never wait for it? Then the kernel reaps it. */
bool wait_unwanted(const struct process *p);

#endif

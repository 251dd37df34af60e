/*
 * Processes of the simulated machine: each has a stack of its own and sleeps where the kernel's
 * would, in the disk, for a lock, for a page. Who runs next is the test's decision, so any order
 * can be tried, and tried again. Theory in sim_process.c.
 */
#ifndef TESTS_HOST_SIM_PROCESS_H
#define TESTS_HOST_SIM_PROCESS_H

#include "lib/base.h"

enum sim_process_state {
	SIM_READY, /* has not begun, or was woken */
	SIM_DISK,  /* in a transfer, which ends when it is continued */
	SIM_WAITS, /* until somebody wakes it */
	SIM_ENDED,
};

struct sim_process;

/* From now on kernel/base/sleep.h works on the host. After sim_start. */
void sim_process_init(void);
struct sim_process *sim_process_create(void (*run)(void *arg), void *arg);
enum sim_process_state sim_process_state(const struct sim_process *p);
/* Run @p, READY or in the DISK, until it sleeps again or ends. Its state then. */
enum sim_process_state sim_process_continue(struct sim_process *p);
/* SIGKILL: a killable wait of @p ends, and no other begins. */
void sim_process_kill(struct sim_process *p);
/* Run @a and @b, each as far as it can, until both have ended. Neither can: a panic, "deadlock". */
void sim_process_finish(struct sim_process *a, struct sim_process *b);

/* Is a process running, or is it the test itself? */
bool sim_process_runs(void);
/* A device is at work for the process that runs. */
void sim_process_transfer(void);

#endif

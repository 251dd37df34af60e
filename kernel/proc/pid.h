/* Process numbers, and finding a process by one. Theory in pid.c. Context: process or boot. */
#ifndef KERNEL_PROC_PID_H
#define KERNEL_PROC_PID_H

#include "lib/base.h"

struct process;

void pid_init(void); /* boot */
/* An unused number; 0: none is left. */
MUST_CHECK int pid_alloc(void);
void pid_free(int pid);
/* Asserts the theory's [pid.1]. */
void pid_check(void);

/* NULL: no such process. Zombies are found too. */
struct process *process_find(int pid);
/* The session of process group @pgrp; 0: there is no such group. */
int process_group_session(int pgrp);
/* Its parent's pid as getppid reports it: 1 for orphans, 0 for process 1. */
int process_parent_pid(const struct process *p);

#endif

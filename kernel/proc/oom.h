/* Out of memory: choosing a victim. Theory in oom.c. */
#ifndef KERNEL_PROC_OOM_H
#define KERNEL_PROC_OOM_H

/*
 * A fault found no memory: choose a process to kill, once each, and yield to it. Context: process;
 * others may run.
 */
void process_out_of_memory(void);

#endif

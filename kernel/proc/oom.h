/* Out of memory: who has to end. Theory in oom.c. */
#ifndef KERNEL_PROC_OOM_H
#define KERNEL_PROC_OOM_H

/*
 * A fault found no memory: choose a process to end, once each, and let it. Context: process; others
 * may run.
 */
void process_out_of_memory(void);

#endif

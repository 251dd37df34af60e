/*
 * Pressure: how long processes wait for memory, the disk and the CPU. Theory in pressure.c.
 * Context of all: process or the boot context's loop, unless said.
 */
#ifndef KERNEL_WATCH_PRESSURE_H
#define KERNEL_WATCH_PRESSURE_H

#include "lib/base.h"

struct process;

enum pressure_resource { PRESSURE_MEMORY, PRESSURE_IO, PRESSURE_CPU, PRESSURE_RESOURCES };

struct pressure_time {
	uint64_t units;	      /* units of the time stamp counter, in total */
	uint64_t sampled;     /* of these, included in the averages */
	uint64_t converted;   /* and included in micros */
	uint64_t micros;
	uint32_t averages[3]; /* over 10, 60 and 300 s, as lib/decay.h has them */
};

/* Somebody waits; nobody makes progress. */
struct pressure {
	struct pressure_time some, full;
};
extern struct pressure pressure[PRESSURE_RESOURCES];

/* Before the first process runs: connect the scheduler and load control. Context: boot. */
void pressure_init(void);

/* A page fault of the running process begins. */
void pressure_fault_begin(void);
/* It ends. If it waited for memory, the time since its start is charged as such. */
void pressure_fault_end(void);

/* Asserts the theory's [pressure.1] and [pressure.2]. */
void pressure_check(void);

/* Charge the time up to now: the number of runnable processes is about to change. */
void pressure_account(void);
/* Update averages and micros. */
void pressure_read(void);

#endif

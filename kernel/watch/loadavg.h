/*
 * The load average: processes that want the CPU, over time. Theory in loadavg.c. Context: process.
 */
#ifndef KERNEL_WATCH_LOADAVG_H
#define KERNEL_WATCH_LOADAVG_H

#include "lib/base.h"

enum { LOADAVG_SHIFT = 11, LOADAVG_COUNT = 3 };

/* Over 1, 5 and 15 minutes, in units of 2^-LOADAVG_SHIFT processes. */
extern uint32_t loadavg[LOADAVG_COUNT];

/* Start sampling. Context: boot, after the scheduler's. */
void loadavg_start(void);
/* The average @which after one more sample of @active processes. */
uint32_t loadavg_next(unsigned which, uint32_t before, uint32_t active);

#endif

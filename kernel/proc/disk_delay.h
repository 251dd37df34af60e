/* The time a disk would take. Theory in disk_delay.c. Context: process. */
#ifndef KERNEL_PROC_DISK_DELAY_H
#define KERNEL_PROC_DISK_DELAY_H

#include "lib/base.h"

/* disk_delay=US: a page takes so long; 0: no time at all. Context: boot. */
void disk_delay_init(uint32_t micros);
/*
 * The running process, which holds nothing, waits until the disk has done what was asked of it so
 * far, in whole ticks. A signal ends the wait. Sleeps.
 */
void disk_delay_wait(void);

#endif

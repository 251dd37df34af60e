/* The way back to user mode. Theory in attend.c. */
#ifndef KERNEL_TRAP_ATTEND_H
#define KERNEL_TRAP_ATTEND_H

#include "kernel/x86/trap_frame.h"

/*
 * Signals, deferred work and rescheduling, before the return to user mode through @tf. May not
 * return; returns with interrupts off. Context: process, interrupts off.
 */
void attend(struct trap_frame *tf);

#endif

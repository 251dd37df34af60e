/* Acting on pending signals. Theory in signal_act.c. */
#ifndef KERNEL_TRAP_SIGNAL_ACT_H
#define KERNEL_TRAP_SIGNAL_ACT_H

#include "kernel/x86/trap_frame.h"

/*
 * Act on what is pending for the running process, whose user registers are @tf: may push a
 * handler's frame on its stack, stop it, or not return. Context: process, on the way back to user
 * mode.
 */
void signal_act(struct trap_frame *tf);

#endif

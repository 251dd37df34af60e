/* Ending the machine, with a result the emulator passes on. */
#ifndef DRIVERS_DEBUG_EXIT_H
#define DRIVERS_DEBUG_EXIT_H

#include "lib/base.h"

/* What is written to QEMU's debug-exit port n; QEMU then ends with status 2 n + 1. */
enum machine_result { MACHINE_PASSED = 0x10, MACHINE_FAILED = 0x11, MACHINE_PANIC = 0x12 };

/*
 * Wait for the serial ports, then power off by every way known; halt if none works. Context: any.
 */
NORETURN void machine_stop(enum machine_result result);

#endif

/* What the machine below does not do, for tests to skip. Context: boot. */
#ifndef TESTS_KERNEL_EMULATOR_H
#define TESTS_KERNEL_EMULATOR_H

#include "lib/base.h"

/* True under QEMU's emulation, which compares no limit: then the running test is skipped. */
bool emulator_ignores_limits(void);

#endif

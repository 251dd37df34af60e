/*
 * The kernel's structures and memory's, verified. Theory in check.c.
 * Context: boot, or process where nothing is held.
 */
#ifndef KERNEL_CHECK_H
#define KERNEL_CHECK_H

#include "lib/base.h"

/* Every module's numbered invariants, mm's too: a panic names the one that fails. */
void kernel_check(void);
/*
 * check=TICKS: run kernel_check_structures every TICKS while programs run; 0: never. Context: boot.
 */
void kernel_check_start(uint32_t ticks);
/* The same without mm's, which are expensive. */
void kernel_check_structures(void);

#endif

/*
 * The kernel's structures and memory's, verified. Theory in check.c.
 * Context: boot, or process where nothing is held.
 */
#ifndef KERNEL_CHECK_H
#define KERNEL_CHECK_H

#include "lib/base.h"

/* Every module's numbered truths, mm's too: a panic names the one that does not hold. */
void kernel_check(void);
/* check=TICKS: kernel_check_structures that often while programs run; 0: never. Context: boot. */
void kernel_check_start(uint32_t ticks);
/* The same without mm's, which are many. */
void kernel_check_structures(void);

#endif

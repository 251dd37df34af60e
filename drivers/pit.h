/* The 8254 timer: the machine's only clock tick. */
#ifndef DRIVERS_PIT_H
#define DRIVERS_PIT_H

#include "lib/base.h"

enum { PIT_HZ = 100 };

/*
 * Call @tick PIT_HZ times a second, from the interrupt (interrupts off). Context: boot, after
 * trap_init.
 */
void pit_init(void (*tick)(void));

#endif

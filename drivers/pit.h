/* The 8254 timer: the machine's clock tick, and a finer clock for who needs one. */
#ifndef DRIVERS_PIT_H
#define DRIVERS_PIT_H

#include "drivers/block.h"

enum { PIT_HZ = 100 };

/*
 * Call @tick PIT_HZ times a second, from the interrupt (interrupts off). Context: boot, after
 * trap_init.
 */
void pit_init(void (*tick)(void));

/*
 * From now on there is also a clock that can interrupt between two ticks: @alarm is called then,
 * from the interrupt. Until then the clock must not be used. Context: boot, after pit_init.
 */
const struct block_clock *pit_start_clock(void (*alarm)(void));

#endif

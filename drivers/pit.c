/* The 8254 timer, channel 0 as a rate generator: one interrupt every 10 ms on line 0. */
#include "drivers/pit.h"

#include "kernel/x86/cpu.h"
#include "kernel/x86/irq.h"

enum { CHANNEL_0 = 0x40, COMMAND = 0x43, RATE_GENERATOR = 0x34 };
enum { INPUT_HZ = 1193182, TIMER_LINE = 0 };

void pit_init(void (*tick)(void))
{
	unsigned divisor = (INPUT_HZ + PIT_HZ / 2) / PIT_HZ;
	cpu_out8(COMMAND, RATE_GENERATOR);
	cpu_out8(CHANNEL_0, (uint8_t)divisor);
	cpu_out8(CHANNEL_0, (uint8_t)(divisor >> 8));
	irq_register(TIMER_LINE, tick);
}

/*
 * Ending the machine.
 *
 * Each emulator has a way of its own. QEMU with -device isa-debug-exit ends with a status made
 * from what is written to port 0xf4, so that no ordinary end of QEMU looks like success. Bochs
 * ends on the word "Shutdown". QEMU's PC without the debug device is switched off by ACPI.
 * Elsewhere these ports lead nowhere and the CPU stops.
 */
#include "drivers/debug_exit.h"

#include "drivers/serial.h"
#include "kernel/x86/cpu.h"

enum { QEMU_DEBUG_EXIT = 0xf4, BOCHS_SHUTDOWN = 0x8900 };
enum { QEMU_ACPI_CONTROL = 0x604, ACPI_SOFT_OFF = 0x2000 };

void machine_stop(enum machine_result result)
{
	static const char word[] = "Shutdown";
	irq_disable();
	serial_drain();
	cpu_out32(QEMU_DEBUG_EXIT, result);
	for (unsigned i = 0; word[i] != 0; i++)
		cpu_out8(BOCHS_SHUTDOWN, (uint8_t)word[i]);
	cpu_out16(QEMU_ACPI_CONTROL, ACPI_SOFT_OFF);
	cpu_halt();
}

/*
 * The emulators' debug console, port 0xe9 by custom.
 *
 * QEMU's isa-debugcon and Bochs' port_e9_hack take a byte with each write, never make the writer
 * wait, need no interrupt, and answer a read with the port's own number, which identifies them.
 * The four serial ports of a PC are all in use; a fifth would have to share an interrupt.
 */
#include "drivers/debugcon.h"

#include "kernel/x86/cpu.h"

enum { DEBUGCON = 0xe9 };

bool debugcon_present(void)
{
	return cpu_in8(DEBUGCON) == DEBUGCON;
}

void debugcon_write(const void *bytes, size_t n)
{
	const uint8_t *byte = bytes;
	for (size_t i = 0; i < n; i++)
		cpu_out8(DEBUGCON, byte[i]);
}

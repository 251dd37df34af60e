/*
 * Four 16550 serial ports, written by polling.
 *
 * Output waits for the transmitter: the console must work when interrupts do not, and the order of
 * bytes on the control channel is part of the protocol. "Holding register empty" on a port with a
 * FIFO means that all 16 places are free, so bytes go out in batches of 16 for each look.
 *
 * Ports that the machine lacks are found by the scratch register, which keeps what is written to it
 * and reads as ones where nothing answers. Their output is discarded.
 *
 * Input comes from COM1 alone, by interrupt. It goes to one receiver, byte by byte.
 * Left out: parity and framing errors; modem lines; other speeds.
 */
#include "drivers/serial.h"

#include "kernel/x86/cpu.h"
#include "kernel/x86/irq.h"

enum {
	DATA = 0, INTERRUPTS = 1, FIFO = 2, LINE_CONTROL = 3, MODEM = 4, LINE_STATUS = 5,
	SCRATCH = 7,
};
enum { DIVISOR_LOW = 0, DIVISOR_HIGH = 1 }; /* while DLAB is set */
enum { INTERRUPT_RECEIVED = 1 };
enum { LINE_8N1 = 3, LINE_DLAB = 0x80 };
enum { FIFO_ENABLE_CLEAR = 0xc7, FIFO_BYTES = 16 };
enum { MODEM_DTR_RTS_OUT2 = 0x0b }; /* OUT2 lets the interrupt through */
enum { STATUS_RECEIVED = 0x01, STATUS_HOLDING_EMPTY = 0x20, STATUS_ALL_EMPTY = 0x40 };
enum { COM1_LINE = 4 };

static const uint16_t serial_base[SERIAL_NPORTS] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };
static bool serial_found[SERIAL_NPORTS];
static void (*serial_receiver)(uint8_t byte);

static bool serial_answers(uint16_t base)
{
	static const uint8_t patterns[] = { 0x5a, 0xa5 };
	for (unsigned i = 0; i < sizeof(patterns); i++) {
		cpu_out8(base + SCRATCH, patterns[i]);
		if (cpu_in8(base + SCRATCH) != patterns[i])
			return false;
	}
	return true;
}

static void serial_set_up(uint16_t base)
{
	cpu_out8(base + INTERRUPTS, 0);
	cpu_out8(base + LINE_CONTROL, LINE_DLAB);
	cpu_out8(base + DIVISOR_LOW, 1); /* 115200 */
	cpu_out8(base + DIVISOR_HIGH, 0);
	cpu_out8(base + LINE_CONTROL, LINE_8N1);
	cpu_out8(base + FIFO, FIFO_ENABLE_CLEAR);
	cpu_out8(base + MODEM, MODEM_DTR_RTS_OUT2);
}

void serial_init(void)
{
	for (unsigned i = 0; i < SERIAL_NPORTS; i++) {
		serial_found[i] = serial_answers(serial_base[i]);
		if (serial_found[i])
			serial_set_up(serial_base[i]);
	}
}

bool serial_present(enum serial_port port)
{
	return serial_found[port];
}

static void serial_wait(uint16_t base, uint8_t status)
{
	while (!(cpu_in8(base + LINE_STATUS) & status))
		;
}

void serial_write(enum serial_port port, const char *bytes, size_t n)
{
	if (!serial_found[port])
		return;
	uint16_t base = serial_base[port];
	for (size_t i = 0; i < n; i++) {
		if (i % FIFO_BYTES == 0)
			serial_wait(base, STATUS_HOLDING_EMPTY);
		cpu_out8(base + DATA, (uint8_t)bytes[i]);
	}
}

void serial_console(const char *text, size_t n)
{
	size_t from = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] != '\n')
			continue;
		serial_write(SERIAL_COM1, text + from, i - from);
		serial_write(SERIAL_COM1, "\r\n", 2);
		from = i + 1;
	}
	serial_write(SERIAL_COM1, text + from, n - from);
}

void serial_drain(void)
{
	for (unsigned i = 0; i < SERIAL_NPORTS; i++)
		if (serial_found[i])
			serial_wait(serial_base[i], STATUS_ALL_EMPTY);
}

static void serial_interrupt(void)
{
	uint16_t base = serial_base[SERIAL_COM1];
	while (cpu_in8(base + LINE_STATUS) & STATUS_RECEIVED)
		serial_receiver(cpu_in8(base + DATA));
}

void serial_set_receiver(void (*receiver)(uint8_t byte))
{
	if (!serial_found[SERIAL_COM1])
		return;
	serial_receiver = receiver;
	irq_register(COM1_LINE, serial_interrupt);
	cpu_out8(serial_base[SERIAL_COM1] + INTERRUPTS, INTERRUPT_RECEIVED);
	/* What came before was edge enough for the controller, but it was masked: fetch it now. */
	unsigned flags = irq_save();
	serial_interrupt();
	irq_restore(flags);
}

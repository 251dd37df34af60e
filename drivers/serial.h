/*
 * Four serial ports, each with a job of its own:
 *   COM1 console and log     COM2 control channel (the RESULT record)
 *   COM3 standard output of a launched program     COM4 its standard error
 * Context: any, unless said.
 */
#ifndef DRIVERS_SERIAL_H
#define DRIVERS_SERIAL_H

#include "lib/base.h"

enum serial_port { SERIAL_COM1, SERIAL_COM2, SERIAL_COM3, SERIAL_COM4, SERIAL_NPORTS };

/* Find the ports and set them to 115200 8N1. Context: boot. */
void serial_init(void);
bool serial_present(enum serial_port port);
/* @n bytes as they are. Waits until the port has taken them; an absent port discards them. */
void serial_write(enum serial_port port, const char *bytes, size_t n);
/* @n bytes to COM1 as text: \n as \r\n. For the log. Context: any. */
void serial_console(const char *text, size_t n);
/* Wait until the last bit of every port is on the wire. */
void serial_drain(void);
/*
 * @receiver gets each byte that arrives on COM1, from the interrupt (interrupts off). Context:
 * boot, after trap_init.
 */
void serial_set_receiver(void (*receiver)(uint8_t byte));

#endif

/*
 * Interrupt lines 0..15: who serves each. The controller's driver supplies unmasking and
 * end-of-interrupt. Context: boot, unless said.
 */
#ifndef KERNEL_X86_IRQ_H
#define KERNEL_X86_IRQ_H

#include "lib/base.h"

enum { IRQ_LINES = 16 };

struct irq_chip {
	void (*unmask)(unsigned line);
	bool (*spurious)(unsigned line); /* no device raised it; acknowledged as far as needed */
	void (*end)(unsigned line);	 /* it has been handled: end of interrupt */
};

void irq_set_chip(const struct irq_chip *chip);
/* Run @handler (interrupts off) at each interrupt of @line; unmasks it. */
void irq_register(unsigned line, void (*handler)(void));
/* An interrupt of @line has come. Context: the vector's handler, interrupts off. */
void irq_serve(unsigned line);

#endif

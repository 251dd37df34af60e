/*
 * Interrupt lines: one handler each, registered by the line's driver.
 *
 * A handler runs with interrupts off, touches no list of mm or of processes and wakes nobody: it
 * leaves what happened in a ring or a counter (kernel/proc/deferred.c picks it up).
 *
 * Always true:
 *   [irq.1]  a line that is unmasked has a handler
 */
#include "kernel/x86/irq.h"

#include "lib/assert.h"

static const struct irq_chip *irq_chip;
static void (*irq_handlers[IRQ_LINES])(void);

void irq_set_chip(const struct irq_chip *chip)
{
	irq_chip = chip;
}

void irq_register(unsigned line, void (*handler)(void))
{
	ASSERT(line < IRQ_LINES && irq_handlers[line] == NULL && irq_chip != NULL);
	irq_handlers[line] = handler;
	irq_chip->unmask(line);
}

void irq_serve(unsigned line)
{
	if (irq_chip->spurious(line))
		return;
	ASSERT(irq_handlers[line] != NULL); /* [irq.1] */
	irq_handlers[line]();
	irq_chip->end(line);
}

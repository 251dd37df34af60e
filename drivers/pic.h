/* The two 8259 interrupt controllers: lines 0..15 as vectors 32..47. Context: interrupts off. */
#ifndef DRIVERS_PIC_H
#define DRIVERS_PIC_H

#include "lib/base.h"

/* All lines masked; serves kernel/x86/irq.c. Context: boot. */
void pic_init(void);

#endif

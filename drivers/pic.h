/* The two 8259 interrupt controllers: lines 0..15 as vectors 32..47. Context: interrupts off. */
#ifndef DRIVERS_PIC_H
#define DRIVERS_PIC_H

#include "lib/base.h"

/* All lines masked. Context: boot. */
void pic_init(void);
void pic_unmask(unsigned line);
/* True: nobody asked for @line (7 or 15), it is noise. Already acknowledged as far as needed. */
bool pic_spurious(unsigned line);
/* The interrupt of @line is served. */
void pic_end(unsigned line);

#endif

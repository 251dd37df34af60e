/* The PS/2 keyboard, US layout. */
#ifndef DRIVERS_KEYBOARD_H
#define DRIVERS_KEYBOARD_H

#include "lib/base.h"

/*
 * @receiver gets each byte typed, from the interrupt (interrupts off): Enter is \r, Backspace 0x7f,
 * Ctrl-letter 1..26, arrows ESC [ A..D. Without a keyboard controller nothing happens. Context:
 * boot, after trap_init.
 */
void keyboard_init(void (*receiver)(uint8_t byte));
/* F2 is no byte: it calls @pressed, from the interrupt. Context: boot. */
void keyboard_on_f2(void (*pressed)(void));

#endif

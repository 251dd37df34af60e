/* The 80x25 text screen, where the firmware left one. Context: any. */
#ifndef DRIVERS_VGA_H
#define DRIVERS_VGA_H

#include "lib/base.h"

/*
 * Start with an empty screen at 0xb8000. Until this is called everything written is discarded.
 * Context: boot.
 */
void vga_init(void);
/* Is there a screen? */
bool vga_present(void);
/* Text with \n, \r, \b and \t; other control bytes and ESC [ sequences are dropped. */
void vga_write(const char *text, size_t n);

#endif

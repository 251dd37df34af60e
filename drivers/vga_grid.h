/*
 * A second screen on the same adapter: 80x50 cells of 8x8 pixels, in 16 colours and with glyphs of
 * its own, beside the console's text. Theory in vga_grid.c. Context of all: any.
 */
#ifndef DRIVERS_VGA_GRID_H
#define DRIVERS_VGA_GRID_H

#include "lib/base.h"

enum { GRID_COLUMNS = 80, GRID_ROWS = 50, GRID_CELLS = GRID_COLUMNS * GRID_ROWS };

/* Glyphs above the 127 of ASCII. */
enum grid_glyph {
	GRID_DOT = 0x80, /* a small dot in the middle */
	GRID_SQUARE,	 /* 7 by 7 pixels: squares side by side show a line between them */
	GRID_RING,	 /* its outline */
	GRID_HATCH,	 /* its half tone */
	GRID_CORE,	 /* an outline with a filled middle */
	GRID_BAR,	 /* a piece of a bar */
	GRID_BAR_EMPTY,	 /* a piece of a bar that is not reached */
	GRID_SPOT,	 /* a smaller square, for a cell that is marked by its paper */
	GRID_GLYPHS_END,
};

/* Foreground or background; the upper half are the vivid ones. */
enum grid_colour {
	GRID_BLACK, GRID_BLUE, GRID_GREEN, GRID_TEAL, GRID_RED, GRID_PURPLE, GRID_BROWN, GRID_GREY,
	GRID_DIM, GRID_SKY, GRID_LIME, GRID_CYAN, GRID_ORANGE, GRID_PINK, GRID_YELLOW, GRID_WHITE,
};

static inline uint16_t grid_cell(uint8_t glyph, enum grid_colour ink, enum grid_colour paper)
{
	return (uint16_t)(paper << 12 | ink << 8 | glyph);
}

/*
 * Show the grid, black at first. The console goes on unseen. 0, -ENODEV: there is no such screen,
 * or its BIOS has no 8x8 font where all have it.
 */
int vga_grid_open(void);
/* Show the console again. Nothing if it is shown. */
void vga_grid_close(void);
bool vga_grid_shown(void);
/* GRID_CELLS cells to be written, that are not shown; vga_grid_flip shows them, all at once. */
uint16_t *vga_grid_page(void);
void vga_grid_flip(void);

#endif

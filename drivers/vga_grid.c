/*
 * A second screen on the same adapter.
 *
 * The console's text takes 4,000 bytes of the 32 KiB that a VGA shows text from, and its font one
 * of eight places for fonts. So a second screen can live beside it: two pages of 80x50 cells
 * behind the console's page, and a font of 8x8 pixels in the next place. Showing one or the other
 * is a matter of a few registers: which address the picture begins at, how many lines a row has,
 * which font, how wide a character is. The console's cells are never touched, and it goes on
 * writing while the grid is shown.
 *
 * There are two grid pages so that nobody sees a picture while it is drawn: the hidden one is
 * written, then the start address moves to it. The adapter takes a new start address at the next
 * retrace.
 *
 * Characters are 8 dots wide instead of 9 and the dot clock is the slower one, so a line lasts as
 * long as before and the cells are square. Blinking is off: its bit is the sixteenth background.
 *
 * The glyphs of ASCII are the BIOS's: every PC has the lower half of an 8x8 font at F000:FA6E,
 * where the first one had it. The others are our own. Colours 0 and 7, the console's, stay.
 *
 * Source: IBM VGA technical reference; F. Ferraro, Programmer's guide to the EGA and VGA cards.
 */
#include "drivers/vga_grid.h"

#include "drivers/vga.h"
#include "kernel/x86/cpu.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/layout.h"

enum { CELLS = 0xb8000, PLANE_WINDOW = 0xa0000, BIOS_FONT = 0xffa6e };
enum { FONT_CHARS = 128, FONT_ROWS = 8, FONT_STRIDE = 32, FONT_PLACE = 0x4000, FONT_SELECT = 5 };
enum { PAGE_CELLS = 4096 }; /* pages 1 and 2; the console's begins at cell 0 */

enum { MISC_WRITE = 0x3c2, MISC_READ = 0x3cc, MISC_CLOCK = 0x0c };
enum { SEQUENCER = 0x3c4, SEQ_RESET = 0, SEQ_CLOCKING = 1, SEQ_PLANES = 2, SEQ_FONT = 3,
       SEQ_MEMORY = 4, CLOCKING_8_DOTS = 1 };
enum { GRAPHICS = 0x3ce, GRAPHICS_READ_PLANE = 4, GRAPHICS_MODE = 5, GRAPHICS_MISC = 6 };
enum { CRTC = 0x3d4, CRTC_MAX_LINE = 9, CRTC_CURSOR = 10, CRTC_START_HIGH = 12,
       CRTC_START_LOW = 13, MAX_LINE_BITS = 0x1f, CURSOR_OFF = 0x20 };
enum { ATTRIBUTE = 0x3c0, ATTRIBUTE_READ = 0x3c1, ATTRIBUTE_RESET = 0x3da, ATTRIBUTE_MODE = 0x10,
       ATTRIBUTE_ON = 0x20, MODE_BLINK = 8 };
enum { DAC_WRITE = 0x3c8, DAC_DATA = 0x3c9 };

static bool grid_shown, grid_loaded;
static unsigned grid_hidden = 1; /* page 1 or 2 */
static struct {
	uint8_t clocking, font, max_line, cursor, mode, misc;
} grid_console; /* registers as the console has them */

static const uint8_t grid_glyphs[GRID_GLYPHS_END - GRID_DOT][FONT_ROWS] = {
	[GRID_DOT - GRID_DOT] = { 0, 0, 0, 0x10, 0, 0, 0, 0 },
	[GRID_SQUARE - GRID_DOT] = { 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0 },
	[GRID_RING - GRID_DOT] = { 0xfe, 0x82, 0x82, 0x82, 0x82, 0x82, 0xfe, 0 },
	[GRID_HATCH - GRID_DOT] = { 0xaa, 0x54, 0xaa, 0x54, 0xaa, 0x54, 0xaa, 0 },
	[GRID_CORE - GRID_DOT] = { 0xfe, 0x82, 0xba, 0xba, 0xba, 0x82, 0xfe, 0 },
	[GRID_BAR - GRID_DOT] = { 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0 },
	[GRID_BAR_EMPTY - GRID_DOT] = { 0, 0xff, 0, 0, 0, 0, 0xff, 0 },
	[GRID_SPOT - GRID_DOT] = { 0, 0x7c, 0x7c, 0x7c, 0x7c, 0x7c, 0, 0 },
};

/* Red, green, blue, 0..63, of the colours that are not the console's. */
static const uint8_t grid_palette[16][3] = {
	[GRID_BLUE] = { 10, 18, 42 },	[GRID_GREEN] = { 8, 28, 14 },
	[GRID_TEAL] = { 8, 30, 32 },	[GRID_RED] = { 40, 12, 10 },
	[GRID_PURPLE] = { 30, 14, 40 }, [GRID_BROWN] = { 36, 24, 10 },
	[GRID_DIM] = { 18, 20, 24 },	[GRID_SKY] = { 26, 38, 60 },
	[GRID_LIME] = { 24, 54, 22 },	[GRID_CYAN] = { 22, 56, 58 },
	[GRID_ORANGE] = { 63, 34, 12 }, [GRID_PINK] = { 58, 30, 46 },
	[GRID_YELLOW] = { 63, 58, 24 }, [GRID_WHITE] = { 63, 63, 63 },
};

static uint8_t port_read(uint16_t index_port, uint8_t index)
{
	cpu_out8(index_port, index);
	return cpu_in8(index_port + 1);
}

static void port_write(uint16_t index_port, uint8_t index, unsigned value)
{
	cpu_out8(index_port, index);
	cpu_out8(index_port + 1, (uint8_t)value);
}

/* The attribute controller has one port for index and data; a read elsewhere says which is next. */
static uint8_t attribute_read(uint8_t index)
{
	(void)cpu_in8(ATTRIBUTE_RESET);
	cpu_out8(ATTRIBUTE, index | ATTRIBUTE_ON);
	return cpu_in8(ATTRIBUTE_READ);
}

static void attribute_write(uint8_t index, unsigned value)
{
	(void)cpu_in8(ATTRIBUTE_RESET);
	cpu_out8(ATTRIBUTE, index | ATTRIBUTE_ON);
	cpu_out8(ATTRIBUTE, (uint8_t)value);
}

static const uint8_t *grid_bios_font(void)
{
	return phys_to_virt(BIOS_FONT);
}

/* Is it a font? Nothing in a blank, and a letter that is higher than wide strokes. */
static bool grid_font_there(void)
{
	const uint8_t *font = grid_bios_font();
	const uint8_t *letter = font + 'I' * FONT_ROWS;
	unsigned rows = 0, blank = 0;
	for (unsigned i = 0; i < FONT_ROWS; i++) {
		blank |= font[' ' * FONT_ROWS + i];
		rows += letter[i] != 0 && letter[i] != 0xff;
	}
	return blank == 0 && rows >= 6;
}

/* Both halves into plane 2, which the CPU sees only while text is not what it writes. */
static void grid_load_font(void)
{
	uint8_t *place = (uint8_t *)phys_to_virt(PLANE_WINDOW) + FONT_PLACE;
	uint8_t planes = port_read(SEQUENCER, SEQ_PLANES);
	uint8_t memory = port_read(SEQUENCER, SEQ_MEMORY);
	uint8_t plane = port_read(GRAPHICS, GRAPHICS_READ_PLANE);
	uint8_t mode = port_read(GRAPHICS, GRAPHICS_MODE);
	uint8_t misc = port_read(GRAPHICS, GRAPHICS_MISC);
	port_write(SEQUENCER, SEQ_PLANES, 1 << 2);
	port_write(SEQUENCER, SEQ_MEMORY, 6); /* all memory, byte after byte */
	port_write(GRAPHICS, GRAPHICS_READ_PLANE, 2);
	port_write(GRAPHICS, GRAPHICS_MODE, 0);
	port_write(GRAPHICS, GRAPHICS_MISC, 4); /* at PLANE_WINDOW */
	for (unsigned c = 0; c < FONT_CHARS; c++)
		memcpy(place + c * FONT_STRIDE, grid_bios_font() + c * FONT_ROWS, FONT_ROWS);
	for (unsigned c = GRID_DOT; c < GRID_GLYPHS_END; c++)
		memcpy(place + c * FONT_STRIDE, grid_glyphs[c - GRID_DOT], FONT_ROWS);
	port_write(SEQUENCER, SEQ_PLANES, planes);
	port_write(SEQUENCER, SEQ_MEMORY, memory);
	port_write(GRAPHICS, GRAPHICS_READ_PLANE, plane);
	port_write(GRAPHICS, GRAPHICS_MODE, mode);
	port_write(GRAPHICS, GRAPHICS_MISC, misc);
}

/* Each colour of text is a number in the attribute controller, and that one a colour of the DAC. */
static void grid_load_palette(void)
{
	for (uint8_t colour = 0; colour < 16; colour++) {
		if (colour == GRID_BLACK || colour == GRID_GREY)
			continue;
		cpu_out8(DAC_WRITE, attribute_read(colour));
		for (unsigned i = 0; i < 3; i++)
			cpu_out8(DAC_DATA, grid_palette[colour][i]);
	}
}

/* The dot clock, and how many dots make a character: changed while the sequencer stands still. */
static void grid_set_clock(unsigned clocking, uint8_t misc)
{
	port_write(SEQUENCER, SEQ_RESET, 1);
	port_write(SEQUENCER, SEQ_CLOCKING, clocking);
	cpu_out8(MISC_WRITE, misc);
	port_write(SEQUENCER, SEQ_RESET, 3);
}

static void grid_set_start(unsigned cell)
{
	port_write(CRTC, CRTC_START_HIGH, cell >> 8);
	port_write(CRTC, CRTC_START_LOW, cell);
}

static uint16_t *grid_page_cells(unsigned page)
{
	return (uint16_t *)phys_to_virt(CELLS) + page * PAGE_CELLS;
}

static void grid_save_console(void)
{
	grid_console.clocking = port_read(SEQUENCER, SEQ_CLOCKING);
	grid_console.font = port_read(SEQUENCER, SEQ_FONT);
	grid_console.max_line = port_read(CRTC, CRTC_MAX_LINE);
	grid_console.cursor = port_read(CRTC, CRTC_CURSOR);
	grid_console.mode = attribute_read(ATTRIBUTE_MODE);
	grid_console.misc = cpu_in8(MISC_READ);
}

int vga_grid_open(void)
{
	if (!vga_present() || !grid_font_there())
		return -ENODEV;
	if (grid_shown)
		return 0;
	unsigned flags = irq_save();
	if (!grid_loaded)
		grid_load_font();
	grid_loaded = true;
	grid_load_palette();
	grid_save_console();
	for (unsigned i = 0; i < GRID_CELLS; i++)
		grid_page_cells(grid_hidden)[i] = grid_cell(' ', GRID_GREY, GRID_BLACK);
	grid_set_clock(grid_console.clocking | CLOCKING_8_DOTS,
		       (uint8_t)(grid_console.misc & ~MISC_CLOCK));
	port_write(SEQUENCER, SEQ_FONT, FONT_SELECT);
	port_write(CRTC, CRTC_MAX_LINE,
		   (grid_console.max_line & ~MAX_LINE_BITS) | (FONT_ROWS - 1));
	port_write(CRTC, CRTC_CURSOR, grid_console.cursor | CURSOR_OFF);
	attribute_write(ATTRIBUTE_MODE, grid_console.mode & ~MODE_BLINK);
	vga_grid_flip();
	grid_shown = true;
	irq_restore(flags);
	return 0;
}

void vga_grid_close(void)
{
	if (!grid_shown)
		return;
	unsigned flags = irq_save();
	grid_set_start(0);
	attribute_write(ATTRIBUTE_MODE, grid_console.mode);
	port_write(CRTC, CRTC_CURSOR, grid_console.cursor);
	port_write(CRTC, CRTC_MAX_LINE, grid_console.max_line);
	port_write(SEQUENCER, SEQ_FONT, grid_console.font);
	grid_set_clock(grid_console.clocking, grid_console.misc);
	grid_shown = false;
	irq_restore(flags);
}

bool vga_grid_shown(void)
{
	return grid_shown;
}

uint16_t *vga_grid_page(void)
{
	return grid_page_cells(grid_hidden);
}

void vga_grid_flip(void)
{
	unsigned flags = irq_save();
	grid_set_start(grid_hidden * PAGE_CELLS);
	grid_hidden = 3 - grid_hidden;
	irq_restore(flags);
}

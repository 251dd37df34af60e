/*
 * The 80x25 text screen: a page of cells, character and colour, at physical 0xb8000.
 *
 * Text goes to the cursor and scrolls at the bottom, white on black. The serial line gets the same
 * bytes and a terminal there understands more than this screen: escape sequences are dropped
 * here rather than shown as noise.
 * Left out: colours, other sizes, graphics.
 */
#include "drivers/vga.h"

#include "kernel/x86/cpu.h"
#include "lib/string.h"
#include "machine/layout.h"

enum { COLUMNS = 80, ROWS = 25, BLANK = 0x0720, COLOUR = 0x0700, TAB = 8 };
enum { CRTC_INDEX = 0x3d4, CRTC_DATA = 0x3d5, CURSOR_HIGH = 14, CURSOR_LOW = 15 };
enum { CELLS = 0xb8000 };

enum vga_state { VGA_TEXT, VGA_ESCAPE, VGA_SEQUENCE };

static uint16_t *vga_cells; /* NULL: no screen */
static unsigned vga_cursor; /* cell number; ROWS * COLUMNS never stays */
static enum vga_state vga_state;

static void vga_blank(unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		vga_cells[i] = BLANK;
}

static void vga_scroll(void)
{
	memmove(vga_cells, vga_cells + COLUMNS, (ROWS - 1) * COLUMNS * sizeof(vga_cells[0]));
	vga_blank((ROWS - 1) * COLUMNS, ROWS * COLUMNS);
	vga_cursor -= COLUMNS;
}

static void vga_show_cursor(void)
{
	cpu_out8(CRTC_INDEX, CURSOR_HIGH);
	cpu_out8(CRTC_DATA, (uint8_t)(vga_cursor >> 8));
	cpu_out8(CRTC_INDEX, CURSOR_LOW);
	cpu_out8(CRTC_DATA, (uint8_t)vga_cursor);
}

static void vga_control(uint8_t byte)
{
	unsigned column = vga_cursor % COLUMNS;
	if (byte == '\n')
		vga_cursor += COLUMNS - column;
	else if (byte == '\r')
		vga_cursor -= column;
	else if (byte == '\b')
		vga_cursor -= column > 0;
	else if (byte == '\t')
		vga_cursor += MIN(TAB - column % TAB, COLUMNS - 1 - column);
	else if (byte == 27)
		vga_state = VGA_ESCAPE;
}

/* True while @byte belongs to an escape sequence: ESC x, or ESC [ parameters letter. */
static bool vga_skip(uint8_t byte)
{
	if (vga_state == VGA_TEXT)
		return false;
	if (vga_state == VGA_ESCAPE && byte == '[')
		vga_state = VGA_SEQUENCE;
	else if (vga_state == VGA_ESCAPE || byte >= '@')
		vga_state = VGA_TEXT;
	return true;
}

static void vga_put(uint8_t byte)
{
	if (vga_skip(byte))
		return;
	if (byte < ' ' || byte == 0x7f) {
		vga_control(byte);
	} else {
		vga_cells[vga_cursor] = COLOUR | byte;
		vga_cursor++;
	}
	if (vga_cursor >= ROWS * COLUMNS)
		vga_scroll();
}

void vga_init(void)
{
	vga_cells = phys_to_virt(CELLS);
	vga_blank(0, ROWS * COLUMNS);
	vga_show_cursor();
}

bool vga_present(void)
{
	return vga_cells != NULL;
}

void vga_write(const char *text, size_t n)
{
	if (vga_cells == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		vga_put((uint8_t)text[i]);
	vga_show_cursor();
}

/* The live map on the real adapter: the console stays as it was, and nothing is allocated. */
#include "drivers/vga.h"
#include "drivers/vga_grid.h"
#include "kernel/selftest.h"
#include "kernel/watch/mapview.h"
#include "kernel/watch/mapview_draw.h"
#include "kernel/x86/cpu.h"
#include "lib/string.h"
#include "machine/layout.h"
#include "mm/frame.h"
#include "mm/framemap.h"
#include "mm/slab.h"

enum { CONSOLE = 0xb8000, CONSOLE_CELLS = 80 * 25, CRTC = 0x3d4 };

static uint8_t crtc_read(uint8_t index)
{
	cpu_out8(CRTC, index);
	return cpu_in8(CRTC + 1);
}

/* The figures that tell one screen from the other: start, rows' height, cursor. */
static uint32_t screen_state(void)
{
	return (uint32_t)crtc_read(12) << 24 | (uint32_t)crtc_read(13) << 16 |
	       (uint32_t)crtc_read(9) << 8 | crtc_read(10);
}

SELFTEST(mapview_leaves_the_console_as_it_was)
{
	static uint16_t before[CONSOLE_CELLS];
	const uint16_t *console = phys_to_virt(CONSOLE);
	if (!vga_present())
		return selftest_skip("no text screen");
	uint32_t state = screen_state(), objects = slab_objects(), nfree = frame_stats.free;
	memcpy(before, console, sizeof(before));
	REQUIRE(mapview_show(true) == 0);
	EXPECT(vga_grid_shown() && screen_state() != state);
	for (uint64_t tick = 0; tick < 100; tick++)
		mapview_work(UINT64_MAX - 200 + tick);
	EXPECT(memcmp(before, console, sizeof(before)) == 0);
	EXPECT(mapview_show(false) == 0);
	EXPECT_EQ(screen_state(), state);
	EXPECT(!vga_grid_shown());
	EXPECT_EQ(slab_objects(), objects);
	EXPECT_EQ(frame_stats.free, nfree);
}

SELFTEST(mapview_console_goes_on_unseen)
{
	static const char text[] = "a line under the map\r";
	const uint16_t *console = phys_to_virt(CONSOLE);
	if (!vga_present())
		return selftest_skip("no text screen");
	REQUIRE(mapview_show(true) == 0);
	uint32_t state = screen_state();
	vga_write("\n", 1);
	vga_write(text, sizeof(text) - 1);
	EXPECT_EQ(screen_state(), state);
	bool found = false;
	for (unsigned i = 0; i < CONSOLE_CELLS; i += 80)
		found = found || ((console[i] & 0xff) == 'a' && (console[i + 2] & 0xff) == 'l');
	EXPECT(found);
	EXPECT(mapview_show(false) == 0);
}

SELFTEST(mapview_key_switches_once)
{
	if (!vga_present())
		return selftest_skip("no text screen");
	mapview_key();
	EXPECT(mapview_due(0));
	mapview_work(0);
	EXPECT(vga_grid_shown());
	mapview_work(0);
	EXPECT(vga_grid_shown());
	mapview_key();
	mapview_work(0);
	EXPECT(!vga_grid_shown() && !mapview_due(UINT64_MAX));
}

/* For the documentation: under --icount these are instructions. */
SELFTEST(mapview_cost_of_a_picture)
{
	static uint8_t cells[MAPVIEW_CELLS];
	static uint16_t page[GRID_CELLS];
	static const struct mapview_figures figures;
	struct framemap m;
	framemap_begin(&m, framemap_end(), cells, MAPVIEW_CELLS);
	uint64_t start = cpu_tsc();
	EXPECT(framemap_step(&m, m.end));
	uint64_t looked = cpu_tsc();
	mapview_draw(page, &m, &figures);
	uint64_t drawn = cpu_tsc();
	selftest_note("looking at %u frames: %u, drawing: %u", m.end, (unsigned)(looked - start),
		      (unsigned)(drawn - looked));
	uint32_t sum = 0;
	for (unsigned class = 0; class < FRAMEMAP_CLASS_COUNT; class++)
		sum += m.frames[class];
	EXPECT_EQ(sum, m.end);
}

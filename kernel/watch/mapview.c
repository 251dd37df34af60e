/*
 * The live memory map: when frames are scanned, and what is counted.
 *
 * While the map is shown, the kernel takes a picture of all frames (mm/framemap.c) several times a
 * second and draws it on the screen's second page (drivers/vga_grid.c), programs or no programs
 * running. It is deferred work, done on the way back to user mode or in the idle loop (sched_work),
 * so lists of mm and of processes are consistent.
 *
 * A machine with much memory must not stall for a picture: at most STEP_FRAMES frames are scanned
 * in one tick, and the picture is drawn after the last one. 32 MiB take one tick, 768 MiB a quarter
 * of a second. Drawing takes constant time: the screen has a fixed number of cells. A picture of at
 * most STEP_FRAMES frames is a snapshot; its counts are those of frame.c.
 *
 * Rates are over the last second or a little more.
 *
 * Always true
 *   [mapview.1]  no call allocates, sleeps, or changes anything of mm
 *   [mapview.2]  a call scans at most STEP_FRAMES frames and MAPVIEW_SCAN processes
 */
#include "kernel/watch/mapview.h"

#include "drivers/vga_grid.h"
#include "kernel/proc/deferred.h"
#include "kernel/proc/sched.h"
#include "kernel/watch/mapview_draw.h"
#include "lib/string.h"

enum { STEP_FRAMES = 8192, PERIOD_TICKS = SCHED_HZ / 10, RATE_TICKS = SCHED_HZ };

static struct {
	volatile bool key;	/* pressed and not yet handled */
	volatile bool shown;
	/* Tick of the next step. The timer may read a torn value: at worst a step too early. */
	volatile uint64_t next;
	uint64_t begun;		/* tick of this picture's first */
	pfn_t end;		/* what pictures are of */
	struct framemap map;
	uint8_t cells[MAPVIEW_CELLS];
	struct mapview_figures figures;
	uint64_t rate_since; /* tick */
	uint32_t rate_from[MMSTAT_COUNT];
} mapview;

void mapview_key(void)
{
	mapview.key = true;
	sched_request();
}

bool mapview_due(uint64_t now)
{
	return mapview.key || (mapview.shown && mapview.next <= now);
}

static void mapview_take(uint64_t now)
{
	framemap_begin(&mapview.map, mapview.end, mapview.cells, MAPVIEW_CELLS);
	mapview.begun = now;
}

int mapview_show(bool on)
{
	if (!on) {
		mapview.shown = false;
		vga_grid_close();
		return 0;
	}
	if (mapview.shown)
		return 0;
	int err = vga_grid_open();
	if (err)
		return err;
	mapview.end = framemap_end();
	memcpy(mapview.rate_from, mmstat, sizeof(mmstat));
	mapview.rate_since = sched_ticks();
	mapview_take(sched_ticks());
	mapview.next = sched_ticks();
	mapview.shown = true;
	sched_request();
	return 0;
}

static void mapview_count_rates(uint64_t now)
{
	uint32_t ticks = (uint32_t)(now - mapview.rate_since);
	if (ticks < RATE_TICKS)
		return;
	for (unsigned i = 0; i < MMSTAT_COUNT; i++) {
		uint64_t n = mmstat[i] - mapview.rate_from[i];
		mapview.figures.rates[i] = (uint32_t)(n * SCHED_HZ / ticks);
		mapview.rate_from[i] = mmstat[i];
	}
	mapview.rate_since = now;
}

void mapview_work(uint64_t now)
{
	if (mapview.key) {
		mapview.key = false;
		(void)mapview_show(!mapview.shown); /* no screen: nothing to show */
	}
	if (!mapview.shown || mapview.next > now)
		return;
	mapview.next = now + 1;
	if (!framemap_step(&mapview.map, STEP_FRAMES))
		return;
	mapview_count_rates(now);
	mapview.figures.refresh++;
	mapview.figures.ticks = now;
	mapview_draw(vga_grid_page(), &mapview.map, &mapview.figures);
	vga_grid_flip();
	mapview.next = MAX(mapview.begun + PERIOD_TICKS, now + 1);
	mapview_take(mapview.next);
}

void mapview_begin(void)
{
	static struct deferred mapview_deferred = { .work = mapview_work, .due = mapview_due };
	deferred_add(&mapview_deferred);
}

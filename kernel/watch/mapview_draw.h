/* What the live memory map looks like. Theory in mapview_draw.c. Context: process or boot. */
#ifndef KERNEL_WATCH_MAPVIEW_DRAW_H
#define KERNEL_WATCH_MAPVIEW_DRAW_H

#include "mm/framemap.h"
#include "mm/mmstat.h"

enum {
	MAPVIEW_COLUMNS = 48, MAPVIEW_ROWS = 46, MAPVIEW_CELLS = MAPVIEW_COLUMNS * MAPVIEW_ROWS,
	MAPVIEW_SCAN = 256, /* processes scanned, oldest first */
};

struct mapview_figures {
	uint32_t refresh; /* pictures drawn, this one included */
	uint64_t ticks;	  /* since boot */
	uint32_t rates[MMSTAT_COUNT]; /* per second */
};

/* Draw all GRID_CELLS cells of @page: the complete picture @m, and the panels beside it. */
void mapview_draw(uint16_t *page, const struct framemap *m, const struct mapview_figures *figures);

#endif

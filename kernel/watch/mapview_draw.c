/*
 * What the live memory map looks like.
 *
 *   row 0       what this is, which policy, how many frames a cell has
 *   left        the cells, MAPVIEW_COLUMNS in a row; the address of every fourth row; '>' and a
 *               white cell where the policy's hand is
 *   right       the legend, with the cells and frames of each class; how full memory and swap are;
 *               what was counted since boot and in the last second; the largest processes
 *   row 49      how to leave, and the number of this picture
 *
 * Related classes look alike: kernel memory has cold colours (blue, purple, pink), modified user
 * pages warm ones, clean ones green, and of two colours the more vivid is the page that was used.
 * Every class has an ink of its own; the hand's cell keeps it.
 *
 * Everything is redrawn each time: the screen page holds the picture before last.
 */
#include "kernel/watch/mapview_draw.h"

#include "drivers/vga_grid.h"
#include "kernel/proc/process.h"
#include "kernel/proc/thread.h"
#include "kernel/watch/legend.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/policy/policy.h"
#include "mm/reclaim.h"
#include "mm/swap.h"

enum { MAP_COLUMN = 7, MAP_ROW = 2, LABEL_ROWS = 4, PANEL = 56, PANEL_WIDTH = 24, LAST_ROW = 49 };
enum { PROCESS_ROWS = 12, LINE_MAX = GRID_COLUMNS + 1 };

struct look {
	uint8_t glyph, ink;
};

static const struct look looks[FRAMEMAP_CLASS_COUNT] = {
	[FRAMEMAP_RESERVED] = { GRID_HATCH, GRID_DIM },
	[FRAMEMAP_FREE] = { GRID_DOT, GRID_GREY },
	[FRAMEMAP_KERNEL] = { GRID_SQUARE, GRID_BLUE },
	[FRAMEMAP_REGION] = { GRID_RING, GRID_BROWN },
	[FRAMEMAP_SLAB] = { GRID_SQUARE, GRID_PURPLE },
	[FRAMEMAP_STACK] = { GRID_SQUARE, GRID_SKY },
	[FRAMEMAP_TABLE] = { GRID_SQUARE, GRID_PINK },
	[FRAMEMAP_CACHED] = { GRID_RING, GRID_TEAL },
	[FRAMEMAP_CLEAN] = { GRID_SQUARE, GRID_GREEN },
	[FRAMEMAP_CLEAN_USED] = { GRID_SQUARE, GRID_LIME },
	[FRAMEMAP_DIRTY] = { GRID_SQUARE, GRID_RED },
	[FRAMEMAP_DIRTY_USED] = { GRID_SQUARE, GRID_ORANGE },
	[FRAMEMAP_SHARED] = { GRID_CORE, GRID_YELLOW },
	[FRAMEMAP_LOCKED] = { GRID_CORE, GRID_CYAN },
};

/* Where and how the next line of text is written. */
struct pen {
	uint16_t *page;
	unsigned row, column;
	enum grid_colour ink, paper;
};

static void PRINTF_LIKE(2, 3) pen_line(struct pen *pen, const char *fmt, ...)
{
	char text[LINE_MAX];
	va_list args;
	va_start(args, fmt);
	format_string_v(text, sizeof(text), fmt, args);
	va_end(args);
	unsigned column = pen->column;
	for (const char *c = text; *c != 0 && column < GRID_COLUMNS; c++, column++)
		pen->page[pen->row * GRID_COLUMNS + column] =
			grid_cell((uint8_t)*c, pen->ink, pen->paper);
	pen->row++;
}

/* @part of @whole, over the width of the panel. */
static void pen_bar(struct pen *pen, uint32_t part, uint32_t whole, enum grid_colour ink)
{
	uint32_t filled = whole != 0 ? (uint32_t)((uint64_t)part * PANEL_WIDTH / whole) : 0;
	uint16_t *at = &pen->page[pen->row * GRID_COLUMNS + pen->column];
	if (part != 0 && filled == 0)
		filled = 1;
	for (unsigned i = 0; i < PANEL_WIDTH; i++)
		at[i] = i < filled ? grid_cell(GRID_BAR, ink, GRID_BLACK) :
				     grid_cell(GRID_BAR_EMPTY, GRID_DIM, GRID_BLACK);
	pen->row++;
}

static void pen_heading(struct pen *pen, const char *text)
{
	pen->row++;
	pen->ink = GRID_SKY;
	pen_line(pen, "%s", text);
	pen->ink = GRID_GREY;
}

static void draw_blank(uint16_t *page)
{
	for (unsigned i = 0; i < GRID_CELLS; i++)
		page[i] = grid_cell(' ', GRID_GREY, GRID_BLACK);
}

static void draw_frame(uint16_t *page, const struct framemap *m,
		       const struct mapview_figures *figures)
{
	uint32_t kib = PAGE_SIZE / 1024 << m->shift, hundredths = (uint32_t)figures->ticks;
	struct pen pen = { .page = page, .ink = GRID_WHITE, .paper = GRID_BLUE };
	pen_line(&pen, " Clockhand   every frame of memory   policy %-16s%8u KiB a cell ",
		 policy_name(), kib);
	pen.row = LAST_ROW;
	pen_line(&pen, " F2: the console   > white: the hand looks there next"
		 "  picture %6u%5u.%02u s ",
		 figures->refresh, hundredths / SCHED_HZ, hundredths % SCHED_HZ);
}

static void draw_cells(uint16_t *page, const struct framemap *m)
{
	uint32_t hand = framemap_hand(m);
	for (uint32_t i = 0; i < m->ncells; i++) {
		const struct look *look = &looks[m->cells[i]];
		unsigned row = MAP_ROW + i / MAPVIEW_COLUMNS;
		uint16_t *line = &page[row * GRID_COLUMNS];
		uint16_t *cell = &line[MAP_COLUMN + i % MAPVIEW_COLUMNS];
		*cell = grid_cell(look->glyph, look->ink, GRID_BLACK);
		if (i == hand) {
			*cell = grid_cell(GRID_SPOT, look->ink, GRID_WHITE);
			line[MAP_COLUMN - 1] = grid_cell('>', GRID_WHITE, GRID_BLACK);
		}
	}
}

/* Addresses in tenths of a MiB, before every LABEL_ROWS-th row. */
static void draw_labels(uint16_t *page, const struct framemap *m)
{
	struct pen pen = { .page = page, .ink = GRID_DIM, .paper = GRID_BLACK };
	for (uint32_t i = 0; i < m->ncells; i += LABEL_ROWS * MAPVIEW_COLUMNS) {
		uint32_t tenths = (i << m->shift) * (PAGE_SIZE / 1024) * 10 / 1024;
		pen.row = MAP_ROW + i / MAPVIEW_COLUMNS;
		pen_line(&pen, "%3u.%uM", tenths / 10, tenths % 10);
	}
}

static void draw_legend(struct pen *pen, const struct framemap *m)
{
	pen->row--;
	pen_heading(pen, "            cells frames");
	for (unsigned class = 0; class < FRAMEMAP_CLASS_COUNT; class++) {
		pen->page[pen->row * GRID_COLUMNS + pen->column] =
			grid_cell(looks[class].glyph, looks[class].ink, GRID_BLACK);
		pen->column += 2;
		pen->ink = m->frames[class] != 0 ? GRID_GREY : GRID_DIM;
		pen_line(pen, "%-11s%5u%6u", legend_names[class], m->shown[class],
			 m->frames[class]);
		pen->column -= 2;
	}
}

static void draw_fill(struct pen *pen)
{
	uint32_t used = frame_stats.total - frame_stats.free;
	pen_heading(pen, "in use");
	pen_line(pen, "memory  %6u of %6u", used, frame_stats.total);
	pen_bar(pen, used, frame_stats.total, GRID_LIME);
	if (reclaim_stats.limit != 0) {
		pen_line(pen, "frames=N%6u of %6u", page_stats.charged, reclaim_stats.limit);
		pen_bar(pen, page_stats.charged, reclaim_stats.limit, GRID_CYAN);
	}
	pen_line(pen, "swap    %6u of %6u", swap_stats.used, swap_capacity());
	pen_bar(pen, swap_stats.used, swap_capacity(), GRID_ORANGE);
}

static void draw_counts(struct pen *pen, const struct mapview_figures *figures)
{
	static const struct {
		const char *name;
		enum mmstat_item item;
	} counts[] = {
		{ "minor fault", MMSTAT_minor_faults }, { "major fault", MMSTAT_major_faults },
		{ "zero filled", MMSTAT_zero_fills },	{ "cow copied", MMSTAT_cow_copies },
		{ "file in", MMSTAT_file_ins },		{ "swap in", MMSTAT_swap_ins },
		{ "swap out", MMSTAT_swap_outs },	{ "evicted", MMSTAT_evictions },
	};
	pen_heading(pen, "              count   /s");
	for (unsigned i = 0; i < ARRAY_SIZE(counts); i++)
		pen_line(pen, "%-11s%8u%5u", counts[i].name, mmstat[counts[i].item],
			 MIN(figures->rates[counts[i].item], 99999u));
}

/* The largest processes in @top, the largest first; returns how many. */
static unsigned draw_choose(const struct process *top[PROCESS_ROWS])
{
	unsigned n = 0, seen = 0;
	process_for_each(p) {
		seen++;
		if (seen > MAPVIEW_SCAN)
			break;
		if (p->aspace == NULL || !thread_is_leader(p))
			continue;
		unsigned at = n < PROCESS_ROWS ? n : PROCESS_ROWS;
		while (at > 0 && top[at - 1]->aspace->pmap.resident < p->aspace->pmap.resident) {
			if (at < PROCESS_ROWS)
				top[at] = top[at - 1];
			at--;
		}
		if (at < PROCESS_ROWS)
			top[at] = p;
		n = MIN(n + 1, PROCESS_ROWS + 0u);
	}
	return n;
}

static void draw_processes(struct pen *pen)
{
	const struct process *top[PROCESS_ROWS];
	unsigned n = draw_choose(top);
	pen_heading(pen, " pid program  pages swap");
	for (unsigned i = 0; i < n && pen->row < LAST_ROW - 1; i++) {
		const struct pmap *pmap = &top[i]->aspace->pmap;
		pen->ink = top[i] == process_running ? GRID_WHITE : GRID_GREY;
		pen_line(pen, "%4d %-9.9s%5u%5u", top[i]->pid, top[i]->comm, pmap->resident,
			 pmap->swapped);
	}
}

void mapview_draw(uint16_t *page, const struct framemap *m, const struct mapview_figures *figures)
{
	struct pen pen = { .page = page, .row = 1, .column = PANEL, .ink = GRID_GREY };
	draw_blank(page);
	draw_labels(page, m);
	draw_cells(page, m);
	draw_legend(&pen, m);
	draw_fill(&pen);
	draw_counts(&pen, figures);
	draw_processes(&pen);
	draw_frame(page, m, figures);
}

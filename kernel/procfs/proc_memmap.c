/*
 * /proc/memmap: the memory map as text, one letter per cell.
 *
 * Lines of names and numbers, each class with its letter, cells and frames; then "map" and the
 * cells, COLUMNS in a line, lowest addresses first. So a program that draws it, or a person who
 * prints it, needs nothing else:
 *
 *     end 4019
 *     frames_per_cell 4
 *     cells 1005
 *     columns 64
 *     hand 17                      a cell; -1: the policy has no hand
 *     free_frames 2600             and other figures
 *     class . 611 2590 free        letter, cells, frames, name
 *     ...
 *     map
 *     ################..dddd...
 *
 * All of it is one snapshot: the picture is taken before the text grows. Writing "on" or "off"
 * shows the live map or the console on the screen.
 */
#include "kernel/proc/process.h"
#include "kernel/procfs/proc.h"
#include "kernel/watch/legend.h"
#include "kernel/watch/mapview.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/framemap.h"
#include "mm/mmstat.h"
#include "mm/policy/policy.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/swap.h"

enum { COLUMNS = 64, ROWS = 20, CELLS = COLUMNS * ROWS };

struct memmap_picture {
	struct framemap map;
	uint8_t cells[CELLS];
};

static void memmap_head(struct text *t, const struct framemap *m)
{
	uint32_t hand = framemap_hand(m);
	text_add(t, "end %u\nframes_per_cell %u\ncells %u\ncolumns %u\nhand %d\npolicy %s\n",
		 m->end, 1u << m->shift, m->ncells, COLUMNS, hand < m->ncells ? (int)hand : -1,
		 policy_name());
	text_add(t, "total_frames %u\nfree_frames %u\nlimit_frames %u\nlimit_used %u\n",
		 frame_stats.total, m->frames[FRAMEMAP_FREE], reclaim_stats.limit,
		 page_stats.charged);
	text_add(t, "swap_slots %u\nswap_used %u\n", swap_capacity(), swap_stats.used);
	for (unsigned i = 0; i < MMSTAT_COUNT; i++)
		text_add(t, "%s %u\n", mmstat_names[i], mmstat[i]);
}

static void memmap_cells(struct text *t, const struct framemap *m)
{
	char line[COLUMNS + 1];
	for (unsigned class = 0; class < FRAMEMAP_CLASS_COUNT; class++)
		text_add(t, "class %c %u %u %s\n", legend_letters[class], m->shown[class],
			 m->frames[class], legend_names[class]);
	text_add(t, "map\n");
	for (uint32_t from = 0; from < m->ncells; from += COLUMNS) {
		uint32_t n = MIN(m->ncells - from, COLUMNS + 0u);
		for (uint32_t i = 0; i < n; i++)
			line[i] = legend_letters[m->cells[from + i]];
		line[n] = '\n';
		text_add_bytes(t, line, n + 1);
	}
}

void proc_show_memmap(struct text *t, struct process *p)
{
	struct memmap_picture *picture = kmalloc(sizeof(*picture));
	(void)p;
	if (!picture) {
		t->failed = true;
		return;
	}
	framemap_begin(&picture->map, framemap_end(), picture->cells, CELLS);
	(void)framemap_step(&picture->map, picture->map.end);
	memmap_head(t, &picture->map);
	memmap_cells(t, &picture->map);
	kfree(picture);
}

int proc_store_memmap(struct process *p, const char *text)
{
	bool on = strcmp(text, "on") == 0 || strcmp(text, "on\n") == 0;
	bool off = strcmp(text, "off") == 0 || strcmp(text, "off\n") == 0;
	(void)p;
	return on || off ? mapview_show(on) : -EINVAL;
}

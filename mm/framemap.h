/*
 * The memory map as a picture: what each frame is, in a word, and many frames as a grid of cells.
 * Theory in framemap.c. Context of all: process or boot, unless said. Never allocates; looking
 * changes nothing.
 */
#ifndef MM_FRAMEMAP_H
#define MM_FRAMEMAP_H

#include "mm/frame.h"

/* From the least telling to the most: a cell shows the last of its frames' classes. */
enum framemap_class {
	FRAMEMAP_RESERVED,   /* kernel image, archives, RAM disk, firmware: never allocated */
	FRAMEMAP_FREE,
	FRAMEMAP_KERNEL,     /* large requests of the kernel, boot-time tables */
	FRAMEMAP_REGION,     /* the region of contiguous partitions */
	FRAMEMAP_SLAB,
	FRAMEMAP_STACK,	     /* kernel ranges with guard pages: stacks */
	FRAMEMAP_TABLE,	     /* page tables and their reverse-map pages */
	FRAMEMAP_CACHED,     /* a clean page of a file that is not mapped now */
	FRAMEMAP_CLEAN,	     /* user page: as its slot or source has it */
	FRAMEMAP_CLEAN_USED, /* ... and referenced since the policy last looked */
	FRAMEMAP_DIRTY,	     /* user page: differs from its slot or source, or has neither */
	FRAMEMAP_DIRTY_USED, /* ... and referenced */
	FRAMEMAP_SHARED,     /* private page that several processes share until one writes */
	FRAMEMAP_LOCKED,     /* pinned, under I/O, or in a locked area: no victim */
	FRAMEMAP_CLASS_COUNT,
};

enum framemap_class framemap_class(const struct frame *f);

/* [@start, @end) is the partitions' region from now on; equal: there is none. Context: boot. */
void framemap_set_region(pfn_t start, pfn_t end);

/* One past the last frame that is not RESERVED. Takes time in proportion to those after it. */
pfn_t framemap_end(void);

/* One picture. Frames [0, end) in cells of 2^shift frames each. */
struct framemap {
	uint8_t *cells; /* enum framemap_class of each, the caller's memory */
	uint32_t ncells;
	pfn_t end;
	unsigned shift;
	pfn_t next; /* frames below it have been looked at */
	uint32_t frames[FRAMEMAP_CLASS_COUNT]; /* of each class; together @next */
	uint32_t shown[FRAMEMAP_CLASS_COUNT];  /* cells of each class; right when complete */
};

/*
 * Begin a picture of [0, @end) in as few frames a cell, a power of two, as @room cells at @cells
 * allow.
 */
void framemap_begin(struct framemap *m, pfn_t end, uint8_t *cells, uint32_t room);
/* Look at @n frames more. True: the picture is complete. */
bool framemap_step(struct framemap *m, uint32_t n);
/* The cell that frame @pfn is in; m->ncells if it is in none. */
uint32_t framemap_cell(const struct framemap *m, pfn_t pfn);
/*
 * The cell that the policy's hand points at: where it looks next. m->ncells: the policy has no
 * hand, or nothing to point at.
 */
uint32_t framemap_hand(const struct framemap *m);

#endif

/*
 * The region of partitions as /proc/partition tells it: read, drawn, given orders. Sizes are KiB.
 * Theory in region.c.
 */
#ifndef USER_LIB_REGION_H
#define USER_LIB_REGION_H

#include "lib/base.h"

enum {
	REGION_BLOCKS = 48, REGION_WORD = 20, REGION_TEXT = 16384, REGION_COLUMNS = 72,
	REGION_ORDER = 128, /* an order with its NUL */
};

struct region_block {
	uint32_t start, size;
	bool used;
	/* Used ones. */
	uint32_t wanted;
	int pid;
	char name[REGION_WORD], binding[REGION_WORD];
};

struct region {
	uint32_t bytes, system, driver; /* the driver's buffer is the upper part of the system's */
	char mode[REGION_WORD], fit[REGION_WORD], compaction[REGION_WORD];
	struct region_block blocks[REGION_BLOCKS];
	unsigned nblocks;
	char text[REGION_TEXT]; /* the file */
};

/* 0 or a negated error; -ENODEV: there are no partitions. */
int region_read(struct region *r);
/* The number behind @name in the file; 0: there is none. */
uint32_t region_number(const struct region *r, const char *name);
/* The bar with its scale, then a line for each block. */
void region_bar(const struct region *r);
/* Write an order to /proc/partition. 0 or a negated error; -EINVAL: no order, or too long. */
int region_order(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif

/*
 * What the classes of frames are called.
 *
 * mm/framemap.c classifies frames; every picture of memory uses these names. A capital letter means
 * that the page was used, or is not an ordinary victim.
 */
#include "kernel/watch/legend.h"

const char *const legend_names[FRAMEMAP_CLASS_COUNT] = {
	[FRAMEMAP_RESERVED] = "reserved",
	[FRAMEMAP_FREE] = "free",
	[FRAMEMAP_KERNEL] = "kernel",
	[FRAMEMAP_REGION] = "partitions",
	[FRAMEMAP_SLAB] = "slab",
	[FRAMEMAP_STACK] = "stacks",
	[FRAMEMAP_TABLE] = "page tables",
	[FRAMEMAP_CACHED] = "file cache",
	[FRAMEMAP_CLEAN] = "clean",
	[FRAMEMAP_CLEAN_USED] = "clean, used",
	[FRAMEMAP_DIRTY] = "dirty",
	[FRAMEMAP_DIRTY_USED] = "dirty, used",
	[FRAMEMAP_SHARED] = "cow-shared",
	[FRAMEMAP_LOCKED] = "locked",
};
const char legend_letters[FRAMEMAP_CLASS_COUNT + 1] = "#.kpsvtfcCdDSL";

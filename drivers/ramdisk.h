/* A block device in a range of physical memory. */
#ifndef DRIVERS_RAMDISK_H
#define DRIVERS_RAMDISK_H

#include "drivers/block.h"
#include "mm/types.h"

/*
 * The RAM disk on @npages pages from @start (page aligned), which stay its own. Context: boot,
 * once.
 */
struct block_device *ramdisk_init(paddr_t start, uint32_t npages);

#endif

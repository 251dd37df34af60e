/*
 * A block device: pages that can be read and written by number. Swap stands on this, so that a
 * real disk can take the RAM disk's place. A driver may sleep; the RAM disk does not.
 */
#ifndef DRIVERS_BLOCK_H
#define DRIVERS_BLOCK_H

#include "lib/base.h"

struct block_device {
	const char *name;
	uint32_t npages;
	/*
	 * Move page @number, below npages, to or from the 4096 bytes at @page (kernel address).
	 * Return 0 or -EIO; after a failed write the page on the device is undefined.
	 * Context: process. Never allocates.
	 */
	int (*read)(struct block_device *dev, uint32_t number, void *page);
	int (*write)(struct block_device *dev, uint32_t number, const void *page);
};

#endif

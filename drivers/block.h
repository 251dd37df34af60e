/*
 * A block device: pages that can be read and written by number, and the queue of those who want
 * to. Swap stands on this, so that a real disk can take the RAM disk's place. Theory in block.c.
 * Context of all: process, unless said. Nothing here allocates.
 */
#ifndef DRIVERS_BLOCK_H
#define DRIVERS_BLOCK_H

#include "lib/base.h"

struct block_device {
	const char *name;
	uint32_t npages;
	/*
	 * Move page @number, below npages, to or from the 4096 bytes at @page (kernel address).
	 * Return 0 or -EIO; after a failed write the page on the device is undefined. May sleep.
	 * For block.c; all others call block_read and block_write.
	 */
	int (*read)(struct block_device *dev, uint32_t number, void *page);
	int (*write)(struct block_device *dev, uint32_t number, const void *page);
};

enum block_direction { BLOCK_READ, BLOCK_WRITE, BLOCK_DIRECTIONS };

/*
 * When the disk's turn for this transfer has come and its time is over, move the page. Sleeps only
 * if the disk has a service time and there is a process (sleep_possible).
 */
MUST_CHECK int block_read(struct block_device *dev, uint32_t number, void *page);
MUST_CHECK int block_write(struct block_device *dev, uint32_t number, const void *page);
/* The wait alone, for a page of @dev that the caller moves himself afterwards. */
void block_wait(const struct block_device *dev, enum block_direction direction);

/* A clock that counts @hz a second, and interrupts once. */
struct block_clock {
	uint32_t hz;
	uint64_t (*now)(void);
	/* Have block_work called at @at or soon after; forgets the alarm before. */
	void (*alarm)(uint64_t at);
};

/* A page takes @micros from now on; 0, as at the start: no time at all. Context: boot. */
void block_set_service(uint32_t micros, const struct block_clock *clock);
/* Called around each sleep of the running process for @dev. Context: boot. */
void block_set_watch(void (*begin)(const struct block_device *dev), void (*end)(void));

/* Wake those whose transfers are over. After an alarm; cheap when none is under way. */
void block_work(void);

/* What the disk has done. Units are the clock's; none passes without a service time. */
struct block_figures {
	uint32_t completed[BLOCK_DIRECTIONS]; /* pages */
	uint64_t waited[BLOCK_DIRECTIONS];    /* from request to completion, of all together */
	uint32_t in_flight;		      /* waiting or being served */
	uint64_t busy;			      /* while there was a request */
	uint64_t weighted;		      /* while there was one, times their number */
};
/* The figures of this moment. */
struct block_figures block_read_figures(void);
uint64_t block_millis(uint64_t units);

void block_check(void);

#endif

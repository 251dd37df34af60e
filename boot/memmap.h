/*
 * Physical memory at boot: ranges of bytes, before there are frames. Theory in memmap.c.
 * Addresses are bytes, ranges half open. Context: boot. Never allocates.
 */
#ifndef BOOT_MEMMAP_H
#define BOOT_MEMMAP_H

#include "boot/boot_info.h"

/* --- building the map: any order, any overlap, any address --- */

/* The loader says [start, end) is RAM. */
void memmap_add(struct boot_info *info, uint64_t start, uint64_t end);
/*
 * [start, end) is not to be used, whatever else says it is RAM; after every memmap_add. Rounded
 * outwards.
 */
void memmap_remove(struct boot_info *info, uint64_t start, uint64_t end);
/* Round what is left inwards to pages, and cut it at 4 GiB; after every memmap_remove. */
void memmap_finish(struct boot_info *info);

/* --- using it --- */

/* [start, end) is in use: never allocated. Rounded outwards. */
void memmap_reserve(struct boot_info *info, uint64_t start, uint64_t end);

enum memmap_end { MEMMAP_LOWEST, MEMMAP_HIGHEST };
/*
 * Take @bytes (rounded up to pages) that lie below @limit, at the lowest or highest address where
 * they fit in one piece. Returns the address, or 0: nowhere (page 0 is always in use).
 */
MUST_CHECK paddr_t memmap_take(struct boot_info *info, uint64_t bytes, uint64_t limit,
			       enum memmap_end end);
/* The first range of unused RAM that ends after @from, cut to start there or later. False: none. */
bool memmap_next_free(const struct boot_info *info, uint64_t from, struct boot_range *free);

/* Bytes of RAM, and of unused RAM, below @limit. */
uint64_t memmap_total(const struct boot_info *info, uint64_t limit);
uint64_t memmap_free(const struct boot_info *info, uint64_t limit);
/* The end of the highest RAM below @limit; 0: there is none. */
uint64_t memmap_top(const struct boot_info *info, uint64_t limit);

/* Asserts the theory's [memmap.1] to [memmap.2]. */
void memmap_check(const struct boot_info *info);

#endif

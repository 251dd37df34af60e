/* Bitmaps in arrays of 32-bit words. The caller keeps the size in bits. */
#ifndef LIB_BITMAP_H
#define LIB_BITMAP_H

#include "lib/base.h"

#define BITMAP_WORDS(nbits) (((nbits) + 31) / 32)

static inline void bitmap_set(uint32_t *map, size_t bit)
{
	map[bit / 32] |= 1u << bit % 32;
}

static inline void bitmap_clear(uint32_t *map, size_t bit)
{
	map[bit / 32] &= ~(1u << bit % 32);
}

static inline bool bitmap_test(const uint32_t *map, size_t bit)
{
	return map[bit / 32] >> bit % 32 & 1;
}

/* The first clear bit in [from, nbits), else @nbits. */
size_t bitmap_find_clear(const uint32_t *map, size_t nbits, size_t from);
/* How many of the first @nbits are set. */
size_t bitmap_count(const uint32_t *map, size_t nbits);

#endif

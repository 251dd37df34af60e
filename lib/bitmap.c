/*
 * Bitmaps: searched and counted a word at a time.
 *
 * Bits at and after the size in the last word may have any value: every answer is cut at the size.
 */
#include "lib/bitmap.h"

size_t bitmap_find_clear(const uint32_t *map, size_t nbits, size_t from)
{
	for (size_t bit = from; bit < nbits; bit = ROUND_DOWN(bit, 32u) + 32) {
		uint32_t clear = ~map[bit / 32] >> bit % 32;
		if (clear)
			return MIN(bit + (size_t)__builtin_ctz(clear), nbits);
	}
	return nbits;
}

/* Adds up the ones in pairs, then in fours, then in bytes. */
static unsigned bitmap_word_count(uint32_t w)
{
	w -= w >> 1 & 0x55555555;
	w = (w & 0x33333333) + (w >> 2 & 0x33333333);
	w = (w + (w >> 4)) & 0x0f0f0f0f;
	return w * 0x01010101 >> 24;
}

size_t bitmap_count(const uint32_t *map, size_t nbits)
{
	size_t count = 0;
	for (size_t i = 0; i < nbits / 32; i++)
		count += bitmap_word_count(map[i]);
	if (nbits % 32)
		count += bitmap_word_count(map[nbits / 32] & ((1u << nbits % 32) - 1));
	return count;
}

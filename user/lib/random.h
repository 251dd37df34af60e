/*
 * Numbers that look random and come out the same on every run: Marsaglia's xorshift with 32 bits
 * (Journal of Statistical Software 8 (14), 2003). And a checksum of words: FNV-1a by the word.
 */
#ifndef USER_LIB_RANDOM_H
#define USER_LIB_RANDOM_H

#include <stdint.h>

/* @state is not zero, and never becomes zero. */
static inline uint32_t random_next(uint32_t *state)
{
	uint32_t x = *state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	*state = x;
	return x;
}

enum { CHECKSUM_START = 0x811c9dc5 };

static inline uint32_t checksum_add(uint32_t sum, uint32_t word)
{
	return (sum ^ word) * 0x01000193u;
}

#endif

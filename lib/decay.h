/*
 * Averages that forget: exponentially damped shares of time, in fixed point. Theory in decay.c.
 * Context: any.
 */
#ifndef LIB_DECAY_H
#define LIB_DECAY_H

#include "lib/base.h"

enum { DECAY_SHIFT = 11, DECAY_ONE = 1 << DECAY_SHIFT };
/* The weight of the past after one sample of two seconds, for averages over 10, 60 and 300 s. */
enum { DECAY_10S = 1677, DECAY_60S = 1981, DECAY_300S = 2034 };

/* @average after one more sample; both in units of 1 / DECAY_ONE percent. */
uint32_t decay_sample(uint32_t average, uint32_t weight, uint32_t sample);
/* The same after @n samples of nothing. */
uint32_t decay_idle(uint32_t average, uint32_t weight, uint32_t n);
/* @part of @whole as such a sample, at most 100 percent; 0 where @whole is 0. */
uint32_t decay_share(uint64_t part, uint64_t whole);

/* The whole percents of an average, and the hundredths behind them. */
static inline uint32_t decay_whole(uint32_t average)
{
	return average >> DECAY_SHIFT;
}

static inline uint32_t decay_hundredths(uint32_t average)
{
	return ((average & (DECAY_ONE - 1)) * 100) >> DECAY_SHIFT;
}

#endif

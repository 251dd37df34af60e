/*
 * Averages that forget.
 *
 * A share of time is sampled every two seconds. The average over about T seconds keeps e^(-2/T) of
 * itself and takes the rest from the sample, so what happened T seconds ago counts 1/e of what
 * happens now, and no history has to be kept: one word holds it. The weights are in 11-bit fixed
 * point, as Linux has them for its load and its pressure, so that both show the same figures for
 * the same history.
 *
 * Rounding: a rising average rounds up, a falling one down; so a constant sample is reached exactly
 * and nothing hangs one step below 100 or above 0.
 * Source: Linux, Documentation/accounting/psi.rst; load averages go back to Tenex.
 */
#include "lib/decay.h"

uint32_t decay_sample(uint32_t average, uint32_t weight, uint32_t sample)
{
	uint32_t sum = average * weight + sample * (DECAY_ONE - weight);
	if (sample >= average)
		sum += DECAY_ONE - 1;
	return sum >> DECAY_SHIFT;
}

uint32_t decay_idle(uint32_t average, uint32_t weight, uint32_t n)
{
	for (; n > 0 && average > 0; n--)
		average = decay_sample(average, weight, 0);
	return average;
}

uint32_t decay_share(uint64_t part, uint64_t whole)
{
	if (whole == 0)
		return 0;
	while (part >> 40 != 0) { /* room for the multiplication */
		part >>= 1;
		whole >>= 1;
	}
	uint64_t percent = whole == 0 ? 100 : MIN(part * 100 / whole, 100);
	if (percent == 100)
		return 100u << DECAY_SHIFT;
	return (uint32_t)(part * 100 * DECAY_ONE / whole);
}

/* Averages that forget, against their definition: in real numbers, and as steps to the sample. */
#include <stdlib.h>

#include "lib/decay.h"
#include "tests/host/test.h"

enum { FULL = 100 << DECAY_SHIFT };

static const struct {
	uint32_t weight;
	double kept; /* e to the power of -2/10, -2/60, -2/300 */
} spans[] = {
	{ DECAY_10S, 0.8187307530779818 }, { DECAY_60S, 0.9672161004820059 },
	{ DECAY_300S, 0.9933555062550344 },
};

/* A part of the way to the sample, a whole step at least: the same rule, told the other way. */
static uint32_t model_step(uint32_t average, uint32_t weight, uint32_t sample)
{
	int64_t way = (int64_t)sample - average, part = way * (DECAY_ONE - weight);
	int64_t step = part >= 0 ? (part + DECAY_ONE - 1) / DECAY_ONE
				 : -((-part + DECAY_ONE - 1) / DECAY_ONE);
	return (uint32_t)(average + step);
}

TEST(decay_equals_steps_towards_the_sample)
{
	srand(1);
	for (unsigned s = 0; s < ARRAY_SIZE(spans); s++) {
		uint32_t average = 0, model = 0;
		for (unsigned i = 0; i < 100000; i++) {
			uint32_t sample = (uint32_t)rand() % (FULL + 1);
			if (rand() % 4 == 0)
				sample = rand() % 2 ? 0 : FULL;
			average = decay_sample(average, spans[s].weight, sample);
			model = model_step(model, spans[s].weight, sample);
			CHECK_EQ(average, model);
			CHECK(average <= FULL);
		}
	}
}

TEST(decay_follows_the_exponential)
{
	for (unsigned s = 0; s < ARRAY_SIZE(spans); s++) {
		uint32_t average = 0;
		double past = 100;
		for (unsigned n = 1; n <= 200; n++) {
			average = decay_sample(average, spans[s].weight, FULL);
			past *= spans[s].kept;
			double error = (double)average / DECAY_ONE - (100 - past);
			CHECK(error > -2 && error < 2); /* a weight has 11 bits */
		}
	}
}

TEST(decay_reaches_all_and_nothing)
{
	for (unsigned s = 0; s < ARRAY_SIZE(spans); s++) {
		uint32_t average = 0;
		for (unsigned n = 0; n < 4000; n++)
			average = decay_sample(average, spans[s].weight, FULL);
		CHECK_EQ(average, FULL);
		CHECK_EQ(decay_whole(average), 100);
		CHECK_EQ(decay_hundredths(average), 0);
		CHECK_EQ(decay_idle(average, spans[s].weight, 4000), 0);
	}
}

TEST(decay_idle_is_that_many_samples_of_nothing)
{
	uint32_t average = 73 << DECAY_SHIFT, expected = average;
	for (unsigned n = 0; n < 50; n++) {
		CHECK_EQ(decay_idle(average, DECAY_60S, n), expected);
		expected = decay_sample(expected, DECAY_60S, 0);
	}
}

TEST(decay_share_is_the_percentage)
{
	CHECK_EQ(decay_share(0, 0), 0);
	CHECK_EQ(decay_share(1, 4), 25 << DECAY_SHIFT);
	CHECK_EQ(decay_share(5, 4), FULL);
	CHECK_EQ(decay_share(1ull << 62, 1ull << 63), 50 << DECAY_SHIFT);
	CHECK_EQ(decay_hundredths(decay_share(1, 3)), 33);
	CHECK_EQ(decay_whole(decay_share(1, 3)), 33);
}

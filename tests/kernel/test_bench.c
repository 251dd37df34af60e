/*
 * What the allocators cost, in guest instructions under QEMU's -icount (TSC ticks elsewhere). The
 * cost of reading the clock is subtracted. The tests assert that the pairs give back what they
 * take; the figures are notes for make bench.
 */
#include "kernel/selftest.h"
#include "kernel/x86/cpu.h"
#include "mm/frame.h"
#include "mm/slab.h"

enum { ROUNDS = 101 };

static uint32_t samples[ROUNDS];

static uint32_t clock_now(void)
{
	return (uint32_t)cpu_tsc();
}

/* What reading the clock twice costs by itself. */
static uint32_t clock_cost(void)
{
	uint32_t start = clock_now();
	return clock_now() - start;
}

static void sort_samples(void)
{
	for (unsigned i = 1; i < ROUNDS; i++) {
		uint32_t value = samples[i];
		unsigned at = i;
		for (; at > 0 && samples[at - 1] > value; at--)
			samples[at] = samples[at - 1];
		samples[at] = value;
	}
}

static void bench_note(const char *name)
{
	uint32_t sum = 0;
	uint32_t cost = clock_cost();
	for (unsigned i = 0; i < ROUNDS; i++) {
		samples[i] -= MIN(cost, samples[i]);
		sum += samples[i];
	}
	sort_samples();
	selftest_note("bench %s %u %u %u", name, samples[0], samples[ROUNDS / 2], sum / ROUNDS);
}

SELFTEST(bench_frames)
{
	static struct frame *frames[ROUNDS];
	uint32_t free = frame_stats.free;
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint32_t start = clock_now();
		frames[i] = frame_alloc(0, FRAME_KERNEL);
		samples[i] = clock_now() - start;
		REQUIRE(frames[i] != NULL);
	}
	bench_note("frame_alloc");
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint32_t start = clock_now();
		frame_free(frames[i]);
		samples[i] = clock_now() - start;
	}
	bench_note("frame_free");
	EXPECT_EQ(frame_stats.free, (long)free);
}

SELFTEST(bench_kmalloc)
{
	static void *objects[ROUNDS];
	uint32_t used = slab_objects();
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint32_t start = clock_now();
		objects[i] = kmalloc(64);
		samples[i] = clock_now() - start;
		REQUIRE(objects[i] != NULL);
	}
	bench_note("kmalloc");
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint32_t start = clock_now();
		kfree(objects[i]);
		samples[i] = clock_now() - start;
	}
	bench_note("kfree");
	EXPECT_EQ(slab_objects(), (long)used);
}

/*
 * Recursion with large frames: the stack grows down, page after page, by faults alone.
 *
 * Every call has an array of 8 KiB, fills it on the way down and verifies it on the way up, when
 * the pages have long been on swap. With --overflow the recursion does not stop: at the stack's
 * limit (8 MiB) the next access is no longer growth but an invalid reference, and SIGSEGV ends
 * the process. It touches only one page in four, so that it reaches the limit before memory and
 * swap are full.
 */
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"

enum { FRAME_WORDS = 2048 };

static uint32_t depth = 200;
static bool overflow;

static const struct option options[] = {
	{ "depth", &depth, NULL, "calls, each with 8 KiB" },
	{ "overflow", NULL, &overflow, "never stop: dies of SIGSEGV" },
};

static const struct program program = {
	"stackgrow", "recursion with large frames: the stack grows by faults", "",
	options, ARRAY_SIZE(options),
};

static uint32_t damaged;

static __attribute__((noinline)) uint32_t grow(uint32_t level)
{
	volatile uint32_t frame[FRAME_WORDS];

	for (uint32_t i = 0; i < FRAME_WORDS; i += 16)
		frame[i] = checksum_add(level, i);
	uint32_t sum = level > 1 ? grow(level - 1) : CHECKSUM_START;
	for (uint32_t i = 0; i < FRAME_WORDS; i += 16) {
		damaged += frame[i] != checksum_add(level, i);
		sum = checksum_add(sum, frame[i]);
	}
	return sum;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winfinite-recursion"
static __attribute__((noinline)) uint32_t grow_forever(uint32_t level)
{
	volatile uint32_t frame[2 * FRAME_WORDS];

	frame[0] = level;
	return grow_forever(level + 1) + frame[0];
}
#pragma GCC diagnostic pop

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	options_parse(&program, argc, argv);
	if (overflow) {
		printf("stackgrow: growing without end\n");
		return (int)grow_forever(0);
	}
	if (depth == 0)
		fail("stackgrow: at least one call\n");
	uint32_t sum = grow(depth);
	printf("stackgrow: %u calls, %u KiB of stack, checksum %08x, %u damaged\n",
	       depth, depth * 8, sum, damaged);
	return damaged ? 1 : 0;
}

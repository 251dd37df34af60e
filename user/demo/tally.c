/*
 * Fills memory with numbers, and checks them again and again: the program for partitions.
 *
 * Number i in round r is a mix of i and r. Each round compares every number with what the round
 * before must have left and writes the next; so a word that was lost, moved to the wrong place or
 * written by another process is noticed, and the sum at the end is the same wherever the program
 * ran. The round is also kept in thread-local storage, whose segment has a base of its own.
 *
 * One source, linked several times: /bin/tally runs anywhere under paging; tally-low begins at 4
 * KiB and needs a base register; tally-pie can be relocated; tally-fixed runs at one place only.
 */
#include "lib/string.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"
#include "user/lib/thread.h"

static uint32_t bytes = 64 << 10, rounds = 4;
static bool fill, until_end, until_term, quiet, cycles;
static volatile bool told;

static const struct option options[] = {
	{ "size", &bytes, NULL, "bytes of numbers" },
	{ "fill", NULL, &fill, "all the heap there is instead" },
	{ "rounds", &rounds, NULL, "how often all are checked and changed" },
	{ "until-end", NULL, &until_end, "until standard input ends instead" },
	{ "until-term", NULL, &until_term, "until SIGTERM instead" },
	{ "quiet", NULL, &quiet, "say nothing unless something is wrong" },
	{ "cycles", NULL, &cycles, "how many cycles the rounds took, at the end" },
};

static const struct program program = {
	"tally", "fills memory with numbers and checks them", "", options, ARRAY_SIZE(options),
};

static uint32_t number(uint32_t i, uint32_t round)
{
	uint32_t x = i * 0x9e3779b1u + round * 0x85ebca6bu;
	return x ^ (x >> 15);
}

/* The heap, @want bytes of it or as many as there are. */
static uint32_t *take_heap(uint32_t want, uint32_t *got)
{
	uintptr_t start = sys_brk(0), end = start;
	if (!fill) {
		if (sys_brk(start + want) != start + want)
			fail("tally: %u bytes of heap cannot be had\n", want);
		end = start + want;
	}
	for (uint32_t step = 16 << 20; fill && step >= 4096; step /= 2)
		while (sys_brk(end + step) == end + step)
			end += step;
	*got = end - start;
	return (uint32_t *)start;
}

/* Readable or at its end? Does not wait. */
static bool input_ended(void)
{
	struct {
		int fd;
		short events, revents;
	} poll = { 0, 1, 0 };
	enum { NR_poll = 168 };
	char byte;
	return linux_call(NR_poll, (long)&poll, 1, 0, 0, 0, 0) == 1 && sys_read(0, &byte, 1) <= 0;
}

static uint32_t check_round(uint32_t *a, uint32_t n, uint32_t round)
{
	uint32_t wrong = 0;
	for (uint32_t i = 0; i < n; i++) {
		wrong += a[i] != number(i, round);
		a[i] = number(i, round + 1);
	}
	return wrong;
}

static void on_term(int signo)
{
	told = signo == SIGTERM;
}

static bool goes_on(uint32_t round)
{
	if (until_term)
		return !told;
	return until_end ? !input_ended() : round < rounds;
}

/* A word of its own behind %gs: a segment with a base, which has to follow a move. */
static void own_word_begin(void)
{
	static uint32_t own;
	struct user_desc d = { UINT32_MAX, (uintptr_t)&own, 0xfffff,
			       USER_DESC_32BIT | USER_DESC_PAGES };
	if (linux_call(NR_set_thread_area, (long)&d, 0, 0, 0, 0, 0) != 0)
		fail("tally: no thread-local segment\n");
	thread_load_selector(d.entry_number * 8 + 3);
}

static uint64_t cycle_count(void)
{
	return __builtin_ia32_rdtsc();
}

int main(int argc, char **argv, char **envp)
{
	uint32_t wrong = 0, round = 0, sum = 0, got;
	(void)envp;
	options_parse(&program, argc, argv);
	if (until_term && sys_sigaction(SIGTERM, (uintptr_t)on_term) != 0)
		fail("tally: no handler\n");
	own_word_begin();
	uint32_t *a = take_heap(bytes, &got);
	uint32_t n = got / sizeof(*a);
	uint64_t start = cycle_count();
	for (uint32_t i = 0; i < n; i++)
		a[i] = number(i, 0);
	while (goes_on(round)) {
		wrong += check_round(a, n, round) + (thread_own() != round);
		round++;
		thread_set_own(round);
	}
	for (uint32_t i = 0; i < n; i++)
		sum += a[i];
	uint64_t took = cycle_count() - start;
	for (uint32_t i = 0; i < n; i++)
		wrong += a[i] != number(i, round);
	if (cycles)
		printf("cycles %llu\n", (unsigned long long)took);
	if (!quiet || wrong)
		printf("tally: %u KiB, %u wrong, sum %08x\n", got >> 10, wrong, sum);
	return wrong != 0;
}

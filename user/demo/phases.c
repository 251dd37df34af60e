/*
 * A program whose working set moves: phases of different work, as a compiler or an editor has them.
 *
 * Each round has three phases over memory of their own, with a small table that all of them use:
 *
 *   count   random places of the first third, low ones more often; a count in the table
 *   sweep   the second third from end to end, three times, each word changed
 *   chase   a chain of pages through the last third, each naming the next
 *
 * The checksum depends on every word, so a page lost or mixed up shows.
 */
#include "user/lib/heap.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"

enum { PAGE_WORDS = 1024, TABLE = 2048, SWEEPS = 3, STRIDE = 64 };

static uint32_t pages = 24, rounds = 4, steps = 6000, seed = 1;

static const struct option options[] = {
	{ "pages", &pages, NULL, "of each of the three parts" },
	{ "rounds", &rounds, NULL, "of the three phases" },
	{ "steps", &steps, NULL, "of the phases count and chase" },
	{ "seed", &seed, NULL, "start of the random numbers" },
};

static const struct program program = {
	"phases", "works in phases, each on memory of its own", "", options, ARRAY_SIZE(options),
};

static uint32_t *part_alloc(uint32_t words)
{
	uint32_t *part = calloc(words, sizeof(uint32_t));

	if (!part)
		fail("phases: no memory\n");
	return part;
}

static void phase_count(uint32_t *part, uint32_t *table, uint32_t *state)
{
	for (uint32_t i = 0; i < steps; i++) {
		uint32_t a = random_next(state) % (pages * PAGE_WORDS);
		uint32_t b = random_next(state) % (pages * PAGE_WORDS);
		part[MIN(a, b)] += i;
		table[a % TABLE]++;
	}
}

static void phase_sweep(uint32_t *part, uint32_t *table)
{
	for (uint32_t sweep = 0; sweep < SWEEPS; sweep++)
		for (uint32_t i = 0; i < pages * PAGE_WORDS; i += STRIDE)
			part[i] = part[i] * 5 + table[i % TABLE] + 1;
}

static void phase_chase(uint32_t *part, uint32_t *table)
{
	uint32_t page = 0;

	for (uint32_t i = 0; i < steps; i++) {
		uint32_t *word = part + page * PAGE_WORDS;
		word[1] += i;
		table[i % TABLE] ^= word[1];
		/* Stays in a quarter of the part for a while. */
		page = (page * 5 + 3) % MAX(pages / 4, 1u) + i / 500 * 7 % pages;
		page %= pages;
	}
}

static uint32_t part_sum(uint32_t sum, const uint32_t *part, uint32_t words)
{
	for (uint32_t i = 0; i < words; i++)
		sum = checksum_add(sum, part[i]);
	return sum;
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	options_parse(&program, argc, argv);
	if (pages == 0 || pages > 8192 || seed == 0)
		fail("phases: from 1 to 8192 pages, seeds not 0\n");

	uint32_t *parts[3], *table = part_alloc(TABLE), state = seed, sum = CHECKSUM_START;
	for (int i = 0; i < 3; i++)
		parts[i] = part_alloc(pages * PAGE_WORDS);
	for (uint32_t round = 0; round < rounds; round++) {
		phase_count(parts[0], table, &state);
		phase_sweep(parts[1], table);
		phase_chase(parts[2], table);
	}
	for (int i = 0; i < 3; i++)
		sum = part_sum(sum, parts[i], pages * PAGE_WORDS);
	printf("phases: %u rounds over %u KiB, checksum %08x\n", rounds, 3 * pages * 4,
	       part_sum(sum, table, TABLE));
	return 0;
}

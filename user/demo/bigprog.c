/*
 * A program larger than its memory: 128 KiB of code in 32 functions on a page each, 512 KiB of
 * initialised numbers, 384 KiB of zeroes. Each round reads and changes all of it, in an order that
 * jumps between pages, and calls every function. Code comes from the file whenever it is wanted
 * again; changed numbers go to swap and come back.
 *
 * The result is compared with one that is computed without the large tables, number by number.
 */
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"

enum { FUNCTIONS = 32, TABLE_WORDS = 128 << 10, ZEROES = 96 << 10, PAGE_WORDS = 1024, STRIDE = 53 };

typedef uint32_t page_function(uint32_t x);

extern page_function *const bigprog_functions[FUNCTIONS];
extern uint32_t bigprog_table[TABLE_WORDS];
static uint32_t zeroes[ZEROES];

static uint32_t rounds = 2;

static const struct option options[] = {
	{ "rounds", &rounds, NULL, "how often to go over everything" },
};

static const struct program program = {
	"bigprog", "a megabyte of code and data, all of it used", "",
	options, ARRAY_SIZE(options),
};

/* What a page's function computes; see bigprog_pages.asm. */
static uint32_t function_expected(uint32_t n, uint32_t x)
{
	x = x * (2 * n * 7919 + 1) + n * 104729 + 1;
	return n ? x << n | x >> (32 - n) : x;
}

static uint32_t table_step(uint32_t value, uint32_t round)
{
	return value * 3 + round;
}

/* Every page of the table once, in an order that leaves no page beside the last one. */
static void round_run(uint32_t round)
{
	enum { PAGES = TABLE_WORDS / PAGE_WORDS };
	uint32_t page = 0;

	for (uint32_t n = 0; n < PAGES; n++) {
		page = (page + STRIDE) % PAGES;
		for (uint32_t i = page * PAGE_WORDS; i < (page + 1) * PAGE_WORDS; i++) {
			bigprog_table[i] = table_step(bigprog_table[i], round);
			zeroes[i % ZEROES]++;
		}
	}
}

/* How many words of the tables are not what @rounds rounds make of them. */
static uint32_t tables_wrong(void)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < TABLE_WORDS; i++) {
		uint32_t value = i * 2654435761u;
		for (uint32_t round = 0; round < rounds; round++)
			value = table_step(value, round);
		wrong += bigprog_table[i] != value;
	}
	for (uint32_t i = 0; i < ZEROES; i++)
		wrong += zeroes[i] != rounds * (i < TABLE_WORDS - ZEROES ? 2 : 1);
	return wrong;
}

static uint32_t functions_wrong(uint32_t *sum)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < 16 * FUNCTIONS; i++) {
		uint32_t n = i * 7 % FUNCTIONS;
		uint32_t result = bigprog_functions[n](i);
		wrong += result != function_expected(n, i);
		*sum = checksum_add(*sum, result);
	}
	return wrong;
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	options_parse(&program, argc, argv);

	uint32_t sum = CHECKSUM_START;
	uint32_t wrong = 0;
	for (uint32_t round = 0; round < rounds; round++) {
		wrong += functions_wrong(&sum);
		round_run(round);
	}
	wrong += tables_wrong();
	for (uint32_t i = 0; i < TABLE_WORDS; i++)
		sum = checksum_add(sum, bigprog_table[i]);
	printf("bigprog: %u KiB of code and data, %u rounds, checksum %08x, %u wrong\n",
	       (FUNCTIONS * 4096 + sizeof(bigprog_table) + sizeof(zeroes)) / 1024,
	       rounds, sum, wrong);
	return wrong ? 1 : 0;
}

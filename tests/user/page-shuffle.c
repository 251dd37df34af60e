/* Exchanges random bytes all over its memory: what one page loses another must have. */
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"

enum { SIZE = 128 * PAGE, EXCHANGES = 20000 };

static uint8_t memory[SIZE];

static uint32_t sum_of_all(void)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < SIZE; i++)
		sum += memory[i];
	return sum;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	uint32_t state = 7, order = CHECKSUM_START;

	for (uint32_t i = 0; i < SIZE; i++)
		memory[i] = (uint8_t)(i * 257 >> 4);
	printf("sum before: %u\n", sum_of_all());
	for (uint32_t i = 0; i < EXCHANGES; i++) {
		uint32_t a = random_next(&state) % SIZE, b = random_next(&state) % SIZE;
		uint8_t t = memory[a];
		memory[a] = memory[b];
		memory[b] = t;
	}
	printf("sum after: %u\n", sum_of_all());
	for (uint32_t i = 0; i < SIZE; i++)
		order = checksum_add(order, memory[i]);
	printf("order: %08x\n", order);
	return 0;
}

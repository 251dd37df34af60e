/* Four processes at once, each with more memory than its share, each verifying its own. */
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { PROCESSES = 4, PAGES = 96, WORDS = PAGES * PAGE / 4, PASSES = 3 };

static uint32_t memory[WORDS];

/* Encode with a stream of random numbers, as often as said; the same again decodes. */
static void scramble(uint32_t seed)
{
	for (int pass = 0; pass < PASSES; pass++) {
		uint32_t state = seed + (uint32_t)pass;
		for (uint32_t i = 0; i < WORDS; i++)
			memory[i] ^= random_next(&state);
	}
}

static int process_run(uint32_t number)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < WORDS; i++)
		memory[i] = i * (number + 1);
	scramble(number + 100);
	scramble(number + 100);
	for (uint32_t i = 0; i < WORDS; i++)
		wrong += memory[i] != i * (number + 1);
	return wrong ? 1 : 0;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	int good = 0;

	for (uint32_t i = 0; i < PROCESSES; i++)
		if (sys_fork() == 0)
			exit(process_run(i));
	for (int i = 0; i < PROCESSES; i++) {
		int status;
		if (sys_waitpid(-1, &status, 0) > 0 && status == 0)
			good++;
	}
	printf("%d of %d processes have what they wrote\n", good, PROCESSES);
	return 0;
}

/* Goes over much memory from end to end, again and again, changing all of it. */
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"

enum { BYTES = 3 << 19, WORDS = BYTES / 4, PASSES = 3 };

static uint32_t memory[WORDS];

static uint32_t word_after(uint32_t i, uint32_t passes)
{
	uint32_t word = 0;

	for (uint32_t pass = 0; pass < passes; pass++)
		word = word * 31 + (i ^ pass);
	return word;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	for (uint32_t pass = 0; pass < PASSES; pass++) {
		uint32_t wrong = 0;
		for (uint32_t i = 0; i < WORDS; i++) {
			wrong += memory[i] != word_after(i, pass);
			memory[i] = memory[i] * 31 + (i ^ pass);
		}
		printf("pass %u: %u wrong\n", pass, wrong);
	}
	return 0;
}

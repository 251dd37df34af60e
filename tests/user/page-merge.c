/*
 * A sort by many hands: children sort a piece each of shared memory, all at once, and the parent
 * merges. What they wrote to pages that were evicted meanwhile must all be there.
 */
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { CHILDREN = 8, PIECE = 16 * PAGE, SIZE = CHILDREN * PIECE };

static uint8_t *bytes;

/* Counting sort: the histogram fits on the stack. */
static void piece_sort(uint8_t *p)
{
	uint32_t histogram[256] = { 0 };
	uint32_t at = 0;

	for (uint32_t i = 0; i < PIECE; i++)
		histogram[p[i]]++;
	for (uint32_t value = 0; value < 256; value++)
		for (; histogram[value] > 0; histogram[value]--) {
			p[at] = (uint8_t)value;
			at++;
		}
}

static void merge(uint8_t *out)
{
	uint32_t next[CHILDREN] = { 0 };

	for (uint32_t i = 0; i < SIZE; i++) {
		uint32_t least = CHILDREN;
		for (uint32_t c = 0; c < CHILDREN; c++)
			if (next[c] < PIECE && (least == CHILDREN
			    || bytes[c * PIECE + next[c]] < bytes[least * PIECE + next[least]]))
				least = c;
		out[i] = bytes[least * PIECE + next[least]];
		next[least]++;
	}
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	uint8_t *out = (uint8_t *)pages_private(SIZE / PAGE);
	uint32_t state = 11, wrong = 0, sum = CHECKSUM_START;

	bytes = (uint8_t *)pages_shared(SIZE / PAGE);
	for (uint32_t i = 0; i < SIZE; i++)
		bytes[i] = (uint8_t)(random_next(&state) >> 8);
	for (uint32_t c = 0; c < CHILDREN; c++)
		if (sys_fork() == 0) {
			piece_sort(bytes + c * PIECE);
			sys_exit(0);
		}
	for (uint32_t c = 0; c < CHILDREN; c++)
		sys_waitpid(-1, NULL, 0);
	merge(out);
	for (uint32_t i = 0; i < SIZE; i++) {
		wrong += i > 0 && out[i - 1] > out[i];
		sum = checksum_add(sum, out[i]);
	}
	printf("%u bytes merged, %u out of order, checksum %08x\n", (unsigned)SIZE, wrong, sum);
	return 0;
}

/*
 * Fuzzing the buddy allocator: bytes are orders to allocate and free; a plain array says what is
 * taken, and every invariant is checked after each step. More frames than can be searched
 * exhaustively, and not a power of two.
 */
#include "mm/frame.c"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FUZZ_FRAMES = 53 };

unsigned char *sim_ram;
uint32_t mmstat[MMSTAT_COUNT];
static struct frame table[FUZZ_FRAMES];
static bool taken[FUZZ_FRAMES];

void panic(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	abort();
}

void assert_fail(const char *expression, const char *file, int line)
{
	panic("%s:%d: ASSERT(%s)\n", file, line, expression);
}

/* Is there an aligned row of free frames? As the array knows it. */
static bool row_is_free(unsigned order)
{
	pfn_t size = 1u << order;
	for (pfn_t start = 0; start + size <= FUZZ_FRAMES; start += size) {
		pfn_t n = 0;
		while (n < size && !taken[start + n])
			n++;
		if (n == size)
			return true;
	}
	return false;
}

static void fuzz_alloc(unsigned order)
{
	struct frame *f = frame_alloc(order, FRAME_ANON);
	ASSERT((f != NULL) == row_is_free(order));
	if (!f)
		return;
	ASSERT(frame_pfn(f) % (1u << order) == 0);
	for (unsigned i = 0; i < 1u << order; i++) {
		ASSERT(!taken[frame_pfn(f) + i]);
		taken[frame_pfn(f) + i] = true;
	}
}

/* Free the first block at or behind @pfn. */
static void fuzz_free(pfn_t pfn)
{
	while (pfn < FUZZ_FRAMES && (!taken[pfn] || frame_of(pfn)->order == FRAME_INSIDE))
		pfn++;
	if (pfn >= FUZZ_FRAMES)
		return;
	memset(taken + pfn, false, 1u << frame_of(pfn)->order);
	frame_free(frame_of(pfn));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	memset(table, 0, sizeof(table));
	memset(taken, 0, sizeof(taken));
	frame_init(table, FUZZ_FRAMES);
	frame_add_range(0, FUZZ_FRAMES);
	for (size_t i = 0; i < size; i++) {
		if (data[i] & 0x80)
			fuzz_free(data[i] & 0x3f);
		else
			fuzz_alloc(data[i] % 7);
		frame_check();
	}
	return 0;
}

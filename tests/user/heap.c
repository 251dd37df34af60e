/*
 * malloc, realloc and free: contents survive every resize, nothing overlaps, the heap stays
 * whole.
 */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/heap.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"

enum { SLOTS = 256, STEPS = 20000 };

static struct slot {
	uint8_t *p;
	uint32_t size;
	uint8_t fill;
} slots[SLOTS];

static uint32_t wrong;

static uint32_t random_size(uint32_t *state)
{
	uint32_t r = random_next(state);

	return (r & 0xff) == 0 ? (r >> 8) % 300000 + 1 : (r >> 8) % 600 + 1;
}

static void slot_verify(const struct slot *s, uint32_t n)
{
	wrong += !bytes_are((const char *)s->p, n, (char)s->fill);
}

static void slot_step(struct slot *s, uint32_t *state)
{
	uint32_t size = random_size(state);

	if (!s->p) {
		s->p = malloc(size);
		s->fill = (uint8_t)size;
	} else if (random_next(state) & 1) {
		slot_verify(s, s->size);
		free(s->p);
		s->p = NULL;
		return;
	} else {
		s->p = realloc(s->p, size);
		slot_verify(s, MIN(size, s->size));
	}
	s->size = size;
	if (!s->p || (uintptr_t)s->p % 8)
		fail("malloc(%u) failed\n", size);
	memset(s->p, s->fill, size);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	uint32_t state = 5;
	bool whole = true;

	for (uint32_t i = 0; i < STEPS; i++) {
		slot_step(&slots[random_next(&state) % SLOTS], &state);
		whole = whole && (i % 64 || heap_check());
	}
	for (uint32_t i = 0; i < SLOTS; i++) {
		if (slots[i].p)
			slot_verify(&slots[i], slots[i].size);
		free(slots[i].p);
	}
	printf("%d steps, %u wrong\n", STEPS, wrong);
	show_truth("heap whole", whole && heap_check());
	show_truth("malloc(0) gives nothing", malloc(0) == NULL);
	show_truth("nor does the largest size", malloc(0xffffffff) == NULL);
	show_truth("nor calloc of a product that wraps", calloc(0x10000, 0x10001) == NULL);
	uint8_t *p = calloc(1000, 3);
	show_truth("calloc gives zeroes", p && bytes_are((char *)p, 3000, 0));
	free(p);
	free(NULL);
	return 0;
}

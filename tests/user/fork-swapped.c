/*
 * Fork while most pages are on swap: parent and children share the slots, each reads them, some
 * write, and they end in different orders. Run it with few frames; with many it tests copies in
 * memory.
 */
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { PAGES = 160, CHILDREN = 3 };

static uint32_t *memory;

static uint32_t *page(uint32_t i)
{
	return memory + i * (PAGE / 4);
}

static uint32_t count_wrong(uint32_t writer, uint32_t stride)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < PAGES; i++)
		wrong += *page(i) != (stride && i % stride == 0 ? writer * 1000 + i : i);
	return wrong;
}

/* Child @c writes every (c + 2)nd page, after waiting for its turn, and looks at all of them. */
static void child_run(uint32_t c, uint32_t turn)
{
	for (uint32_t i = 0; i <= turn; i++)
		sys_sched_yield();
	for (uint32_t i = 0; i < PAGES; i += c + 2)
		*page(i) = (c + 1) * 1000 + i;
	sys_exit(count_wrong(c + 1, c + 2) ? 1 : 0);
}

static void round_run(const uint32_t *turns)
{
	uint32_t good = 0;

	for (uint32_t c = 0; c < CHILDREN; c++)
		if (sys_fork() == 0)
			child_run(c, turns[c] * 40);
	for (uint32_t c = 0; c < CHILDREN; c++) {
		int status;
		if (sys_waitpid(-1, &status, 0) > 0 && status == 0)
			good++;
	}
	printf("order %u%u%u: %u children right, parent has %u wrong\n",
	       turns[0], turns[1], turns[2], good, count_wrong(0, 0));
}

int main(int argc, char **argv, char **envp)
{
	static const uint32_t orders[][CHILDREN] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
	};

	(void)argc;
	(void)argv;
	(void)envp;
	memory = (uint32_t *)pages_private(PAGES);
	for (uint32_t i = 0; i < PAGES; i++)
		*page(i) = i;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++)
		round_run(orders[i]);
	return 0;
}

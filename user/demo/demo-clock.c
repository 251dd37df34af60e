/*
 * Which pages the replacement policy keeps.
 *
 * Two ranges of pages: the small one is used again and again, the large one grows by pages that are
 * written once. When memory is full something has to go with every new page. After a while one
 * looks where the pages are (mincore): a policy that watches use has kept the small range and sent
 * pages of the large one to swap. Run it with little memory, so that it is full soon:
 *
 *     tools/clockhand shell --ram 16M --frames 64 --swap 8M
 */
#include "user/lib/heap.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"
#include "user/tools/procfile.h"

enum { PAGE = 4096, HOT = 8, NR_mincore = 218, MAX_COLD = 64 << 10, MORE = 200 };

static const struct program program = {
	.name = "demo-clock", .words = "",
	.purpose = "which pages the policy keeps, and which it sends to swap",
};

static char *hot, *cold;

static uint32_t event(const char *name)
{
	int error;
	char *text = proc_read_text("/proc/vmstat", &error);
	uint32_t value = text ? proc_value(text, name) : 0;

	free(text);
	return value;
}

static unsigned resident(char *p, uint32_t pages)
{
	static unsigned char present[MAX_COLD];
	unsigned n = 0;

	if (linux_call(NR_mincore, (long)p, (long)(pages * PAGE), (long)present, 0, 0, 0) < 0)
		fail("demo-clock: mincore failed\n");
	for (uint32_t i = 0; i < pages; i++)
		n += present[i] & 1;
	return n;
}

/* One new page, and every hot page once more. */
static void step(uint32_t page)
{
	cold[page * PAGE] = (char)page;
	for (unsigned i = 0; i < HOT; i++)
		hot[i * PAGE]++;
}

/* More than memory holds, and less than memory and swap together. */
static uint32_t cold_pages(void)
{
	char *info = proc_text("demo-clock", "/proc/meminfo");
	uint32_t kib = proc_value(info, "MemTotal") + proc_value(info, "SwapTotal") / 2;

	free(info);
	return MAX(MIN(kib / (PAGE / 1024), (uint32_t)MAX_COLD), MORE + 1u);
}

int main(int argc, char **argv, char **envp)
{
	uint32_t before, pages = 0, end;

	(void)envp;
	if (options_parse(&program, argc, argv) < argc)
		fail("usage: demo-clock (try --help)\n");
	hot = sys_map_pages(HOT * PAGE);
	end = cold_pages();
	cold = sys_map_pages(end * PAGE);
	if (sys_failed(hot) || sys_failed(cold))
		fail("demo-clock: no memory\n");
	before = event("clockhand_evictions");
	printf("%u pages are used at every step; each step writes one new page.\n", HOT);
	while (pages < end - MORE && (pages % 16 || event("clockhand_evictions") == before)) {
		step(pages);
		pages++;
	}
	if (event("clockhand_evictions") == before)
		fail("demo-clock: memory did not get full; start the machine with --frames 64\n");
	printf("After %u new pages memory is full: the policy has to choose.\n", pages);
	for (end = pages + MORE; pages < end; pages++)
		step(pages);
	unsigned kept = resident(hot, HOT), there = resident(cold, pages);
	printf("%u steps later, %u pages have been evicted:\n", MORE,
	       event("clockhand_evictions") - before);
	printf("  used at every step: %4u of %4u pages are in memory\n", kept, HOT);
	printf("  written once:       %4u of %4u pages are in memory\n", there, pages);
	printf("Where the hand stands (the command \"clock\" shows it):\n");
	char *at = proc_text("demo-clock", "/proc/clock");
	for (unsigned i = 0; i < 3; i++)
		printf("  %s\n", proc_line(&at));
	return 0;
}

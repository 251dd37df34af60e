/*
 * Generations of processes over one memory: copy-on-write under pressure.
 *
 * The first process fills PAGES pages. Each process forks CHILDREN children, down to GENERATIONS
 * generations, all at once. A child overwrites half of the pages with its own mark, each generation
 * another half, waits until its own children have ended, and then looks whether every page still
 * holds what it must: its own mark where it wrote, an ancestor's elsewhere. So each page is
 * shared by some processes and copied for others, in memory or on swap, wherever the storm caught
 * it.
 *
 * Each process reports through one pipe; a report is shorter than PIPE_BUF, so it arrives in one
 * piece. Sums do not depend on the order.
 */
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { PAGE_WORDS = 1024, GENERATIONS_MAX = 8 };

static uint32_t generations = 3, children = 3, pages = 48;

static const struct option options[] = {
	{ "generations", &generations, NULL, "depth of the family tree, at most 8" },
	{ "children", &children, NULL, "of each process that is not of the last generation" },
	{ "pages", &pages, NULL, "pages each process looks after" },
};

static const struct program program = {
	"forkstorm", "generations of processes that share and copy pages", "",
	options, ARRAY_SIZE(options),
};

struct report {
	uint32_t verified, wrong, sum;
};

static uint32_t *memory;
static int report_pipe[2];

/* A process's mark: which child it is in each generation down to its own. */
static uint32_t lineage[GENERATIONS_MAX + 1];

/* The word that ends up in page @page for a process of @generation. */
static uint32_t mark_of(uint32_t generation, uint32_t page)
{
	/* Generation g writes the pages whose number has bit (g - 1) set; the first writes all. */
	while (generation > 0 && !(page >> (generation - 1) & 1))
		generation--;
	return checksum_add(lineage[generation] + generation * 0x10001u, page);
}

static void pages_write(uint32_t generation)
{
	for (uint32_t page = 0; page < pages; page++)
		if (generation == 0 || (page >> (generation - 1) & 1))
			for (uint32_t i = 0; i < PAGE_WORDS; i += 64)
				memory[page * PAGE_WORDS + i] = mark_of(generation, page) + i;
}

static struct report pages_verify(uint32_t generation)
{
	struct report r = { 0 };

	for (uint32_t page = 0; page < pages; page++) {
		uint32_t mark = mark_of(generation, page);
		bool good = true;
		for (uint32_t i = 0; i < PAGE_WORDS; i += 64)
			good = good && memory[page * PAGE_WORDS + i] == mark + i;
		r.verified += good;
		r.wrong += !good;
		r.sum += memory[page * PAGE_WORDS];
	}
	return r;
}

static void process_run(uint32_t generation);

static void children_run(uint32_t generation)
{
	uint32_t started = 0;

	for (uint32_t i = 0; i < children; i++) {
		int pid = sys_fork();
		if (pid == 0) {
			lineage[generation + 1] = lineage[generation] * 31 + i + 1;
			process_run(generation + 1);
			exit(0);
		}
		if (pid < 0)
			eprintf("forkstorm: fork: %s\n", error_text(pid));
		started += pid > 0;
	}
	for (; started > 0; started--)
		if (sys_waitpid(-1, NULL, 0) < 0)
			return;
}

static void process_run(uint32_t generation)
{
	pages_write(generation);
	if (generation < generations)
		children_run(generation);
	struct report r = pages_verify(generation);
	sys_write(report_pipe[1], &r, sizeof(r));
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	options_parse(&program, argc, argv);
	if (generations > GENERATIONS_MAX || pages == 0)
		fail("forkstorm: at most %d generations, at least one page\n", GENERATIONS_MAX);
	memory = sys_map_pages(pages * 4096);
	if (sys_failed(memory) || sys_pipe(report_pipe) < 0)
		fail("forkstorm: no memory\n");

	process_run(0);
	sys_close(report_pipe[1]);
	struct report r, total = { 0 };
	uint32_t processes = 0;
	while (sys_read(report_pipe[0], &r, sizeof(r)) == (int)sizeof(r)) {
		processes++;
		total.verified += r.verified;
		total.wrong += r.wrong;
		total.sum += r.sum;
	}
	uint32_t expected = 1;
	for (uint32_t g = 0, width = 1; g < generations; g++) {
		width *= children;
		expected += width;
	}
	printf("forkstorm: %u of %u processes, %u pages verified, %u wrong, total %08x\n",
	       processes, expected, total.verified, total.wrong, total.sum);
	return processes == expected && total.wrong == 0 ? 0 : 1;
}

/*
 * Processes that each need their own pages: too many of them, and a machine thrashes.
 *
 * N processes, each with a working set of W pages and a fixed amount of work: V visits. A visit
 * takes one page of the working set, chosen by chance, and goes over its words a number of times;
 * the sum it forms decides about a word that every fourth visit writes. So each page is needed
 * again soon, no order of visits helps or hurts a replacement policy, and the sum at the end
 * depends on every word that was ever written: one page lost or mixed up changes it.
 *
 * With phases the working set moves: after each part of the visits, to W other pages.
 *
 * The work is the same however many run at a time, so the time for all of it, divided by N, is what
 * a process costs, and throughput is N over that time. With --fair one line more says how far the
 * slowest was when the first had done its work; that depends on the machine, the other lines do
 * not.
 */
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { PAGE_WORDS = 1024, PROCESSES_MAX = 256, WRITE_EVERY = 4 };

static uint32_t processes = 4, pages = 24, visits = 1000, work = 10, phases = 1;
static bool fair;

static const struct option options[] = {
	{ "processes", &processes, NULL, "how many at a time, at most 256" },
	{ "pages", &pages, NULL, "in the working set of each" },
	{ "visits", &visits, NULL, "of a page, for each process" },
	{ "work", &work, NULL, "times that a visit goes over the page" },
	{ "phases", &phases, NULL, "working sets, one after the other" },
	{ "fair", NULL, &fair, "tell how far the others were when the first was ready" },
};

static const struct program program = {
	"thrash", "processes that each need their own pages", "",
	options, ARRAY_SIZE(options),
};

struct report {
	uint32_t process, sum;
};

/* Shared by all: visits done by each, and what the first to finish saw there. */
struct board {
	uint32_t done[PROCESSES_MAX];
	uint32_t slowest;
	bool over;
};

static struct board *board;
static uint32_t *memory;

static uint32_t page_sum(const uint32_t *page, uint32_t sum)
{
	for (uint32_t turn = 0; turn < work; turn++)
		for (uint32_t i = 0; i < PAGE_WORDS; i++)
			sum = (sum << 5 | sum >> 27) + (page[i] ^ i);
	return sum;
}

static void pages_fill(uint32_t *set, uint32_t *state)
{
	for (uint32_t i = 0; i < pages * PAGE_WORDS; i += 64)
		set[i] = random_next(state);
}

static uint32_t phase_run(uint32_t *set, uint32_t *state, uint32_t process, uint32_t sum)
{
	pages_fill(set, state);
	for (uint32_t i = 0; i < visits / phases; i++) {
		uint32_t *page = set + random_next(state) % pages * PAGE_WORDS;
		sum = page_sum(page, sum);
		if (i % WRITE_EVERY == 0)
			page[sum % PAGE_WORDS] = sum;
		board->done[process]++;
	}
	return sum;
}

/* The first one that is ready looks at the others. */
static void board_look(void)
{
	if (board->over)
		return;
	board->over = true;
	board->slowest = visits;
	for (uint32_t i = 0; i < processes; i++)
		board->slowest = MIN(board->slowest, board->done[i]);
}

static void process_run(uint32_t process, int out)
{
	uint32_t state = process * 7919 + 1, sum = CHECKSUM_START;
	memory = sys_map_pages((size_t)phases * pages * 4096);
	if (sys_failed(memory))
		fail("thrash: no memory\n");
	for (uint32_t phase = 0; phase < phases; phase++)
		sum = phase_run(memory + phase * pages * PAGE_WORDS, &state, process, sum);
	for (uint32_t i = 0; i < phases * pages * PAGE_WORDS; i++)
		sum = checksum_add(sum, memory[i]);
	board_look();
	struct report r = { process, sum };
	sys_write(out, &r, sizeof(r));
	exit(0);
}

static uint32_t processes_start(int out)
{
	uint32_t started = 0;
	for (uint32_t i = 0; i < processes; i++) {
		int pid = sys_fork();
		if (pid == 0)
			process_run(i, out);
		if (pid < 0)
			eprintf("thrash: fork: %s\n", error_text(pid));
		started += pid > 0;
	}
	return started;
}

/* Sums in the order of processes, whoever came first. */
static uint32_t reports_read(int in, uint32_t *total)
{
	static uint32_t sums[PROCESSES_MAX];
	uint32_t ended = 0;
	struct report r;
	while (sys_read(in, &r, sizeof(r)) == (int)sizeof(r)) {
		sums[r.process % PROCESSES_MAX] = r.sum;
		ended++;
	}
	for (uint32_t i = 0; i < processes; i++)
		*total = checksum_add(*total, sums[i]);
	return ended;
}

int main(int argc, char **argv, char **envp)
{
	int pipe[2];
	uint32_t total = CHECKSUM_START;
	(void)envp;
	options_parse(&program, argc, argv);
	if (processes == 0 || processes > PROCESSES_MAX || pages == 0 || phases == 0)
		fail("thrash: 1 to %d processes, at least one page, one phase\n", PROCESSES_MAX);
	board = sys_mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			 -1, 0);
	if (sys_failed(board) || sys_pipe(pipe) < 0)
		fail("thrash: no memory\n");
	uint32_t started = processes_start(pipe[1]);
	sys_close(pipe[1]);
	uint32_t ended = reports_read(pipe[0], &total);
	for (uint32_t i = 0; i < started; i++)
		sys_waitpid(-1, NULL, 0);
	printf("thrash: %u of %u processes, %u pages each, %u visits each, checksum %08x\n", ended,
	       processes, pages, visits, total);
	if (fair)
		printf("thrash: when the first was ready the slowest had done %u of %u visits\n",
		       board->slowest, visits);
	return ended == processes ? 0 : 1;
}

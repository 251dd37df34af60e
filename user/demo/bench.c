/*
 * What memory costs: guest instructions of the events a paging kernel lives on.
 *
 * Under QEMU's `-icount shift=0,sleep=off` the time-stamp counter counts executed instructions,
 * so a figure is exact and the same on every run; on a real processor it counts cycles and
 * varies. Each event is measured alone, many times, and the table shows the least, the middle and
 * the mean: the least is the common path, and what the mean has more is page tables, timer ticks
 * and reclaim. What measuring costs is subtracted.
 *
 * The row about swap needs less memory than it walks over (`frames=64` on the kernel's command
 * line): then every page it writes must come from swap, and another dirty one must go there first.
 *
 * Linux's figures are of Linux 6.1, i386, measured in the same emulator by the same events.
 */
#include "lib/string.h"
#include "user/lib/heap.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

uint32_t bench_null_call(void);
uint32_t bench_nothing(void);

enum { PAGE = 4096, SAMPLES_MAX = 4096, PAGED_LEAST = 2000 };

static uint32_t samples = 256, forks = 48, walk_pages = 512, walks = 2;
static bool csv;

static const struct option options[] = {
	{ "samples", &samples, NULL, "repetitions of each event" },
	{ "forks", &forks, NULL, "repetitions of fork + exit + wait" },
	{ "walk-pages", &walk_pages, NULL, "pages the walk through swap goes over" },
	{ "walks", &walks, NULL, "how often it goes over them before it measures" },
	{ "csv", NULL, &csv, "comma-separated values" },
};

static const struct program program = {
	"bench", "what a system call, a fault and a fork cost, in guest instructions", "",
	options, ARRAY_SIZE(options),
};

static uint32_t times[SAMPLES_MAX];
static uint32_t overhead;

/* Time may pass 2^32 between two events, but not during one. */
static uint32_t now(void)
{
	return (uint32_t)__builtin_ia32_rdtsc();
}

static void sample(uint32_t i, uint32_t start)
{
	uint32_t time = now() - start;

	times[i] = time > overhead ? time - overhead : 0;
}

/* Shell sort: short, and quick enough for some thousands. */
static void times_sort(uint32_t n)
{
	for (uint32_t gap = n / 2; gap > 0; gap /= 2)
		for (uint32_t i = gap; i < n; i++) {
			uint32_t t = times[i];
			uint32_t j = i;
			for (; j >= gap && times[j - gap] > t; j -= gap)
				times[j] = times[j - gap];
			times[j] = t;
		}
}

static uint32_t times_mean(uint32_t n)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += times[i];
	return (uint32_t)(sum / n);
}

/* @reference is Linux's figure; 0: there is none. */
static void report(const char *name, uint32_t n, uint32_t reference)
{
	uint32_t mean = times_mean(n);

	times_sort(n);
	if (csv) {
		printf("%s,%u,%u,%u,%u", name, n, times[0], times[n / 2], mean);
		printf(reference ? ",%u\n" : ",\n", reference);
		return;
	}
	printf("%-36s%8u%9u%9u%9u", name, n, times[0], times[n / 2], mean);
	printf(reference ? "%11u\n" : "\n", reference);
}

static void bench_system_call(void)
{
	uint32_t own = bench_nothing();

	for (uint32_t i = 0; i < samples; i++)
		times[i] = bench_null_call() - own;
	report("null system call (getppid)", samples, 336);
}

static char *pages_map(uint32_t n)
{
	char *memory = sys_map_pages(n * PAGE);

	if (sys_failed(memory))
		fail("bench: no memory\n");
	return memory;
}

static void bench_first_write(void)
{
	char *memory = pages_map(samples);

	for (uint32_t i = 0; i < samples; i++) {
		volatile char *p = memory + i * PAGE;
		uint32_t start = now();
		*p = 1;
		sample(i, start);
	}
	report("first write to an anonymous page", samples, 3230);
	sys_munmap(memory, samples * PAGE);
}

static void bench_first_read(void)
{
	char *memory = pages_map(samples);

	for (uint32_t i = 0; i < samples; i++) {
		volatile char *p = memory + i * PAGE;
		uint32_t start = now();
		(void)*p;
		sample(i, start);
	}
	report("first read of an anonymous page", samples, 1171);
	sys_munmap(memory, samples * PAGE);
}

/* A child that holds the pages and does nothing until the pipe closes. */
static int child_holding(int release[2])
{
	int pid = sys_fork();

	if (pid == 0) {
		char c;
		sys_close(release[1]);
		sys_read(release[0], &c, 1);
		sys_exit(0);
	}
	sys_close(release[0]);
	return pid;
}

static void bench_copy_on_write(void)
{
	char *memory = pages_map(samples);
	int release[2];

	memset(memory, 1, samples * PAGE);
	if (sys_pipe(release) < 0)
		fail("bench: no pipe\n");
	int pid = child_holding(release);
	if (pid < 0)
		fail("bench: fork: %s\n", error_text(pid));
	for (uint32_t i = 0; i < samples; i++) {
		volatile char *p = memory + i * PAGE;
		uint32_t start = now();
		*p = 2;
		sample(i, start);
	}
	sys_close(release[1]);
	sys_waitpid(pid, NULL, 0);
	report("copy-on-write fault", samples, 4010);
	sys_munmap(memory, samples * PAGE);
}

static void bench_fork(void)
{
	for (uint32_t i = 0; i < forks; i++) {
		print_flush();
		uint32_t start = now();
		int pid = sys_fork();
		if (pid == 0)
			sys_exit(0);
		sys_waitpid(pid, NULL, 0);
		sample(i, start);
		if (pid < 0)
			fail("bench: fork: %s\n", error_text(pid));
	}
	report("fork + exit + wait", forks, 113600);
}

static void bench_map(bool touch)
{
	for (uint32_t i = 0; i < samples; i++) {
		uint32_t start = now();
		volatile char *p = sys_map_pages(PAGE);
		if (touch)
			*p = 1;
		sys_munmap((void *)p, PAGE);
		sample(i, start);
	}
	if (touch)
		report("mmap + write + munmap of a page", samples, 0);
	else
		report("mmap + munmap of a page", samples, 10249);
}

/* --- files: the wrapper of each call is part of its figure --- */

static int file_zero, file_null, file_regular, file_pipe[2];
static char bytes[PAGE];

static void zero_read(void)
{
	sys_read(file_zero, bytes, 1);
}

static void null_write(void)
{
	sys_write(file_null, bytes, 1);
}

static void regular_read(void)
{
	sys_lseek(file_regular, 0, SEEK_SET);
	sys_read(file_regular, bytes, 1);
}

static void regular_write(void)
{
	sys_lseek(file_regular, 0, SEEK_SET);
	sys_write(file_regular, bytes, PAGE);
}

static void pipe_byte(void)
{
	sys_write(file_pipe[1], bytes, 1);
	sys_read(file_pipe[0], bytes, 1);
}

static void pipe_page(void)
{
	sys_write(file_pipe[1], bytes, PAGE);
	sys_read(file_pipe[0], bytes, PAGE);
}

static const struct {
	const char *name;
	void (*move)(void);
} transfers[] = {
	{ "read 1 byte of /dev/zero", zero_read },
	{ "write 1 byte to /dev/null", null_write },
	{ "lseek + read 1 byte of a file", regular_read },
	{ "lseek + write 4 KiB to a file", regular_write },
	{ "pipe: write + read 1 byte", pipe_byte },
	{ "pipe: write + read 4 KiB", pipe_page },
};

/* The first of each is not counted: it brings pages in. */
static void bench_transfer(const char *name, void (*move)(void))
{
	move();
	for (uint32_t i = 0; i < samples; i++) {
		uint32_t start = now();
		move();
		sample(i, start);
	}
	report(name, samples, 0);
}

static void bench_transfers(void)
{
	static const char path[] = "/tmp/bench";

	file_zero = sys_open("/dev/zero", O_RDONLY, 0);
	file_null = sys_open("/dev/null", O_WRONLY, 0);
	file_regular = sys_open(path, O_RDWR | O_CREAT, 0600);
	if (file_zero < 0 || file_null < 0 || file_regular < 0 || sys_pipe(file_pipe) < 0)
		fail("bench: no files\n");
	regular_write();
	for (size_t i = 0; i < ARRAY_SIZE(transfers); i++)
		bench_transfer(transfers[i].name, transfers[i].move);
	sys_unlink(path);
}

/* The first walks fill memory and swap; the last is reported. */
static void bench_swap(void)
{
	char *memory = pages_map(walk_pages);

	for (uint32_t walk = 0; walk <= walks; walk++)
		for (uint32_t page = 0; page < walk_pages; page++) {
			volatile char *p = memory + page * PAGE;
			uint32_t start = now();
			*p = (char)walk;
			sample(page, start);
		}
	if (times_mean(walk_pages) >= PAGED_LEAST)
		report("swap-in with eviction of a dirty page", walk_pages, 20400);
	else if (!csv)
		printf("(swap-in: %u pages fit in memory; boot with frames=64 to measure it)\n",
		       walk_pages);
	sys_munmap(memory, walk_pages * PAGE);
}

/* The least of some tries: what two calls of now() cost. */
static uint32_t overhead_measure(void)
{
	uint32_t least = UINT32_MAX;

	for (int i = 0; i < 16; i++) {
		uint32_t start = now();
		uint32_t time = now() - start;
		least = MIN(least, time);
	}
	return least;
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	options_parse(&program, argc, argv);
	if (MAX(MAX(samples, forks), walk_pages) > SAMPLES_MAX || !samples || !forks || !walk_pages)
		fail("bench: repetitions are from 1 to %d\n", SAMPLES_MAX);

	memset(times, 0, sizeof(times)); /* its own pages are not to be counted */
	overhead = overhead_measure();
	if (csv)
		printf("event,samples,min,median,mean,linux_6_1\n");
	else
		printf("%-36s%8s%9s%9s%9s%11s\n", "guest instructions", "samples", "min", "median",
		       "mean", "Linux 6.1");
	bench_system_call();
	bench_first_write();
	bench_first_read();
	bench_copy_on_write();
	bench_fork();
	bench_map(false);
	bench_map(true);
	bench_swap();
	bench_transfers();
	return 0;
}

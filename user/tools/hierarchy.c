/*
 * The memory hierarchy of this machine, from registers to swap: how large each level is and what an
 * access costs, measured.
 *
 * Sizes of caches are the CPU's own words (CPUID leaf 4, or leaf 0x80000005 and 6). An access is
 * timed by following a chain of pointers through as many bytes as the level holds, in an order that
 * no prefetcher foresees; a fault by touching fresh pages, and pages that were sent to swap. Time
 * is the time-stamp counter's. In an emulator without caches all loads cost the same, and that is
 * what comes out; the faults do not.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"
#include "user/tools/procfile.h"

void hierarchy_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4]);
uint64_t hierarchy_ticks(void);
uint32_t hierarchy_add(uint32_t n);
void *hierarchy_chase(void *p, uint32_t n);

enum {
	PAGE = 4096, LINE = 64, ROUNDS = 4096, REPEATS = 4, UNROLLED = 8, FAULT_PAGES = 256,
	PAGEOUT = 21,
	RAM_BYTES = 4 << 20, LEVELS_MAX = 8, STAT_MINOR = 7, STAT_MAJOR = 9, STAT_WORDS = 12,
};

static const struct program program = {
	.name = "hierarchy", .words = "",
	.purpose = "registers, caches, memory, swap: sizes, and measured costs of an access",
};

/* Ticks in tenths, for @n times. */
static uint32_t tenths(uint64_t ticks, uint32_t n)
{
	return (uint32_t)(ticks * 10 / n);
}

static void show(const char *level, const char *size, uint32_t cost, const char *what)
{
	printf("%-22s %12s %9u.%u  %s\n", level, size, cost / 10, cost % 10, what);
}

static const char *size_text(uint32_t bytes)
{
	static char text[24];

	if (bytes >= 1 << 20 && bytes % (1 << 20) == 0)
		format_string(text, sizeof(text), "%u MiB", bytes >> 20);
	else
		format_string(text, sizeof(text), "%u KiB", bytes >> 10);
	return text;
}

static void faults_now(uint32_t *minor, uint32_t *major)
{
	char *text = proc_text("hierarchy", "/proc/self/stat"), *words[STAT_WORDS];

	proc_words(strrchr(text, ')') + 1, words, STAT_WORDS);
	*minor = proc_number(words[STAT_MINOR]);
	*major = proc_number(words[STAT_MAJOR]);
}

/* --- loads --- */

/*
 * One ring of pointers through @bytes, a line apart. The next line is a linear congruence of this
 * one modulo the number of lines, a power of two: with these constants it visits every line.
 */
static void ring_make(char *p, uint32_t bytes)
{
	uint32_t lines = bytes / LINE;

	for (uint32_t i = 0; i < lines; i++) {
		uint32_t next = (i * 1664525u + 1013904223u) & (lines - 1);
		*(void **)(p + i * LINE) = p + next * LINE;
	}
}

/*
 * A load in tenths of a tick, from among *@bytes rounded down to a power of two, which *@bytes
 * becomes; less where so many pages do not stay in memory, for a fault is no load.
 */
static uint32_t load_cost(char *p, uint32_t *bytes)
{
	uint32_t power = PAGE, minor, before, after;

	while (power * 2 <= *bytes)
		power *= 2;
	for (;; power /= 2) {
		ring_make(p, power);
		hierarchy_chase(p, power / LINE / UNROLLED + 1); /* warm */
		faults_now(&minor, &before);
		uint64_t ticks = UINT64_MAX; /* the best of a few: interrupts cost time too */
		for (unsigned i = 0; i < REPEATS; i++) {
			uint64_t start = hierarchy_ticks();
			hierarchy_chase(p, ROUNDS);
			ticks = MIN(ticks, hierarchy_ticks() - start);
		}
		faults_now(&minor, &after);
		*bytes = power;
		if (after == before || power == PAGE)
			return tenths(ticks, ROUNDS * UNROLLED);
	}
}

struct cache {
	unsigned level, type; /* 1 data, 2 instructions, 3 both */
	uint32_t bytes;
};

/* Intel's way, and QEMU's. */
static unsigned caches_by_leaf_4(struct cache caches[LEVELS_MAX])
{
	uint32_t id[4];
	unsigned n = 0;

	hierarchy_cpuid(0, 0, id);
	if (id[0] < 4)
		return 0;
	for (uint32_t i = 0; n < LEVELS_MAX; i++) {
		hierarchy_cpuid(4, i, id);
		if ((id[0] & 31) == 0)
			break;
		uint32_t ways = (id[1] >> 22) + 1, line = (id[1] & 0xfff) + 1;
		uint32_t parts = (id[1] >> 12 & 0x3ff) + 1;
		caches[n] = (struct cache){ id[0] >> 5 & 7, id[0] & 31,
					    ways * parts * line * (id[2] + 1) };
		n++;
	}
	return n;
}

/* AMD's way. */
static unsigned caches_by_leaf_8000000x(struct cache caches[LEVELS_MAX])
{
	uint32_t id[4];

	hierarchy_cpuid(0x80000000, 0, id);
	if (id[0] < 0x80000006)
		return 0;
	hierarchy_cpuid(0x80000005, 0, id);
	caches[0] = (struct cache){ 1, 1, (id[2] >> 24) << 10 };
	caches[1] = (struct cache){ 1, 2, (id[3] >> 24) << 10 };
	hierarchy_cpuid(0x80000006, 0, id);
	caches[2] = (struct cache){ 2, 3, (id[2] >> 16) << 10 };
	return id[2] >> 16 ? 3 : 0;
}

static void show_loads(const char *level, const char *size, char *memory, uint32_t bytes)
{
	char what[48], copy[24];
	uint32_t cost = load_cost(memory, &bytes);

	string_copy(copy, size, sizeof(copy));
	format_string(what, sizeof(what), "a load from among %s", size_text(bytes));
	show(level, copy, cost, what);
}

static void show_caches(char *memory)
{
	static const char *const types[] = { "?", "data", "instructions", "both" };
	struct cache caches[LEVELS_MAX];
	unsigned n = caches_by_leaf_4(caches);

	if (n == 0)
		n = caches_by_leaf_8000000x(caches);
	if (n == 0)
		printf("%-22s %12s\n", "caches", "CPUID says nothing");
	for (unsigned i = 0; i < n; i++) {
		char name[32];
		format_string(name, sizeof(name), "L%u cache, %s", caches[i].level,
			      types[caches[i].type & 3]);
		if (caches[i].type == 2)
			printf("%-22s %12s %11s\n", name, size_text(caches[i].bytes), "-");
		else
			show_loads(name, size_text(caches[i].bytes), memory,
				   MIN(caches[i].bytes, (uint32_t)RAM_BYTES));
	}
}

/* --- faults --- */

/* Touch every page; ticks for each in tenths. */
static uint32_t touch_cost(volatile char *p)
{
	uint64_t start = hierarchy_ticks();

	for (uint32_t i = 0; i < FAULT_PAGES; i++)
		p[i * PAGE] = (char)i;
	return tenths(hierarchy_ticks() - start, FAULT_PAGES);
}

/* One line: what a touch of each page costs, and how many faults of the kind there were. */
static void show_touch(const char *level, const char *size, char *p, bool want_major)
{
	uint32_t minor, major, minor_after, major_after;
	char what[48];

	faults_now(&minor, &major);
	uint32_t cost = touch_cost(p);
	faults_now(&minor_after, &major_after);
	format_string(what, sizeof(what), "a touch; %u %s faults for %u pages",
		      want_major ? major_after - major : minor_after - minor,
		      want_major ? "major" : "minor", FAULT_PAGES);
	show(level, size, cost, what);
}

static void show_faults(uint32_t swap_kib)
{
	char *p = sys_map_pages(FAULT_PAGES * PAGE);

	if (sys_failed(p))
		fail("hierarchy: no memory\n");
	show_touch("memory, not yet there", "", p, false);
	linux_call(NR_madvise, (long)p, FAULT_PAGES * PAGE, PAGEOUT, 0, 0, 0);
	if (swap_kib > 0)
		show_touch("swap", size_text(swap_kib << 10), p, true);
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	if (options_parse(&program, argc, argv) < argc)
		fail("usage: hierarchy (try hierarchy --help)\n");
	char *info = proc_text("hierarchy", "/proc/meminfo"), *memory = sys_map_pages(RAM_BYTES);
	uint32_t ram = proc_value(info, "MemTotal"), swap = proc_value(info, "SwapTotal");
	if (sys_failed(memory))
		fail("hierarchy: no memory\n");
	printf("%-22s %12s %11s\n", "level", "size", "ticks");
	uint64_t start = hierarchy_ticks();
	hierarchy_add(ROUNDS);
	show("registers", "8 x 4 bytes", tenths(hierarchy_ticks() - start, ROUNDS * UNROLLED),
	     "an addition");
	show_caches(memory);
	show_loads("memory", size_text(ram << 10), memory, RAM_BYTES);
	show_faults(swap);
	return 0;
}

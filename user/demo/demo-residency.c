/*
 * A program that measures which of its pages are in memory, and steers it.
 *
 * mincore and /proc/self/pagemap say where each page is; madvise asks the kernel to move it. Each
 * step is drawn, a character a page, and checked against what the advice promises:
 *
 *     .  never touched, or given up     #  in memory     s  on swap
 *
 * It wants enough memory: what the kernel evicts on its own would be in the picture too.
 */
#include "lib/string.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"
#include "user/tools/procfile.h"

enum { PAGES = 64, PAGE = 4096, NR_mincore = 218, STAT_MAJOR = 9, STAT_WORDS = 12 };
enum { WILLNEED = 3, DONTNEED = 4, COLD = 20, PAGEOUT = 21 };
enum { PAGEMAP_PRESENT = 63, PAGEMAP_SWAPPED = 62, KPF_REFERENCED = 2 };

static const struct program program = {
	.name = "demo-residency", .words = "",
	.purpose = "a program finds out where its pages are, and moves them",
};

static char *memory;
static uint64_t words[PAGES]; /* of pagemap */
static bool good = true;

static void expect(const char *what, uint32_t is, uint32_t must_be)
{
	printf("    %-44s %3u%s\n", what, is, is == must_be ? "" : "  WRONG");
	good = good && is == must_be;
}

static void read_at(const char *path, uint32_t offset, void *to, size_t n)
{
	int fd = sys_open(path, O_RDONLY, 0);

	if (fd < 0 || sys_lseek(fd, (int)offset, SEEK_SET) < 0 || sys_read(fd, to, n) != (int)n)
		fail("demo-residency: %s cannot be read\n", path);
	sys_close(fd);
}

static void look(void)
{
	read_at("/proc/self/pagemap", (uint32_t)(uintptr_t)memory / PAGE * sizeof(words[0]), words,
		sizeof(words));
}

static unsigned count(unsigned bit)
{
	unsigned n = 0;

	for (unsigned i = 0; i < PAGES; i++)
		n += words[i] >> bit & 1;
	return n;
}

static unsigned in_core(void)
{
	unsigned char there[PAGES];
	unsigned n = 0;

	linux_call(NR_mincore, (long)memory, PAGES * PAGE, (long)there, 0, 0, 0);
	for (unsigned i = 0; i < PAGES; i++)
		n += there[i] & 1;
	return n;
}

/* Of pages [first, first + n), as the MMU has noted it and nobody has cleared it. */
static unsigned referenced(unsigned first, unsigned n)
{
	unsigned used = 0;

	for (unsigned i = first; i < first + n; i++) {
		uint64_t flags;
		read_at("/proc/kpageflags", (uint32_t)words[i] * sizeof(flags), &flags,
			sizeof(flags));
		used += flags >> KPF_REFERENCED & 1;
	}
	return used;
}

static uint32_t major_faults(void)
{
	char *text = proc_text("demo-residency", "/proc/self/stat"), *fields[STAT_WORDS];

	proc_words(strrchr(text, ')') + 1, fields, STAT_WORDS);
	return proc_number(fields[STAT_MAJOR]);
}

static void draw(const char *what)
{
	look();
	printf("%s\n    ", what);
	for (unsigned i = 0; i < PAGES; i++)
		printf("%s", words[i] >> PAGEMAP_PRESENT & 1 ? "#"
			     : words[i] >> PAGEMAP_SWAPPED & 1 ? "s" : ".");
	printf("\n");
}

static void advise(unsigned first, unsigned n, int advice)
{
	if (linux_call(NR_madvise, (long)(memory + first * PAGE), n * PAGE, advice, 0, 0, 0) != 0)
		fail("demo-residency: madvise %d failed\n", advice);
}

static void touch(unsigned first, unsigned n)
{
	for (unsigned i = first; i < first + n; i++)
		memory[i * PAGE]++;
}

static void show_page_out(void)
{
	uint32_t before;

	advise(8, 16, PAGEOUT);
	draw("MADV_PAGEOUT for pages 8 to 23: out, now");
	expect("pages in memory (pagemap)", count(PAGEMAP_PRESENT), 16);
	expect("pages in memory (mincore)", in_core(), 16);
	expect("pages on swap", count(PAGEMAP_SWAPPED), 16);
	before = major_faults();
	advise(8, 8, WILLNEED);
	draw("MADV_WILLNEED for pages 8 to 15: they come back without being touched");
	expect("pages on swap", count(PAGEMAP_SWAPPED), 8);
	expect("pages read meanwhile", major_faults() - before, 8);
	before = major_faults();
	touch(8, 8);
	expect("major faults of touching pages 8 to 15", major_faults() - before, 0);
	before = major_faults();
	touch(16, 8);
	expect("major faults of touching pages 16 to 23", major_faults() - before, 8);
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	if (options_parse(&program, argc, argv) < argc)
		fail("usage: demo-residency (try --help)\n");
	(void)major_faults(); /* what the measuring itself needs is there from now on */
	memory = sys_map_pages(PAGES * PAGE);
	if (sys_failed(memory))
		fail("demo-residency: no memory\n");
	draw("64 fresh pages");
	expect("pages in memory", count(PAGEMAP_PRESENT), 0);
	touch(0, 32);
	draw("32 of them touched");
	expect("pages in memory (pagemap)", count(PAGEMAP_PRESENT), 32);
	expect("pages in memory (mincore)", in_core(), 32);
	show_page_out();
	touch(0, 32);
	advise(0, 8, COLD);
	draw("MADV_COLD for pages 0 to 7: still here, but as if not used of late");
	expect("pages in memory", count(PAGEMAP_PRESENT), 32);
	expect("of pages 0 to 7 used", referenced(0, 8), 0);
	expect("of pages 8 to 31 used", referenced(8, 24), 24);
	advise(0, 32, DONTNEED);
	draw("MADV_DONTNEED for all: gone, and zero when they come again");
	expect("pages in memory or on swap",
	       count(PAGEMAP_PRESENT) + count(PAGEMAP_SWAPPED), 0);
	expect("what is in page 0 now", (unsigned char)memory[0], 0);
	return good ? 0 : 1;
}

/*
 * The story of variable partitions, with real programs.
 *
 * A region of 2560K, of which the system has 400K. Programs come and go as in the textbooks, each a
 * tally that fills its partition with numbers, and checks and changes them until it is told to end;
 * so a program that was moved while it ran and lost one word would say so. After each step the
 * region is drawn. Then the other ways to use a region, binding, and swapping of whole processes,
 * in a few lines each; and the same program under paging and in a partition.
 *
 * The region is set up as the story needs it and put back afterwards; it must be empty.
 */
#include "lib/errno.h"
#include "lib/format.h"
#include "lib/string.h"
#include "user/demo/tally_child.h"
#include "user/lib/print.h"
#include "user/lib/region.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { STORY_KIB = 2560, SYSTEM_KIB = 400, NPROGRAMS = 9, PATIENCE = 3000 };

/* A program of the story. */
struct program {
	const char *name;
	uint32_t kib;
	const char *path, *wish; /* besides the size */
	struct tally_child tally; /* pid 0: not running */
};

static const char low[] = "/bin/tally-low";
static struct program programs[NPROGRAMS] = {
	{ "P1", 600, low, "", { 0, -1 } },	{ "P2", 1000, low, "", { 0, -1 } },
	{ "P3", 300, low, "", { 0, -1 } },	{ "P4", 700, low, "", { 0, -1 } },
	{ "P5", 500, low, "", { 0, -1 } },	{ "P6", 600, low, "", { 0, -1 } },
	{ "P7", 300, "/bin/tally-pie", " bind=load", { 0, -1 } },
	{ "P8", 1400, low, "", { 0, -1 } }, { "P9", 1400, low, "", { 0, -1 } },
};
static struct region region;
static int failures;

static void expect(bool truth, const char *what)
{
	printf("%s: %s\n", truth ? "ok" : "NOT SO", what);
	failures += !truth;
}

static void order(const char *text)
{
	int error = region_order("%s", text);
	if (error)
		fail("demo: %s: %s\n", text, error_text(error));
}

static void look(void)
{
	int error = region_read(&region);
	if (error == -ENODEV)
		fail("demo: there is no region; start the kernel with --append partitions=%uK\n",
		     STORY_KIB);
	if (error)
		fail("demo: /proc/partition: %s\n", error_text(error));
}

static void draw(void)
{
	look();
	region_bar(&region);
	printf("\n");
}

/* --- programs --- */

static void start(struct program *p)
{
	char wish[32];
	format_string(wish, sizeof(wish), "size=%uK%s", p->kib, p->wish);
	tally_start(&p->tally, p->path, wish);
}

/* Does it end well now? */
static void finish(struct program *p)
{
	char what[64];
	tally_stop(&p->tally);
	format_string(what, sizeof(what), "%s ends, and every number was right", p->name);
	expect(tally_wait(&p->tally) == 0, what);
	p->tally.pid = 0;
}

static const struct region_block *find(const struct program *p)
{
	look();
	for (unsigned i = 0; i < region.nblocks; i++)
		if (region.blocks[i].used && region.blocks[i].pid == p->tally.pid)
			return &region.blocks[i];
	return NULL;
}

static bool is_in(const struct program *p)
{
	return find(p) != NULL;
}

static bool waits(const struct program *p)
{
	char line[48];
	look();
	format_string(line, sizeof(line), "waits %u %d ", p->kib, p->tally.pid);
	size_t n = strlen(line);
	for (const char *at = region.text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, line, n) == 0)
			return true;
		if (!*at)
			break;
	}
	return false;
}

/* Give others their turn until @is is true of it. */
static bool comes_to(bool (*is)(const struct program *p), const struct program *p)
{
	for (int i = 0; i < PATIENCE; i++) {
		if (is(p))
			return true;
		sys_nanosleep(0, 10000000);
	}
	return false;
}

static void load(struct program *p)
{
	char what[64];
	start(p);
	format_string(what, sizeof(what), "%s, %uK, is loaded", p->name, p->kib);
	expect(comes_to(is_in, p), what);
}

/* --- the story --- */

/* Are these the holes, from the bottom up? */
static void expect_holes(const char *what, uint32_t a, uint32_t b, uint32_t c)
{
	const uint32_t wanted[3] = { a, b, c };
	uint32_t found[3] = { 0, 0, 0 };
	unsigned n = 0;
	look();
	for (unsigned i = 0; i < region.nblocks; i++) {
		if (region.blocks[i].used)
			continue;
		if (n < 3)
			found[n] = region.blocks[i].size;
		n++;
	}
	expect(memcmp(wanted, found, sizeof(wanted)) == 0 && n <= 3, what);
}

static void story_load(void)
{
	printf("--- P1, P2 and P3 come ---\n");
	for (unsigned i = 0; i < 3; i++)
		load(&programs[i]);
	expect_holes("they leave a hole of 260K", 260, 0, 0);
	draw();
	printf("--- P4 needs 700K and waits ---\n");
	start(&programs[3]);
	expect(comes_to(waits, &programs[3]), "P4 stands in the queue");
	draw();
}

static void story_replace(void)
{
	printf("--- P2 ends; P4 goes into its 1000K ---\n");
	finish(&programs[1]);
	expect(comes_to(is_in, &programs[3]), "P4 is in");
	expect_holes("300K are left of them: holes of 300K and 260K", 300, 260, 0);
	draw();
	printf("--- P1 ends; P5, 500K, goes into its 600K ---\n");
	finish(&programs[0]);
	load(&programs[4]);
	expect_holes("100K are left of them: holes of 100K, 300K and 260K", 100, 300, 260);
	draw();
}

static void story_compact(void)
{
	uint32_t moved;
	printf("--- 600K are asked for; 660K are free, but not in one piece ---\n");
	start(&programs[5]);
	expect(comes_to(waits, &programs[5]), "P6, 600K, waits: the largest hole has 300K");
	look();
	moved = region_number(&region, "moved");
	printf("--- compaction: running programs are moved, their bases changed ---\n");
	order("compact");
	look();
	moved = region_number(&region, "moved") - moved;
	printf("%u bytes were moved\n", moved);
	expect(moved == (700 + 300) * 1024, "P4 and P3 were moved, P5 stayed");
	expect(comes_to(is_in, &programs[5]), "one hole of 660K took P6");
	expect_holes("60K are left of it", 60, 0, 0);
	draw();
	printf("--- all end ---\n");
	for (unsigned i = 2; i < 6; i++)
		finish(&programs[i]);
	expect_holes("the holes have become one again", STORY_KIB - SYSTEM_KIB, 0, 0);
	draw();
}

/* --- other ways --- */

static void single(void)
{
	printf("--- a single program, at the high end: the system can grow below it ---\n");
	order("mode single");
	load(&programs[0]);
	expect_holes("the hole is in the middle, 1560K", 1560, 0, 0);
	draw();
	order("driver take 300K");
	expect_holes("a driver took 300K: 1260K are left", 1260, 0, 0);
	draw();
	order("driver release");
	expect_holes("released: 1560K again", 1560, 0, 0);
	finish(&programs[0]);
}

static void fixed(void)
{
	printf("--- fixed partitions of 600K, 1000K and 300K ---\n");
	order("mode fixed:600K+1000K+300K");
	load(&programs[4]);
	load(&programs[3]);
	look();
	expect(region_number(&region, "internal") == (100 + 300) * 1024,
	       "100K and 300K are lost inside");
	draw();
	finish(&programs[4]);
	finish(&programs[3]);
	order("mode variable");
}

static void binding(void)
{
	printf("--- P7 was bound when it was loaded, P3 is at execution time ---\n");
	load(&programs[6]);
	load(&programs[2]);
	int p7 = programs[6].tally.pid, p3 = programs[2].tally.pid;
	expect(region_order("move %d 1000K", p7) == -EPERM, "P7 cannot be moved");
	expect(region_order("move %d 1000K", p3) == 0, "P3 can, while it runs");
	draw();
	finish(&programs[6]);
	finish(&programs[2]);
}

/* The last decisions. */
static void print_events(unsigned n)
{
	const char *lines[8] = { NULL };
	unsigned count = 0;
	look();
	for (const char *at = region.text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (!*at)
			break;
		if (strncmp(at, "event ", 6) != 0)
			continue;
		lines[count % ARRAY_SIZE(lines)] = at + 6;
		count++;
	}
	for (unsigned i = count > n ? count - n : 0; i < count; i++) {
		const char *line = lines[i % ARRAY_SIZE(lines)], *end = strchr(line, '\n');
		printf("  tick %.*s\n", end ? (int)(end - line) : 0, line);
	}
}

static void swapping(void)
{
	printf("--- P8 and P9, 1400K each, one after the other is in memory ---\n");
	order("quantum 5");
	start(&programs[7]);
	start(&programs[8]);
	look();
	uint32_t before = region_number(&region, "rolled_in");
	for (int i = 0; i < PATIENCE && region_number(&region, "rolled_in") < before + 4; i++) {
		sys_nanosleep(0, 10000000);
		look();
	}
	expect(region_number(&region, "rolled_in") >= before + 4, "each was out, and is back");
	print_events(6);
	finish(&programs[7]);
	finish(&programs[8]);
	order("quantum 0");
	printf("\n");
}

/* --- side by side --- */

enum { COMPARE_KIB = 400, COMPARE_PARTITION_KIB = 640 };
#define PARTITION_WISH "size=640K"

static uint32_t vmstat(const char *name)
{
	static char text[8192];
	int fd = sys_open("/proc/vmstat", O_RDONLY, 0), n;
	size_t used = 0;
	for (n = 1; n > 0; used += n > 0 ? (size_t)n : 0)
		n = sys_read(fd, text + used, sizeof(text) - 1 - used);
	sys_close(fd);
	text[used] = 0;
	size_t length = strlen(name);
	for (const char *at = text; at && *at; at = strchr(at, '\n')) {
		at += *at == '\n';
		uint32_t number = 0;
		if (strncmp(at, name, length) != 0 || at[length] != ' ')
			continue;
		for (at += length + 1; *at >= '0' && *at <= '9'; at++)
			number = number * 10 + (uint32_t)(*at - '0');
		return number;
	}
	return 0;
}

struct cost {
	uint32_t faults;
	uint32_t resident; /* KiB, at most */
};

/*
 * One tally of COMPARE_KIB, paged or not; it prints its sum, and its cycles: with --icount these
 * are instructions.
 */
static struct cost compare_run(bool in_partition)
{
	enum { RUSAGE_WORDS = 18, RUSAGE_MAXRSS = 4 };
	uint32_t usage[RUSAGE_WORDS] = { 0 };
	char size[16];
	char *argv[] = { "tally", "--size", size, "--rounds", "8", "--cycles", NULL };
	format_string(size, sizeof(size), "%uK", COMPARE_KIB);
	uint32_t faults = vmstat("pgfault");
	print_flush();
	int pid = sys_fork(), status = -1;
	if (pid == 0) {
		int fd = sys_open("/proc/self/partition", O_WRONLY, 0);
		if (in_partition)
			sys_write(fd, PARTITION_WISH, sizeof(PARTITION_WISH) - 1);
		sys_close(fd);
		sys_execve(in_partition ? "/bin/tally-low" : "/bin/tally", argv, runtime_environ);
		sys_exit(3);
	}
	linux_call(NR_wait4, pid, (long)&status, 0, (long)usage, 0, 0);
	expect(status == 0, "it ends well");
	return (struct cost){ vmstat("pgfault") - faults, usage[RUSAGE_MAXRSS] };
}

static void compare(void)
{
	printf("--- the same program, %uK of numbers, under paging ---\n", COMPARE_KIB);
	struct cost paged = compare_run(false);
	printf("taken: %uK at most, in frames from anywhere, by %u faults\n", paged.resident,
	       paged.faults);
	printf("lost outside: nothing, any free frame will do; inside: the ends of last pages\n");
	printf("--- and in a partition of %uK ---\n", COMPARE_PARTITION_KIB);
	struct cost whole = compare_run(true);
	look();
	printf("taken: %uK, in one piece, from its start to its end; %u faults (before the exec)\n",
	       COMPARE_PARTITION_KIB, whole.faults);
	printf("lost inside: %uK, what paging did without; outside: what no hole was large enough "
	       "for\n\n", COMPARE_PARTITION_KIB - paged.resident);
}

static void set_up(void)
{
	look();
	if (region.bytes != STORY_KIB)
		fail("demo: the story needs partitions=%uK, not %uK\n", STORY_KIB, region.bytes);
	order("mode variable");
	order("fit first");
	order("auto off");
	order("quantum 0");
	order("system 400K");
}

static void put_back(void)
{
	order("system 0");
	order("auto on");
	order("quantum 20");
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	set_up();
	printf("--- %uK in all, %uK for the system ---\n", STORY_KIB, SYSTEM_KIB);
	draw();
	story_load();
	story_replace();
	story_compact();
	single();
	fixed();
	binding();
	swapping();
	compare();
	put_back();
	printf("%s\n", failures ? "the story went wrong" : "the story is told");
	return failures != 0;
}

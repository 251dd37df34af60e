/*
 * The history of every physical frame, from /proc/frames: a summary, or the lines of the frames
 * that all the words on the command line are true for. The file's lines have one length, so the
 * line of frame N is read alone, wherever it is.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"
#include "user/tools/procfile.h"

enum { LINE = 160, LINES = 64, KIB = 4, FILTERS_MAX = 8 };
enum {
	PFN, STATE, OWNER, ORDER, MAPS, PINS, LOCKS, FLAGS, FAULT, EVICT, AGE, SLOT, MAPPERS, WORDS,
};
enum { REFERENCED, MODIFIED, CHARGED, BUSY, CACHED, LAZY, KNOWN };

static uint32_t frames_pid;
static const struct option options[] = {
	{ "pid", &frames_pid, NULL, "frames that this process maps (0: whoever)" },
};
static const struct program program = {
	.name = "frames", .purpose = "what each physical frame is used for",
	.words = "[PFN | free reserved kernel slab vmalloc table anon object evictable\n"
		 "       used modified charged cached lazy pinned locked shared swapcopy]...",
	.options = options, .noptions = ARRAY_SIZE(options),
};

static char heading[LINE + 1];
static int frames_fd;

/* --- kinds of frames --- */

static bool is_flagged(char **w, unsigned flag)
{
	return w[FLAGS][flag] != '-';
}

static bool above(const char *number, uint32_t limit)
{
	return proc_number(number) > limit;
}

struct kind {
	const char *name, *text;
	int column, flag; /* a word in a column, or a flag; both below 0: see kind_holds */
	uint32_t count;
};

static struct kind kinds[] = {
	{ "reserved", "never allocated: kernel image, holes", STATE, -1, 0 },
	{ "free", "on the buddy lists", STATE, -1, 0 },
	{ "kernel", "large requests and boot tables", OWNER, -1, 0 },
	{ "slab", "small objects of the kernel", OWNER, -1, 0 },
	{ "vmalloc", "kernel stacks and tables", OWNER, -1, 0 },
	{ "table", "page tables", OWNER, -1, 0 },
	{ "anon", "private pages", OWNER, -1, 0 },
	{ "object", "pages of files and shared memory", OWNER, -1, 0 },
	{ "evictable", "the policy, or the list of cached pages, knows it", STATE, -1, 0 },
	{ "used", "accessed since the policy looked last", -1, REFERENCED, 0 },
	{ "modified", "differs from its slot or source", -1, MODIFIED, 0 },
	{ "charged", "counts against frames=N", -1, CHARGED, 0 },
	{ "cached", "a clean page of a file that nobody maps", -1, CACHED, 0 },
	{ "lazy", "may go without a copy (MADV_FREE)", -1, LAZY, 0 },
	{ "pinned", "must stay where it is for now", -1, -1, 0 },
	{ "locked", "in an area that mlock keeps in memory", -1, -1, 0 },
	{ "shared", "mapped more than once", -1, -1, 0 },
	{ "swapcopy", "has a slot of its own on swap", -1, -1, 0 },
};
enum { KINDS_OF_ALL = 8 }; /* every frame is of exactly one of the first of them */

static bool kind_holds(const struct kind *k, char **w)
{
	if (k->column >= 0)
		return strcmp(w[k->column], k->name) == 0;
	if (k->flag >= 0)
		return is_flagged(w, (unsigned)k->flag);
	switch (k->name[0]) {
	case 'p':
		return above(w[PINS], 0);
	case 'l':
		return above(w[LOCKS], 0);
	}
	return strcmp(k->name, "shared") == 0 ? above(w[MAPS], 1) : above(w[SLOT], 0);
}

static struct kind *kind_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* Does "12:08049000,13:..." name the process? */
static bool maps_it(const char *mappers, uint32_t pid)
{
	for (const char *at = mappers; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (proc_number(at) == pid)
			return true;
	}
	return false;
}

/* --- the file --- */

static void frames_read_error(int got)
{
	fail("frames: /proc/frames: %s\n", error_text(got));
}

/* Give every line but the first to @visit. */
static void frames_each(void (*visit)(const char *line))
{
	static char buf[LINES * LINE];

	sys_lseek(frames_fd, LINE, SEEK_SET);
	for (;;) {
		int got = sys_read(frames_fd, buf, sizeof(buf));
		if (got < 0)
			frames_read_error(got);
		if (got < LINE)
			return;
		for (int at = 0; at + LINE <= got; at += LINE)
			visit(buf + at);
	}
}

static unsigned frames_words(const char *line, char copy[LINE + 1], char **words)
{
	memcpy(copy, line, LINE);
	copy[LINE - 1] = '\0';
	return proc_words(copy, words, WORDS);
}

static void frames_print(const char *line)
{
	int end = LINE - 1;

	while (end > 0 && line[end - 1] == ' ')
		end--;
	printf("%.*s\n", end, line);
}

static void frames_one(uint32_t pfn)
{
	char line[LINE];

	sys_lseek(frames_fd, (int)((pfn + 1) * LINE), SEEK_SET);
	int got = pfn < 0x7fffffff / LINE - 1 ? sys_read(frames_fd, line, LINE) : 0;
	if (got < 0)
		frames_read_error(got);
	if (got < LINE)
		fail("frames: %u: there is no such frame\n", pfn);
	frames_print(heading);
	frames_print(line);
}

/* --- the two ways to show --- */

static void frames_count(const char *line)
{
	char copy[LINE + 1], *words[WORDS];

	if (frames_words(line, copy, words) < WORDS)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		kinds[i].count += kind_holds(&kinds[i], words);
}

static void frames_summary(void)
{
	uint32_t all = 0;

	frames_each(frames_count);
	for (size_t i = 0; i < KINDS_OF_ALL; i++)
		all += kinds[i].count;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (i == KINDS_OF_ALL)
			printf("%-10s %8u %9u KiB  all frames; among them\n", "total", all,
			       all * KIB);
		printf("%-10s %8u %9u KiB  %s\n", kinds[i].name, kinds[i].count,
		       kinds[i].count * KIB, kinds[i].text);
	}
	printf("frames WORD... lists those that all the words fit; frames PFN shows one\n");
}

static const struct kind *filters[FILTERS_MAX];
static unsigned nfilters, matches;

static void frames_list(const char *line)
{
	char copy[LINE + 1], *words[WORDS];

	if (frames_words(line, copy, words) < WORDS ||
	    (frames_pid && !maps_it(words[MAPPERS], frames_pid)))
		return;
	for (unsigned i = 0; i < nfilters; i++)
		if (!kind_holds(filters[i], words))
			return;
	frames_print(line);
	matches++;
}

int main(int argc, char **argv, char **envp)
{
	int first = options_parse(&program, argc, argv);

	(void)envp;
	frames_fd = sys_open("/proc/frames", O_RDONLY, 0);
	if (frames_fd < 0 || sys_read(frames_fd, heading, LINE) < LINE)
		fail("frames: /proc/frames cannot be read\n");
	if (first == argc && !frames_pid) {
		frames_summary();
		return 0;
	}
	if (first < argc && argv[first][0] >= '0' && argv[first][0] <= '9') {
		frames_one(options_number(&program, argv[first]));
		return 0;
	}
	for (int i = first; i < argc && nfilters < FILTERS_MAX; i++) {
		filters[nfilters] = kind_find(argv[i]);
		if (!filters[nfilters])
			fail("frames: %s: no such kind of frame (try frames --help)\n", argv[i]);
		nfilters++;
	}
	frames_print(heading);
	frames_each(frames_list);
	printf("%u frames\n", matches);
	return 0;
}

/*
 * Touches pages in a predictable order, and nothing else that could be evicted: for
 * comparing the kernel's replacement with a textbook's, or with a simulation.
 *
 * Everything the program has (code, data, stack, and BALLAST pages so that there is a sensible
 * number of them) is locked before the test area is mapped. So with frames=N the area has exactly N
 * less the locked pages, and each touch of a page that is not there is one fault. Start state: no
 * page of the area has ever been touched. Every touch is one write of a word.
 *
 *   order LIST               the pages of LIST, as in 1,2,3,4,1,2,5
 *   random PAGES COUNT       COUNT pages; each is r mod PAGES
 *   80-20 PAGES COUNT        HOT = PAGES / 5. If r mod 10 is below 8 the next r mod HOT, else HOT
 *                            plus the next r mod (PAGES - HOT)
 *   scan PAGES COUNT         0, 1, 2 ... PAGES - 1 and again from 0
 *
 * r is the next number of xorshift (user/lib/random.h), which begins with the seed.
 */
#include "lib/string.h"
#include "user/lib/linux_signal.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { PAGE = 4096, BALLAST = 24, PAGES_MAX = 64 << 10, NR_mlockall = 152, MCL_CURRENT = 1 };

static uint32_t seed = 1;

static const struct option options[] = {
	{ "seed", &seed, NULL, "start of the random numbers" },
};

static const struct program program = {
	"pattern", "touches pages in a given order, with all else locked",
	"order LIST | random|80-20|scan PAGES COUNT", options, ARRAY_SIZE(options),
};

static volatile uint32_t ballast[BALLAST * PAGE / 4];
static volatile char *area;

static void touch(uint32_t page)
{
	*(volatile uint32_t *)(area + page * PAGE) = page + 1;
}

static uint32_t next_random(uint32_t pages)
{
	return random_next(&seed) % pages;
}

static uint32_t next_80_20(uint32_t pages)
{
	uint32_t hot = MAX(pages / 5, 1u);

	if (random_next(&seed) % 10 < 8)
		return random_next(&seed) % hot;
	return hot + random_next(&seed) % (pages - hot);
}

static uint32_t next_scan(uint32_t pages)
{
	static uint32_t i;

	return i++ % pages;
}

/* The highest number in the list; each is touched if @act. */
static uint32_t walk_list(const char *list, bool act)
{
	uint32_t highest = 0, page = 0;

	for (const char *s = list;; s++) {
		if (*s >= '0' && *s <= '9') {
			page = page * 10 + (uint32_t)(*s - '0');
			continue;
		}
		if (*s != ',' && *s != 0)
			fail("pattern: %s: not a list of pages\n", list);
		highest = MAX(highest, page);
		if (act)
			touch(page);
		page = 0;
		if (*s == 0)
			return highest;
	}
}

static void use_ballast(void)
{
	for (uint32_t i = 0; i < BALLAST; i++)
		ballast[i * PAGE / 4] = i;
}

/* Nothing but the area will be evictable. */
static void lock_and_map(uint32_t pages)
{
	if (pages == 0 || pages > PAGES_MAX)
		fail("pattern: from 1 to %u pages\n", PAGES_MAX);
	use_ballast();
	if (linux_call(NR_mlockall, MCL_CURRENT, 0, 0, 0, 0, 0) != 0)
		fail("pattern: cannot lock what there is\n");
	use_ballast(); /* a recording sees that these pages are locked now */
	area = sys_map_pages(pages * PAGE);
	if (sys_failed((const void *)area))
		fail("pattern: no memory\n");
}

static uint32_t (*pattern_find(const char *name))(uint32_t pages)
{
	static const struct {
		const char *name;
		uint32_t (*next)(uint32_t pages);
	} patterns[] = {
		{ "random", next_random },
		{ "80-20", next_80_20 },
		{ "scan", next_scan },
	};

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		if (strcmp(patterns[i].name, name) == 0)
			return patterns[i].next;
	fail("pattern: %s: no such pattern (try --help)\n", name);
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	int first = options_parse(&program, argc, argv);
	if (argc - first == 2 && strcmp(argv[first], "order") == 0) {
		lock_and_map(walk_list(argv[first + 1], false) + 1);
		walk_list(argv[first + 1], true);
	} else if (argc - first == 3 && seed != 0) {
		uint32_t (*next)(uint32_t pages) = pattern_find(argv[first]);
		uint32_t pages = options_number(&program, argv[first + 1]);
		uint32_t count = options_number(&program, argv[first + 2]);
		lock_and_map(pages);
		for (; count > 0; count--)
			touch(next(pages));
	} else {
		fail("usage: pattern %s\n", program.words);
	}
	printf("pattern: done\n");
	return 0;
}

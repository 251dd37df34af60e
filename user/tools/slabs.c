/* The kernel's object caches: how many objects, how much memory, how full. */
#include "lib/string.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/tools/procfile.h"

enum { BAR = 20, KIB = 4, WORDS = 16, USED = 1, TOTAL, SIZE, PER_SLAB, PAGES, NSLABS = 14 };

static bool slabs_all;
static const struct option options[] = {
	{ "all", NULL, &slabs_all, "caches without a slab too" },
};
static const struct program program = {
	.name = "slabs", .purpose = "the kernel's object caches and how full they are", .words = "",
	.options = options, .noptions = ARRAY_SIZE(options),
};

int main(int argc, char **argv, char **envp)
{
	char *words[WORDS], *at;
	uint32_t objects = 0, pages = 0;

	(void)envp;
	if (options_parse(&program, argc, argv) < argc)
		fail("usage: slabs [--all] (try slabs --help)\n");
	at = proc_text("slabs", "/proc/slabinfo");
	printf("cache               bytes  objects   of room  slabs     KiB  in use\n");
	for (char *line = proc_line(&at); line; line = proc_line(&at)) {
		if (*line == '#' || proc_words(line, words, WORDS) < WORDS)
			continue;
		uint32_t used = proc_number(words[USED]), room = proc_number(words[TOTAL]);
		uint32_t slabs = proc_number(words[NSLABS]);
		objects += used;
		pages += slabs * proc_number(words[PAGES]);
		if (slabs == 0 && !slabs_all)
			continue;
		printf("%-18s %6s %8u %9u %6u %7u  ", words[0], words[SIZE], used, room, slabs,
		       slabs * proc_number(words[PAGES]) * KIB);
		proc_bar(used, room, BAR);
		printf("\n");
	}
	printf("%u objects in %u KiB\n", objects, pages * KIB);
	return 0;
}

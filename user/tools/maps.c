/* The areas of a process: where, which rights, how much of it is in memory, modified, on swap. */
#include "lib/string.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/tools/procfile.h"

static const struct program program = {
	.name = "maps", .purpose = "the areas of a process, with what is resident, in KiB",
	.words = "PID",
};

struct area {
	const char *range, *rights, *name;
	uint32_t size, resident, dirty, swapped;
};

static struct area sum = { "total", "", "", 0, 0, 0, 0 };

static void area_print(const struct area *a)
{
	printf("%-17s %-4s %8u %8u %8u %8u  %s\n", a->range, a->rights, a->size, a->resident,
	       a->dirty, a->swapped, a->name);
}

static void area_close(const struct area *a)
{
	if (!a->range)
		return;
	area_print(a);
	sum.size += a->size;
	sum.resident += a->resident;
	sum.dirty += a->dirty;
	sum.swapped += a->swapped;
}

/* A heading of an area starts with a hexadecimal digit, a fact's line with a capital. */
static void maps_line(struct area *a, char *line)
{
	char *words[6];

	if (line[0] >= 'A' && line[0] <= 'Z') {
		a->size += proc_value(line, "Size");
		a->resident += proc_value(line, "Rss");
		a->dirty += proc_value(line, "Shared_Dirty") + proc_value(line, "Private_Dirty");
		a->swapped += proc_value(line, "Swap");
		return;
	}
	area_close(a);
	unsigned n = proc_words(line, words, 6);
	*a = (struct area){ .range = words[0], .rights = words[1], .name = n > 5 ? words[5] : "" };
}

int main(int argc, char **argv, char **envp)
{
	int first = options_parse(&program, argc, argv);
	struct area area = { 0 };
	char *at;

	(void)envp;
	if (argc - first != 1)
		fail("usage: maps PID (ps lists them; try maps --help)\n");
	at = proc_text_of("maps", argv[first], "smaps");
	printf("%-17s %-4s %8s %8s %8s %8s  %s\n", "addresses", "may", "size", "resident", "dirty",
	       "swap", "what");
	for (char *line = proc_line(&at); line; line = proc_line(&at))
		maps_line(&area, line);
	area_close(&area);
	area_print(&sum);
	return 0;
}

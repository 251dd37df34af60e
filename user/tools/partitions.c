/*
 * Draws the region of partitions: partitions [ORDER WORDS...], for example
 *
 *   partitions                    who lives where, holes to scale, figures
 *   partitions compact            an order first (docs/partitions.md has them all)
 *   partitions log                what was decided: who waited, went out, came in
 */
#include "lib/errno.h"
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/region.h"
#include "user/lib/runtime.h"

static struct region region;

static const char usage[] =
	"partitions: draws the region of partitions, after an order if there is one\n"
	"usage: partitions [log | ORDER]\n"
	"  log                          what was decided last: who waited, went out, came in\n"
	"  mode single | variable | fixed:SIZE+SIZE...      while no program is in it\n"
	"  fit first | best | worst     which hole a program gets\n"
	"  compact                      slide programs down until the holes are one\n"
	"  auto on | off                compact when that makes room for a program\n"
	"  move PID POSITION            rollout PID            quantum TICKS\n"
	"  system SIZE                  driver take SIZE       driver release\n";

/* Each line of the file that begins with @name, without it. */
static void print_lines(const char *name, const char *before)
{
	size_t n = strlen(name);
	for (const char *at = region.text; *at;) {
		const char *end = strchr(at, '\n');
		if (!end)
			return;
		if (strncmp(at, name, n) == 0 && at[n] == ' ')
			printf("%s%.*s\n", before, (int)(end - at - n - 1), at + n + 1);
		at = end + 1;
	}
}

static void print_all(void)
{
	printf("%s, %s fit, compaction %s\n", region.mode, region.fit,
	       strcmp(region.compaction, "on") == 0 ? "when it helps" : "by order");
	region_bar(&region);
	print_lines("waits", "  waits: KiB, pid, name, priority: ");
	print_lines("out", "  on swap: KiB, pid, name, binding, priority: ");
	printf("used %uK, lost inside (internal fragmentation) %u bytes\n",
	       region_number(&region, "used"), region_number(&region, "internal"));
	printf("free %uK, largest hole %uK, the rest (external fragmentation) %uK\n",
	       region_number(&region, "free"), region_number(&region, "largest"),
	       region_number(&region, "external"));
}

static void give_order(int argc, char **argv)
{
	char order[REGION_ORDER] = "";
	size_t used = 0;
	for (int i = 1; i < argc && used < sizeof(order); i++)
		used += (size_t)format_string(order + used, sizeof(order) - used, "%s%s",
					      i > 1 ? " " : "", argv[i]);
	int error = used < sizeof(order) ? region_order("%s", order) : -EINVAL;
	if (error == -EINVAL)
		fail("partitions: %s: %s\n%s", order, error_text(error), usage);
	if (error)
		fail("partitions: %s: %s\n", order, error_text(error));
}

static int help(void)
{
	printf("partitions: draws the region of partitions, or gives an order and draws it then\n"
	       "usage: partitions [log | ORDER]\n"
	       "  orders: mode single | variable | fixed:SIZE+SIZE...   fit first | best | worst\n"
	       "          compact   auto on | off   move PID POSITION   rollout PID\n"
	       "          quantum TICKS   system SIZE   driver take SIZE | release\n");
	return 0;
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return help();
	bool log = argc == 2 && strcmp(argv[1], "log") == 0;
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		printf("%s", usage);
		return 0;
	}
	if (argc > 1 && !log)
		give_order(argc, argv);
	int error = region_read(&region);
	if (error == -ENODEV)
		fail("partitions: there is no region; start the kernel with partitions=SIZE\n");
	if (error)
		fail("partitions: %s\n", error_text(error));
	if (log)
		print_lines("event", "");
	else
		print_all();
	return 0;
}

/*
 * What one process's scan does to another's hot pages, under each policy, with global replacement
 * and with local.
 *
 * The parent uses few pages, all of them in each of its turns. The child walks through many, so
 * many in each of its turns that globally they take every frame. Printed are the page faults of the
 * parent in so many turns, after both have warmed up: locally there is no reason for any.
 */
#include "user/demo/settings.h"
#include "user/lib/linux.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { PAGE = 4096, HOT_MAX = 256, SCAN_MAX = 1024, WARM_TURNS = 20 };

static uint32_t nhot = 16, nscan = 256, per_turn = 64, nturns = 100;
static const struct option options[] = {
	{ "hot", &nhot, NULL, "pages of the parent" },
	{ "scan", &nscan, NULL, "pages of the child" },
	{ "step", &per_turn, NULL, "of these in one turn" },
	{ "turns", &nturns, NULL, "of the parent in one measurement" },
};
static const struct program program = {
	"neighbours", "what one process's scan does to another's hot pages", "",
	options, ARRAY_SIZE(options),
};

static volatile uint8_t hot[HOT_MAX][PAGE], scan[SCAN_MAX][PAGE];

static NORETURN void scan_for_ever(void)
{
	for (uint32_t page = 0;; page = (page + 1) % nscan) {
		scan[page][0]++;
		if (page % per_turn == 0)
			sys_sched_yield();
	}
}

static void use_hot_pages(uint32_t turns)
{
	for (uint32_t turn = 0; turn < turns; turn++) {
		for (uint32_t page = 0; page < nhot; page++)
			hot[page][0]++;
		sys_sched_yield();
	}
}

static uint32_t measure(const char *replacement)
{
	setting_write(SETTING_REPLACEMENT, replacement);
	use_hot_pages(WARM_TURNS);
	uint32_t before = setting_own_faults();
	use_hot_pages(nturns);
	return setting_own_faults() - before;
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	char *policies[SETTING_NAMES_MAX];
	int child;

	options_parse(&program, argc, argv);
	if (nhot > HOT_MAX || nscan == 0 || nscan > SCAN_MAX || per_turn == 0)
		fail("neighbours: at most %u hot pages, 1 to %u others\n", HOT_MAX, SCAN_MAX);
	setting_policies(policies);
	child = sys_fork();
	if (child < 0)
		fail("neighbours: fork: %s\n", error_text(child));
	if (child == 0)
		scan_for_ever();
	printf("faults on %u hot pages in %u turns, beside a scan of %u\n", nhot, nturns, nscan);
	printf("%-16s %8s %8s\n", "policy", "global", "local");
	for (char **name = policies; *name != NULL; name++) {
		setting_write(SETTING_POLICY, *name);
		uint32_t global = measure("global");
		printf("%-16s %8u %8u\n", *name, global, measure("local"));
	}
	sys_kill(child, SIGKILL);
	sys_waitpid(child, NULL, 0);
	return 0;
}

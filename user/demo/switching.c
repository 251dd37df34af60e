/*
 * Memory in use while the kernel changes its replacement policy, again and again.
 *
 * A parent and a child use pages in an order of their own, each word holding what it must. After
 * every so many faults of its own the parent writes the next policy's name to /proc/sys/vm/policy,
 * and now and then goes from global to local replacement or back. In the end both check all pages.
 */
#include "user/demo/settings.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { PAGE = 4096, PAGES_MAX = 1024, LOOK_EVERY = 16, LOCAL_EVERY = 5 };

static uint32_t npages = 160, faults_wanted = 20000, faults_between = 100;
static const struct option options[] = {
	{ "pages", &npages, NULL, "pages of each process" },
	{ "faults", &faults_wanted, NULL, "faults of the parent until it ends" },
	{ "every", &faults_between, NULL, "faults from switch to switch" },
};
static const struct program program = {
	"switching", "uses memory while the replacement policy changes under it", "",
	options, ARRAY_SIZE(options),
};

static uint8_t pages[PAGES_MAX][PAGE];
static uint32_t words[PAGES_MAX]; /* what each page holds */
static char *policies[SETTING_NAMES_MAX];
static uint32_t npolicies, switches;

static void switch_policy(void)
{
	setting_write(SETTING_POLICY, policies[switches % npolicies]);
	switches++;
	if (switches % LOCAL_EVERY == 0)
		setting_write(SETTING_REPLACEMENT,
			      switches / LOCAL_EVERY % 2 ? "local" : "global");
}

/* False: the page does not hold what was written to it. */
static bool use_page(uint32_t random)
{
	uint32_t page = random % npages;
	uint32_t *word = (uint32_t *)pages[page] + page % (PAGE / 4);

	if (*word != words[page])
		return false;
	if (random & 0x10000) {
		*word = random;
		words[page] = random;
	}
	return true;
}

static uint32_t use_pages(uint32_t *state, uint32_t uses)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < uses; i++)
		wrong += !use_page(random_next(state));
	return wrong;
}

static uint32_t check_pages(void)
{
	uint32_t wrong = 0;

	for (uint32_t page = 0; page < npages; page++)
		wrong += ((uint32_t *)pages[page])[page % (PAGE / 4)] != words[page];
	return wrong;
}

static uint32_t run_child(void)
{
	uint32_t state = 2;
	uint32_t wrong = use_pages(&state, faults_wanted);

	return wrong + check_pages();
}

static uint32_t run_parent(void)
{
	uint32_t state = 1;
	uint32_t wrong = 0, faults = 0, start = setting_own_faults();

	while (faults < faults_wanted) {
		wrong += use_pages(&state, LOOK_EVERY);
		faults = setting_own_faults() - start;
		if (faults >= (switches + 1) * faults_between)
			switch_policy();
	}
	return wrong + check_pages();
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	int status, child;

	options_parse(&program, argc, argv);
	if (npages == 0 || npages > PAGES_MAX || faults_between == 0)
		fail("switching: 1 to %u pages, at least 1 fault between switches\n", PAGES_MAX);
	npolicies = setting_policies(policies);
	child = sys_fork();
	if (child < 0)
		fail("switching: fork: %s\n", error_text(child));
	if (child == 0)
		return run_child() ? 1 : 0;
	uint32_t wrong = run_parent();
	sys_waitpid(child, &status, 0);
	wrong += status != 0;
	printf("switching: %u pages of two processes, %u switches, %u wrong\n", npages, switches,
	       wrong);
	return wrong ? 1 : 0;
}

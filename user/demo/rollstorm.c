/*
 * Processes rolled out and in, again and again, at moments that look random.
 *
 * More programs than the region holds: some tallies that fill their partitions with numbers, and
 * check and change them without end. The dispatcher rolls them out and in as their quanta pass;
 * in between this program orders some of them out, compacts, and changes the fit, at random times.
 * When enough has been rolled in and out every tally is told to end and reports whether all its
 * numbers were right; and the swap area has as many free slots as before.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "user/demo/tally_child.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/region.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { NCHILDREN = 6, TEXT_MAX = 1024, MICROSECOND = 1000 };

static uint32_t times = 1000, seed = 1;

static const struct option options[] = {
	{ "times", &times, NULL, "how many times something comes in again" },
	{ "seed", &seed, NULL, "start of the random numbers" },
};

static const struct program program = {
	"rollstorm", "rolls processes out and in at random times", "", options, ARRAY_SIZE(options),
};

static struct tally_child children[NCHILDREN];
static struct region region;

static void start(struct tally_child *c)
{
	char wish[32];
	format_string(wish, sizeof(wish), "size=%uK", 300 + 4 * (random_next(&seed) % 100));
	tally_start(c, "/bin/tally-low", wish);
}

/* The number behind @name in a file of /proc; 0: it is not there. */
static uint32_t read_number(const char *path, const char *name)
{
	char text[TEXT_MAX];
	size_t length = strlen(name);
	uint32_t number = 0;
	int fd = sys_open(path, O_RDONLY, 0);
	int n = fd < 0 ? fd : sys_read(fd, text, sizeof(text) - 1);
	sys_close(fd);
	text[n > 0 ? n : 0] = 0;
	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, name, length) != 0) {
			if (!*at)
				break;
			continue;
		}
		for (at += length; *at == ' ' || *at == '\t'; at++)
			;
		for (; *at >= '0' && *at <= '9'; at++)
			number = number * 10 + (uint32_t)(*at - '0');
		return number;
	}
	return 0;
}

static uint32_t count_rolled_in(void)
{
	uint32_t sum = 0;
	for (unsigned i = 0; i < NCHILDREN; i++) {
		char path[40];
		format_string(path, sizeof(path), "/proc/%d/partition", children[i].pid);
		sum += read_number(path, "rolled_in ");
	}
	return sum;
}

/* Orders may fail: one that is out already cannot be rolled out, and moving needs room. */
static void disturb(uint32_t random)
{
	static const char *const fits[] = { "first", "best", "worst" };
	if (random % 16 == 0)
		(void)region_order("compact");
	else if (random % 16 == 1)
		(void)region_order("fit %s", fits[random / 16 % 3]);
	else if (random % 16 == 2)
		(void)region_order("quantum %u", 1 + random / 16 % 6);
	else
		(void)region_order("rollout %d", children[random / 16 % NCHILDREN].pid);
}

static int finish(void)
{
	int wrong = 0;
	for (unsigned i = 0; i < NCHILDREN; i++)
		tally_stop(&children[i]);
	for (unsigned i = 0; i < NCHILDREN; i++)
		wrong += tally_wait(&children[i]) != 0;
	return wrong;
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	options_parse(&program, argc, argv);
	if (region_read(&region) < 0)
		fail("rollstorm: there are no partitions\n");
	uint32_t before = read_number("/proc/meminfo", "SwapFree:"), rolled = 0;
	for (unsigned i = 0; i < NCHILDREN; i++)
		start(&children[i]);
	while (rolled < times) {
		sys_nanosleep(0, random_next(&seed) % 10000 * MICROSECOND);
		disturb(random_next(&seed));
		rolled = count_rolled_in();
	}
	int wrong = finish();
	uint32_t after = read_number("/proc/meminfo", "SwapFree:");
	(void)region_order("quantum 20");
	(void)region_order("fit first");
	printf("rollstorm: %u times out and in, %d of %d images damaged, %u KiB of swap lost\n",
	       rolled, wrong, NCHILDREN, before - after);
	return wrong != 0 || before != after;
}

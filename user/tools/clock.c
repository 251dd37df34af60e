/*
 * The replacement policy's hand and the frames around it, in the policy's order. With the clock the
 * hand looks at a frame: if it was used (R) since the hand last passed, it is spared; else it is
 * evicted.
 */
#include "lib/string.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/tools/procfile.h"

enum { NEIGHBOURS = 8, WORDS = 6 };

static uint32_t clock_around = NEIGHBOURS;
static const struct option options[] = {
	{ "around", &clock_around, NULL, "frames to show on either side, up to 24" },
};
static const struct program program = {
	.name = "clock", .purpose = "where the policy's hand stands, and what is around it",
	.words = "", .options = options, .noptions = ARRAY_SIZE(options),
};

static void clock_line(char *line)
{
	char *words[WORDS];

	if (proc_words(line, words, WORDS) < WORDS)
		return;
	uint32_t distance = proc_number(words[0] + 1);
	if (distance > clock_around)
		return;
	printf("%s %5s %8s  %s%s%s  %s\n", distance ? "    " : "--->", words[0], words[1],
	       words[2][0] == 'R' ? "used     " : "not used ",
	       words[2][1] == 'M' ? "modified " : "clean    ",
	       strcmp(words[3], "0") == 0 ? "        " : "pinned  ", words[5]);
}

int main(int argc, char **argv, char **envp)
{
	char *at, *words[2];

	(void)envp;
	if (options_parse(&program, argc, argv) < argc)
		fail("usage: clock [--around=N] (try clock --help)\n");
	at = proc_text("clock", "/proc/clock");
	proc_words(proc_line(&at), words, 2);
	printf("policy %s", words[1]);
	proc_words(proc_line(&at), words, 2);
	printf(", which chooses among %s frames\n", words[1]);
	proc_words(proc_line(&at), words, 2);
	if (words[1][0] == '-') {
		printf("it has no hand: no frames yet, or a policy without an order to show\n");
		return 0;
	}
	printf(words[0][0] == 'h' ? "The arrow is its hand:\n"
				  : "It has queues; the arrow is where the first one begins:\n");
	printf("     place    frame  since it was looked at     mapped at (pid:address)\n");
	for (char *line = proc_line(&at); line; line = proc_line(&at))
		clock_line(line);
	return 0;
}

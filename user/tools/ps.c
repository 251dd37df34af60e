/*
 * Every process: its number, its parent's, its state, what it has in memory and on swap, its
 * faults, its command line. Sizes are in KiB.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/heap.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/tools/procfile.h"

enum { COMMAND_MAX = 40, STAT_WORDS = 24, STAT_MINOR = 7, STAT_MAJOR = 9 };

static const struct program program = {
	.name = "ps", .purpose = "lists processes with their memory, in KiB, and their faults",
	.words = "",
};

/* NUL to blank, as far as there is room. */
static void command_of(const char *pid, const char *status, char command[COMMAND_MAX])
{
	char path[48];
	int error;
	format_string(path, sizeof(path), "/proc/%s/cmdline", pid);
	char *words = proc_read_text(path, &error);

	if (words && *words) {
		size_t n = 0;
		for (; n < COMMAND_MAX - 1 && (words[n] || words[n + 1]); n++)
			command[n] = words[n] ? words[n] : ' ';
		command[n] = '\0';
	} else { /* Name:\tthe name */
		const char *name = strchr(status, '\t'), *end = strchr(status, '\n');
		format_string(command, COMMAND_MAX, "(%.*s)", (int)(end - name - 1), name + 1);
	}
	free(words);
}

static void ps_line(const char *pid, void *context)
{
	char path[48], command[COMMAND_MAX], *words[STAT_WORDS];
	int error;

	(void)context;
	format_string(path, sizeof(path), "/proc/%s/status", pid);
	char *status = proc_read_text(path, &error);
	format_string(path, sizeof(path), "/proc/%s/stat", pid);
	char *stat = proc_read_text(path, &error);
	/* It may have ended since it was listed. The name in brackets may hold blanks. */
	char *behind = stat ? strrchr(stat, ')') : NULL;
	if (status && behind && proc_words(behind + 1, words, STAT_WORDS) == STAT_WORDS) {
		command_of(pid, status, command);
		printf("%5s %5u %s %8u %8u %8u %8s %8s  %s\n", pid, proc_value(status, "PPid"),
		       words[0], proc_value(status, "VmSize"), proc_value(status, "VmRSS"),
		       proc_value(status, "VmSwap"), words[STAT_MINOR], words[STAT_MAJOR],
		       command);
	}
	free(status);
	free(stat);
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	/* Words such as "aux" are what people are used to type. */
	(void)options_parse(&program, argc, argv);
	printf("%5s %5s %s %8s %8s %8s %8s %8s  %s\n", "PID", "PPID", "S", "VSZ", "RSS", "SWAP",
	       "MINFLT", "MAJFLT", "COMMAND");
	proc_each(ps_line, NULL);
	return 0;
}

/* The swap area: how full, what went through it, and whose pages are there. */
#include "lib/format.h"
#include "user/lib/heap.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/tools/procfile.h"

enum { BAR = 50, KIB = 4 };

static const struct program program = {
	.name = "swap", .purpose = "the swap area: slots in use, traffic, and whose pages they are",
	.words = "",
};

static void swap_of(const char *pid, void *context)
{
	char path[48], *words[2];
	int error;
	uint32_t *known = context;

	format_string(path, sizeof(path), "/proc/%s/status", pid);
	char *status = proc_read_text(path, &error), *at = status;
	uint32_t pages = status ? proc_value(status, "VmSwap") / KIB : 0;
	if (pages && proc_words(proc_line(&at), words, 2) == 2) {
		printf("  %5s %-16s %8u slots\n", pid, words[1], pages);
		*known += pages;
	}
	free(status);
}

int main(int argc, char **argv, char **envp)
{
	uint32_t known = 0;

	(void)envp;
	if (options_parse(&program, argc, argv) < argc)
		fail("usage: swap (try swap --help)\n");
	char *memory = proc_text("swap", "/proc/meminfo"), *events = proc_text("swap",
									       "/proc/vmstat");
	uint32_t total = proc_value(memory, "SwapTotal") / KIB;
	uint32_t used = total - proc_value(memory, "SwapFree") / KIB;
	if (total == 0) {
		printf("no swap area (the launcher's --swap SIZE gives one)\n");
		return 0;
	}
	proc_bar(used, total, BAR);
	printf(" %u of %u slots\n", used, total);
	printf("pages read from swap %u, written to swap %u\n", proc_value(events, "pswpin"),
	       proc_value(events, "pswpout"));
	proc_each(swap_of, &known);
	printf("entries of processes name %u slots; a slot may have several entries, or none:\n"
	       "files' pages, and copies of pages that are in memory\n", known);
	return 0;
}

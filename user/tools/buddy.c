/* The buddy allocator's free blocks, drawn: a line an order, a bar as long as the memory in it. */
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/tools/procfile.h"

enum { ORDERS = 11, WORDS = 4 + ORDERS, BAR = 40, KIB = 4 };

static const struct program program = {
	.name = "buddy", .purpose = "free blocks of memory by size, drawn", .words = "",
};

int main(int argc, char **argv, char **envp)
{
	char *words[WORDS], *at;
	uint32_t blocks[ORDERS], free_pages = 0, largest = 0;

	(void)envp;
	if (options_parse(&program, argc, argv) < argc)
		fail("usage: buddy (try buddy --help)\n");
	at = proc_text("buddy", "/proc/buddyinfo");
	if (proc_words(proc_line(&at), words, WORDS) < WORDS)
		fail("buddy: /proc/buddyinfo: not in the format known\n");
	for (unsigned order = 0; order < ORDERS; order++) {
		blocks[order] = proc_number(words[4 + order]);
		free_pages += blocks[order] << order;
		if (blocks[order])
			largest = KIB << order;
	}
	printf("order  block KiB  free blocks       KiB  of all that is free\n");
	for (unsigned order = 0; order < ORDERS; order++) {
		printf("%5u %10u %12u %9u  ", order, KIB << order, blocks[order],
		       (blocks[order] << order) * KIB);
		proc_bar(blocks[order] << order, free_pages, BAR);
		printf("\n");
	}
	printf("%u KiB free, the largest block has %u KiB\n", free_pages * KIB, largest);
	return 0;
}

/*
 * System calls whose buffers are on swap, or shared after fork: the kernel must fetch or copy the
 * page as a touch would, and must not write into a page that another process shares.
 */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { PAGES = 200 };

static char *memory;

/* Send each page through a pipe into another page, over two pages' border. */
static uint32_t pages_through_pipe(const int ends[2])
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i + 2 < PAGES; i += 3) {
		char *from = memory + i * PAGE, *to = memory + (i + 1) * PAGE + 100;
		memset(from, (char)i, PAGE);
		if (sys_write(ends[1], from, PAGE) != PAGE || sys_read(ends[0], to, PAGE) != PAGE)
			wrong++;
	}
	for (uint32_t i = 0; i + 2 < PAGES; i += 3)
		wrong += !bytes_are(memory + (i + 1) * PAGE + 100, PAGE, (char)i);
	return wrong;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	int ends[2];

	sys_pipe(ends);
	memory = pages_private(PAGES);
	printf("through a pipe: %u wrong\n", pages_through_pipe(ends));

	/* The child lets the kernel write into pages it shares with the parent. */
	memset(memory, 'p', PAGES * PAGE);
	int pid = sys_fork();
	if (pid == 0) {
		uint32_t wrong = 0;
		for (uint32_t i = 0; i < PAGES; i++) {
			sys_write(ends[1], "child", 5);
			sys_read(ends[0], memory + i * PAGE + 7, 5);
		}
		for (uint32_t i = 0; i < PAGES; i++)
			wrong += memcmp(memory + i * PAGE + 6, "pchildp", 7) != 0;
		sys_exit(wrong ? 1 : 0);
	}
	int status;
	sys_waitpid(pid, &status, 0);
	show_status("a child that reads into shared pages", status);
	show_truth("the parent's are unchanged", bytes_are(memory, PAGES * PAGE, 'p'));
	return 0;
}

/* After fork both sides, and the grandchildren, have their own copy of everything. */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { PAGES = 32, HALF = PAGES * PAGE / 2 };

static char *memory;
static char data[PAGE] = { 1 };
static char zeroes[PAGE];

static void child_sees(void)
{
	show_truth("child sees the parent's pages", bytes_are(memory, PAGES * PAGE, 'p'));
}

static void grandchild(void)
{
	show_truth("grandchild sees the child's pages", bytes_are(memory, HALF, 'c'));
	show_truth("and behind them the parent's", bytes_are(memory + HALF, HALF, 'p'));
	memset(memory, 'g', PAGES * PAGE);
	data[0] = zeroes[0] = 3;
}

static void child_writes(void)
{
	memset(memory, 'c', HALF);
	data[0] = zeroes[0] = 2;
	show_child("grandchild", grandchild);
	show_truth("child keeps its own", bytes_are(memory, HALF, 'c'));
	show_truth("child keeps the rest", bytes_are(memory + HALF, HALF, 'p'));
	show_truth("child keeps its data", data[0] == 2 && zeroes[0] == 2);
}

/* The parent changes its pages while the child waits for it to have done so. */
static void test_parent_writes(void)
{
	int go[2];
	sys_pipe(go);

	int pid = sys_fork();
	if (pid == 0) {
		char c;
		sys_read(go[0], &c, 1);
		show_truth("child does not see what the parent writes later",
			   bytes_are(memory, PAGES * PAGE, 'p'));
		exit(0);
	}
	memset(memory, 'q', PAGES * PAGE);
	sys_write(go[1], "x", 1);
	sys_waitpid(pid, NULL, 0);
	show_truth("parent sees it", bytes_are(memory, PAGES * PAGE, 'q'));
	sys_close(go[0]);
	sys_close(go[1]);
}

static void read_page(void)
{
	show_truth("a page nobody touched is zero for the child", bytes_are(memory, PAGE, 0));
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	memory = pages_private(PAGES);
	show_child("first child", read_page);
	memset(memory, 'p', PAGES * PAGE);
	show_child("second child", child_sees);
	show_child("third child", child_writes);
	show_truth("parent keeps its own", bytes_are(memory, PAGES * PAGE, 'p'));
	show_truth("parent keeps its data", data[0] == 1 && zeroes[0] == 0);
	test_parent_writes();
	return 0;
}

/* The heap's end: it moves by bytes, memory appears in zeroed pages and goes away with them. */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static char *start;

static void touch_end(void)
{
	*(volatile char *)ROUND_UP(sys_brk(0), (uintptr_t)PAGE) = 1;
}

static void touch_first(void)
{
	*(volatile char *)start = 1;
}

static bool moves_to(char *end)
{
	return sys_brk((uintptr_t)end) == (uintptr_t)end;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	start = (char *)sys_brk(0);

	show_truth("asked twice, the same answer", sys_brk(0) == (uintptr_t)start);
	show_truth("grows by 100 pages", moves_to(start + 100 * PAGE));
	show_truth("new memory is zero", bytes_are(start, 100 * PAGE, 0));
	memset(start, 7, 100 * PAGE);
	show_truth("holds what is written", bytes_are(start, 100 * PAGE, 7));
	show_truth("grows by a byte", moves_to(start + 100 * PAGE + 1));
	show_truth("which is a whole page", bytes_are(start + 100 * PAGE, PAGE, 0));
	show_truth("shrinks to 10 pages", moves_to(start + 10 * PAGE));
	show_truth("the rest is unharmed", bytes_are(start, 10 * PAGE, 7));
	show_child("touching behind the end", touch_end);
	show_truth("grows again", moves_to(start + 20 * PAGE));
	show_truth("memory that comes back is zero", bytes_are(start + 10 * PAGE, 10 * PAGE, 0));
	show_truth("below its start it does not go",
		   sys_brk((uintptr_t)start - PAGE) == (uintptr_t)start + 20 * PAGE);
	show_truth("nor to the top of memory",
		   sys_brk(0xfffff000) == (uintptr_t)start + 20 * PAGE);
	show_truth("nor beyond it", sys_brk(0xffffffff) == (uintptr_t)start + 20 * PAGE);
	show_truth("shrinks to nothing", moves_to(start));
	show_child("touching the empty heap", touch_first);

	char *wall = sys_mmap(start + 50 * PAGE, PAGE, PROT_READ,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	show_truth("a mapping in the way", wall == start + 50 * PAGE);
	show_truth("grows up to before it", moves_to(start + 49 * PAGE));
	show_truth("not over it",
		   sys_brk((uintptr_t)start + 51 * PAGE) == (uintptr_t)start + 49 * PAGE);
	return 0;
}

/*
 * What a program finds in its memory: initialised data as in the file, zeroes behind it up to the
 * end of .bss and of its last page, zeroes in fresh memory and a fresh heap. And nothing of what
 * another process has left in the frames it gets.
 */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { MARKED_PAGES = 300 };

static char odd_data[PAGE + 123] = { 'd', 'a', 't', 'a' };
static char odd_bss[3 * PAGE + 77];

extern char _edata[], _end[], __bss_start[];

static void leave_marks(void)
{
	memset(pages_private(MARKED_PAGES), 0x5a, MARKED_PAGES * PAGE);
	uintptr_t heap = sys_brk(0);
	sys_brk(heap + MARKED_PAGES * PAGE);
	memset((void *)heap, 0x5a, MARKED_PAGES * PAGE);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	show_truth("data begins as it should", memcmp(odd_data, "data", 4) == 0);
	show_truth("and goes on with zeroes", bytes_are(odd_data + 4, sizeof(odd_data) - 4, 0));
	show_truth("bss is zero", bytes_are(odd_bss, sizeof(odd_bss), 0));
	char *end = (char *)ROUND_UP((uintptr_t)_end, (uintptr_t)PAGE);
	show_truth("so is the rest of its last page", bytes_are(_end, (size_t)(end - _end), 0));
	show_child("another process leaves marks", leave_marks);

	char *fresh = pages_private(MARKED_PAGES);
	show_truth("fresh memory is zero", bytes_are(fresh, MARKED_PAGES * PAGE, 0));
	uintptr_t heap = sys_brk(0);
	sys_brk(heap + 64 * PAGE);
	show_truth("a fresh heap is zero", bytes_are((char *)heap, 64 * PAGE, 0));
	memset(odd_bss, 1, sizeof(odd_bss));
	odd_data[sizeof(odd_data) - 1] = 1;
	show_truth("both can be written",
		   odd_bss[sizeof(odd_bss) - 1] + odd_data[sizeof(odd_data) - 1] == 2);
	return 0;
}

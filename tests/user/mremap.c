/*
 * mremap: what is refused, and a range that only shrinks, which may go over several areas.
 */
#include "tests/user/testing.h"
#include "user/lib/linux.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { MAYMOVE = 1, FIXED = 2, UNKNOWN = 8 };

static char *base;

static long remap(char *old, size_t old_size, size_t new_size, int flags, char *to)
{
	return linux_call(NR_mremap, (long)old, old_size, new_size, flags, (long)to, 0);
}

static void touch_page_1(void) { ((volatile char *)base)[PAGE] = 1; }

static void test_refusals(void)
{
	show("an unknown flag", remap(base, PAGE, PAGE, UNKNOWN, base));
	show("fixed that may not move", remap(base, PAGE, PAGE, FIXED, base));
	show("an odd address", remap(base + 1, PAGE, PAGE, MAYMOVE, base));
	show("to nothing", remap(base, PAGE, 0, MAYMOVE, base));
	show("growing over two areas", remap(base, 4 * PAGE, 5 * PAGE, MAYMOVE, base));
}

static void test_shrinking(void)
{
	base[0] = 'a';
	show_truth("shrinking over two areas", remap(base, 4 * PAGE, PAGE, 0, base) == (long)base);
	show_truth("the first page is there", base[0] == 'a');
	show_child("the second is not", touch_page_1);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	base = pages_private(4);
	show("another area from page 2 on", sys_mprotect(base + 2 * PAGE, 2 * PAGE, PROT_READ));
	test_refusals();
	test_shrinking();
	return 0;
}

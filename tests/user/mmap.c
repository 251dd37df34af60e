/*
 * mmap2 and munmap: where mappings go, which are refused, and what is left when a piece is taken
 * away.
 */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { SHARED_VALIDATE = 3, GROWSDOWN = 0x100 };
enum { ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS, READ_WRITE = PROT_READ | PROT_WRITE };

static char *base;

static long map_at(char *at, size_t size, int flags)
{
	return (long)sys_mmap(at, size, READ_WRITE, flags, -1, 0);
}

static void show_map(const char *what, long result)
{
	show(what, result >= -4095 && result < 0 ? result : 0);
}

static void touch_page(unsigned page)
{
	((volatile char *)base)[page * PAGE] = 1;
}

static void touch_0(void) { touch_page(0); }
static void touch_2(void) { touch_page(2); }
static void touch_4(void) { touch_page(4); }

static void test_refusals(void)
{
	show_map("length 0", map_at(NULL, 0, ANONYMOUS));
	show_map("all of memory", map_at(NULL, 0xfffff000, ANONYMOUS));
	show_map("a length that wraps", map_at(NULL, 0xffffffff, ANONYMOUS));
	show_map("fixed at an odd address", map_at(base + 1, PAGE, ANONYMOUS | MAP_FIXED));
	show_map("fixed above user memory",
		 map_at((char *)0xfffff000, PAGE, ANONYMOUS | MAP_FIXED));
	show_map("neither private nor shared", map_at(NULL, PAGE, MAP_ANONYMOUS));
	show_map("shared and validated, of no file",
		 map_at(NULL, PAGE, MAP_ANONYMOUS | SHARED_VALIDATE));
	show_map("shared and growing down",
		 map_at(NULL, PAGE, MAP_ANONYMOUS | MAP_SHARED | GROWSDOWN));
	show_map("a file that is not open",
		 (long)sys_mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 99, 0));
	show_map("no-replace over a mapping", map_at(base, PAGE, ANONYMOUS | MAP_FIXED_NOREPLACE));
	show("unmap length 0", sys_munmap(base, 0));
	show("unmap an odd address", sys_munmap(base + 1, PAGE));
	show("unmap above user memory", sys_munmap((char *)0xfffff000, PAGE));
	show("unmap beyond the end", sys_munmap(base, 0xfffff000));
}

static void test_pieces(void)
{
	for (unsigned page = 0; page < 5; page++)
		memset(base + page * PAGE, 'a' + (char)page, PAGE);
	show("unmap the middle page", sys_munmap(base + 2 * PAGE, 1));
	show_truth("the pages below are unharmed", bytes_are(base + PAGE, PAGE, 'b'));
	show_truth("the pages above are unharmed", bytes_are(base + 3 * PAGE, PAGE, 'd'));
	show_child("touching the hole", touch_2);
	show("unmap the hole again", sys_munmap(base + 2 * PAGE, PAGE));
	char *hole = base + 2 * PAGE;
	show_truth("no-replace into the hole",
		   map_at(hole, PAGE, ANONYMOUS | MAP_FIXED_NOREPLACE) == (long)hole);
	show_truth("which is zero", bytes_are(base + 2 * PAGE, PAGE, 0));
	show("unmap the first page", sys_munmap(base, PAGE));
	show_child("touching it", touch_0);
	show("unmap the last page", sys_munmap(base + 4 * PAGE, PAGE));
	show_child("touching it", touch_4);
	show_truth("fixed over what is left",
		   map_at(base, 5 * PAGE, ANONYMOUS | MAP_FIXED) == (long)base);
	show_truth("all of it is new", bytes_are(base, 5 * PAGE, 0));
}

static void test_hints(void)
{
	show("unmap everything", sys_munmap(base, 5 * PAGE));
	show_truth("a free hint is taken", map_at(base, PAGE, ANONYMOUS) == (long)base);
	long other = map_at(base, PAGE, ANONYMOUS);
	show_truth("a taken hint is not", other != (long)base);
	show_map("but there is room elsewhere", other);
	long odd = map_at(base + PAGE + 5, PAGE, ANONYMOUS);
	show_truth("an odd hint gives whole pages", (odd & (PAGE - 1)) == 0);
	char *low = (char *)0x20000000;
	show_truth("a hint far away is taken", map_at(low, PAGE, ANONYMOUS) == (long)low);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	base = pages_private(5);
	show_truth("new memory is zero", bytes_are(base, 5 * PAGE, 0));
	test_refusals();
	test_pieces();
	test_hints();
	return 0;
}

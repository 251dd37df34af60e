/*
 * Descriptors that a program may have: 32-bit data segments. Code and 16-bit segments must be
 * refused.
 */
#include "tests/user/signalling.h"
#include "user/lib/thread.h"

enum { CONTENTS_CODE = 4, READ_ONLY = 8, NOT_PRESENT = 32 };

static uint32_t first;

static void show_set(const char *what, uint32_t number, uint32_t flags)
{
	struct user_desc d = { number, 0x1000, 0xfff, flags };

	show(what, call(NR_set_thread_area, (long)&d, 0, 0, 0));
}

static void show_get(const char *what, uint32_t number)
{
	struct user_desc d = { number, 1, 1, 0 };
	long result = call(NR_get_thread_area, (long)&d, 0, 0, 0);

	show(what, result);
	if (result == 0)
		printf("base %x limit %x flags %x\n", d.base_addr, d.limit, d.flags);
}

/* A null selector, and one of an entry that is empty, name nothing. */
static void use_null(void)
{
	thread_load_selector(0);
	thread_own();
}

static void use_empty(void)
{
	thread_load_selector((first + 2) * 8 + 3);
	thread_own();
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	struct user_desc d = { UINT32_MAX, 0x12345678, 0xabcde, USER_DESC_32BIT | USER_DESC_PAGES };

	show("any entry", call(NR_set_thread_area, (long)&d, 0, 0, 0));
	first = d.entry_number;
	show_get("as it was set", first);
	show_get("an empty one", first + 1);
	show_get("below the first", first - 1);
	show_get("above the last", first + 3);
	show_set("below the first", first - 1, USER_DESC_32BIT);
	show_set("above the last", first + 3, USER_DESC_32BIT);
	show_set("16 bits", first + 1, 0);
	show_set("code", first + 1, USER_DESC_32BIT | CONTENTS_CODE);
	show_set("not present", first + 1, USER_DESC_32BIT | NOT_PRESENT);
	show_set("read-only", first + 1, USER_DESC_32BIT | READ_ONLY | USER_DESC_USEABLE);
	show_get("as it was set", first + 1);
	show("no memory", call(NR_set_thread_area, 4, 0, 0, 0));
	show_child("a null selector", use_null);
	show_child("an empty entry", use_empty);
	return 0;
}

/*
 * Registers: zero when a program starts, and unchanged by system calls except for the result. Fault
 * handling may not change them either: they are compared after first touches of pages.
 */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

/* eax, ecx, edx, ebx, ebp, esi, edi as the kernel left them at the entry, and esp. */
extern uint32_t registers_at_entry[8];
/* Bits of the registers that number @number changed; bit 7: a flag. */
uint32_t registers_changed(long number, long argument);
/* The same for a touch of @address. */
uint32_t registers_changed_by_touch(volatile char *address);

static void test_entry(void)
{
	static const char *const names[] = { "eax", "ecx", "edx", "ebx", "ebp", "esi", "edi" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		printf("%s at the entry: %u\n", names[i], registers_at_entry[i]);
	show_truth("stack aligned to 16 bytes", registers_at_entry[7] % 16 == 0);
}

static void test_calls(void)
{
	static const long numbers[] = {
		NR_getpid, NR_getppid, NR_sched_yield, NR_brk, NR_close, NR_dup, NR_waitpid,
		0, -1, 400000,
	};
	uint32_t changed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		changed |= registers_changed(numbers[i], 9999);
	printf("changed by system calls: %x\n", changed);
}

static void test_touches(void)
{
	char *p = pages_private(16);
	uint32_t changed = 0;

	for (int i = 0; i < 16; i++)
		changed |= registers_changed_by_touch(p + i * PAGE);
	int pid = sys_fork();
	for (int i = 0; i < 16; i++)
		changed |= registers_changed_by_touch(p + i * PAGE);
	if (pid == 0)
		sys_exit(changed != 0);
	int status;
	sys_waitpid(pid, &status, 0);
	printf("changed by faults: %x, in the child: %x\n", changed, (unsigned)status);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	test_entry();
	test_calls();
	test_touches();
	return 0;
}

/*
 * Failing on purpose.
 *
 * A test runner that calls everything a success is worse than none. Each of these ends a run in a
 * way that a careless runner mistakes for success: QEMU ends with status 0 after a triple fault, an
 * unfinished plan exits with success, a hang prints nothing wrong.
 */
#include "kernel/failtest.h"

#include "drivers/debug_exit.h"
#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "kernel/procfs/proc.h"
#include "kernel/x86/cpu.h"
#include "lib/base.h"
#include "lib/errno.h"
#include "lib/string.h"

/* @address, hidden from the compiler. */
static uint32_t failtest_address(uint32_t address)
{
	volatile uint32_t hidden = address;
	return hidden;
}

static void failtest_panic(void)
{
	panic("test=panic");
}

/* Recurses until the stack overflows. */
static unsigned failtest_recurse(unsigned depth)
{
	volatile unsigned local[4];
	local[0] = depth;
	if (local[0] == UINT32_MAX) /* never, but the compiler cannot tell */
		return 0;
	return failtest_recurse(depth + 1) + local[0];
}

static void failtest_stack_overflow(void)
{
	(void)failtest_recurse(0);
}

/* A member of a structure behind a NULL pointer. */
static void failtest_null_write(void)
{
	volatile uint32_t *member = (uint32_t *)failtest_address(0x10);
	*member = 1;
}

static void failtest_code_write(void)
{
	volatile uint8_t *code = (uint8_t *)failtest_address((uint32_t)failtest_run);
	*code = 0;
}

/* No gate, no double-fault gate: the CPU resets. */
static void failtest_triple_fault(void)
{
	static const uint32_t no_gates[2];
	cpu_load_idt(no_gates, sizeof(no_gates));
	*(volatile uint32_t *)0 = 0;
}

static void failtest_hang(void)
{
	for (;;)
		cpu_wait();
}

/* Three tests planned, one run, then exit with the status of success but no record. */
static void failtest_lost_plan(void)
{
	static const char text[] = "KTAP version 1\n1..3\nok 1 failtest_lost_plan\n";
	log_write(text, sizeof(text) - 1);
	machine_stop(MACHINE_PASSED);
}

static int failtest_crash(void)
{
	failtest_null_write();
	return 0;
}

void failtest_run(const char *name)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} tests[] = {
		{ "panic", failtest_panic }, { "stack_overflow", failtest_stack_overflow },
		{ "triple_fault", failtest_triple_fault }, { "hang", failtest_hang },
		{ "lost_plan", failtest_lost_plan }, { "null_write", failtest_null_write },
		{ "code_write", failtest_code_write },
	};
	for (unsigned i = 0; i < ARRAY_SIZE(tests); i++)
		if (strcmp(tests[i].name, name) == 0)
			tests[i].run();
	if (strcmp(name, "sysrq") == 0)
		proc_crash = failtest_crash;
}

/*
 * The limits of segments, tried from user mode: /bin/segprobe runs a case, and the exception that
 * ended it must be the right one. Twelve probes; eight of them need a CPU that compares limits,
 * which QEMU's emulation does not: there they are skipped. The other four are about loading a
 * selector and trap everywhere. Then the end of code, in each way to get across it.
 *
 * Each case does first what is allowed right up to the limit; a program that cannot do that ends
 * with a status and no exception, which fails the test.
 */
#include "kernel/proc/signal.h"
#include "kernel/selftest.h"
#include "kernel/x86/trap_frame.h"
#include "tests/kernel/emulator.h"
#include "tests/kernel/program.h"

enum { ENTRY_LAST = SEGMENT_TLS_FIRST + SEGMENT_NTLS - 1 };
/* The program begins there; see expand_down below. */
#define PROGRAM_START 0x08048000u

static struct program_end probe_run(const char *name, const struct segment_tls *tls)
{
	return program_run(&(struct program_run){ "/bin/segprobe", name, tls });
}

/* The case @name must end by exception @vector with error code @error. */
static void probe_traps(const char *name, const struct segment_tls *tls, uint32_t vector,
			uint32_t error)
{
	struct program_end end = probe_run(name, tls);
	EXPECT_EQ(end.status, SIGSEGV);
	EXPECT_EQ(end.vector, vector);
	EXPECT_EQ(end.error, error);
}

/* A limit's case: the CPU gives no error code. */
static void probe_limit(const char *name, uint32_t vector)
{
	if (!emulator_ignores_limits())
		probe_traps(name, NULL, vector, 0);
}

/* Thread-local entries with one descriptor, in the last, that no program could make itself. */
static void probe_descriptor(struct segment_tls tls[SEGMENT_NTLS], uint32_t last_page,
			     unsigned flags)
{
	for (unsigned i = 0; i < SEGMENT_NTLS; i++)
		tls[i] = (struct segment_tls){ { 0, 0 } };
	EXPECT_EQ(segment_make_tls(&tls[SEGMENT_NTLS - 1], 0, last_page,
				   SEGMENT_TLS_PAGES | flags), 0);
}

/* --- the twelve --- */

SELFTEST(segment_probe_01_beyond_the_limit)
{
	probe_limit("beyond", TRAP_GENERAL);
}

SELFTEST(segment_probe_02_across_the_limit)
{
	probe_limit("straddle", TRAP_GENERAL);
}

SELFTEST(segment_probe_03_beyond_a_limit_in_pages)
{
	probe_limit("pages", TRAP_GENERAL);
}

SELFTEST(segment_probe_04_write_to_read_only_data)
{
	probe_limit("read-only", TRAP_GENERAL);
}

SELFTEST(segment_probe_05_null_selector)
{
	probe_limit("null", TRAP_GENERAL);
}

SELFTEST(segment_probe_06_below_an_expand_down_segment)
{
	struct segment_tls tls[SEGMENT_NTLS];
	if (emulator_ignores_limits())
		return;
	probe_descriptor(tls, (PROGRAM_START >> PAGE_SHIFT) - 1, SEGMENT_TLS_EXPAND_DOWN);
	probe_traps("expand-down", tls, TRAP_GENERAL, 0);
}

SELFTEST(segment_probe_07_beyond_the_code_segment)
{
	probe_limit("code", TRAP_GENERAL);
}

SELFTEST(segment_probe_08_across_the_stack_segment)
{
	probe_limit("stack", TRAP_STACK);
}

SELFTEST(segment_probe_09_not_present)
{
	struct segment_tls tls[SEGMENT_NTLS];
	probe_descriptor(tls, 0, SEGMENT_TLS_ABSENT);
	probe_traps("not-present", tls, TRAP_NOT_PRESENT, ENTRY_LAST * 8);
}

SELFTEST(segment_probe_10_outside_the_table)
{
	probe_traps("outside", NULL, TRAP_GENERAL, 0x7ff8);
}

SELFTEST(segment_probe_11_the_kernels_data_segment)
{
	probe_traps("kernel", NULL, TRAP_GENERAL, 0x68);
}

SELFTEST(segment_probe_12_a_read_only_stack)
{
	probe_traps("stack-read-only", NULL, TRAP_GENERAL, SEGMENT_TLS_FIRST * 8);
}

/* --- the end of code --- */

SELFTEST(segment_code_ends_before_heap_and_maps)
{
	probe_limit("heap", TRAP_GENERAL);
	probe_limit("map", TRAP_GENERAL);
}

SELFTEST(segment_code_can_not_be_returned_to_on_the_stack)
{
	probe_limit("return", TRAP_GENERAL);
}

SELFTEST(segment_code_limit_follows_mprotect_at_once)
{
	probe_limit("protect", TRAP_GENERAL);
}

SELFTEST(segment_code_can_not_run_off_its_end)
{
	probe_limit("run-off", TRAP_GENERAL);
	probe_limit("half", TRAP_GENERAL);
}

SELFTEST(segment_code_can_not_be_entered_by_a_signal)
{
	probe_limit("handler", TRAP_GENERAL);
}

SELFTEST(segment_code_may_be_made_at_run_time)
{
	EXPECT_EQ(probe_run("compiler", NULL).status, 0);
}

/* The kernel must not use the data selectors that it finds: an access by a null one traps. */
SELFTEST(segment_registers_of_a_program_do_not_reach_the_kernel)
{
	EXPECT_EQ(probe_run("no-data", NULL).status, 0);
}

/*
 * Self-tests that run inside the kernel.
 *
 * Tests are entries of the linker's section .selftests; each file in tests/kernel adds its own.
 * They run in the boot context, before any process, and print KTAP on the console: a plan, then a
 * line for each. The runner outside believes them only if the plan is complete and the RESULT
 * record says so.
 *
 * A test also fails if it leaks anything: frames, slots and slab objects are counted before and
 * after it, with caches dropped, and every module's invariants are checked (kernel_check).
 * Source: the kernel documentation of Linux, dev-tools/ktap.
 */
#include "kernel/selftest.h"

#include <stdarg.h>

#include "kernel/base/log.h"
#include "kernel/check.h"
#include "kernel/watch/result.h"
#include "lib/format.h"
#include "lib/string.h"

enum { SELFTEST_REASON = 160 };

extern const struct selftest selftests_start[], selftests_end[];

/* Of the running test. */
static unsigned selftest_failures;
static char selftest_reason[SELFTEST_REASON];
static const char *selftest_skipped;

static void selftest_sink(void *context, const char *text, size_t n)
{
	(void)context;
	log_write(text, n);
}

/* One line, which no log level hides. */
PRINTF_LIKE(1, 2) static void selftest_print(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	format_to(selftest_sink, NULL, fmt, args);
	va_end(args);
	log_write("\n", 1);
}

void selftest_fail(const char *file, int line, const char *fmt, ...)
{
	char what[SELFTEST_REASON];
	va_list args;
	va_start(args, fmt);
	format_string_v(what, sizeof(what), fmt, args);
	va_end(args);
	if (selftest_failures == 0)
		format_string(selftest_reason, sizeof(selftest_reason), "%s:%d: %s", file, line,
			      what);
	else
		selftest_print("# %s:%d: %s", file, line, what);
	selftest_failures++;
}

void selftest_skip(const char *reason)
{
	selftest_skipped = reason;
}

void selftest_note(const char *fmt, ...)
{
	char text[SELFTEST_REASON];
	va_list args;
	va_start(args, fmt);
	format_string_v(text, sizeof(text), fmt, args);
	va_end(args);
	selftest_print("# %s", text);
}

static void selftest_compare(const char *what, uint32_t before, uint32_t after)
{
	if (before != after)
		selftest_fail(__FILE__, __LINE__, "%s: %u before the test, %u after it", what,
			      before, after);
}

/* True: it passed, or was skipped. */
static bool selftest_run_one(const struct selftest *test, unsigned number)
{
	selftest_failures = 0;
	selftest_skipped = NULL;
	struct result_ledger before = result_ledger_now();
	test->run();
	struct result_ledger after = result_ledger_now();
	selftest_compare("frames", before.frames, after.frames);
	selftest_compare("slots", before.slots, after.slots);
	selftest_compare("objects", before.objects, after.objects);
	kernel_check();
	if (selftest_failures)
		selftest_print("not ok %u %s # %s", number, test->name, selftest_reason);
	else if (selftest_skipped)
		selftest_print("ok %u %s # SKIP %s", number, test->name, selftest_skipped);
	else
		selftest_print("ok %u %s", number, test->name);
	return selftest_failures == 0;
}

static bool selftest_chosen(const struct selftest *test, const char *glob)
{
	return !glob || !*glob || string_match(glob, test->name);
}

void selftest_run(const char *glob)
{
	unsigned planned = 0, passed = 0, failed = 0;
	for (const struct selftest *t = selftests_start; t < selftests_end; t++)
		planned += selftest_chosen(t, glob);
	selftest_print("KTAP version 1");
	selftest_print("1..%u", planned);
	result_begin();
	for (const struct selftest *t = selftests_start; t < selftests_end; t++) {
		if (!selftest_chosen(t, glob))
			continue;
		if (selftest_run_one(t, passed + failed + 1))
			passed++;
		else
			failed++;
	}
	result_selftest(passed, failed);
}

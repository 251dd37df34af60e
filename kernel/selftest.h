/*
 * Self-tests that run inside the kernel: KTAP on the console, judged by the RESULT record.
 * Theory in selftest.c. Context: boot.
 */
#ifndef KERNEL_SELFTEST_H
#define KERNEL_SELFTEST_H

#include "lib/base.h"

struct selftest {
	const char *name;
	void (*run)(void);
};

/* SELFTEST(what_must_hold) { ... }: found by the linker's section, run in its order. */
#define SELFTEST(test)                                                                             \
	static void selftest_##test(void);                                                         \
	static const struct selftest selftest_entry_##test                                         \
		__attribute__((section(".selftests"), used, aligned(4))) = { #test,                \
									     selftest_##test };    \
	static void selftest_##test(void)

/*
 * Run those whose name matches @glob (* and ?; NULL: all), print KTAP, write the RESULT record,
 * power off.
 */
NORETURN void selftest_run(const char *glob);

/* Record a failure of the running test; the first one is its reason. */
void selftest_fail(const char *file, int line, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Mark the running test as skipped; the caller returns then. */
void selftest_skip(const char *reason);
/* One KTAP diagnostic line. */
void selftest_note(const char *fmt, ...) PRINTF_LIKE(1, 2);

#define EXPECT(cond) ((cond) ? (void)0 : selftest_fail(__FILE__, __LINE__, "%s", #cond))
#define EXPECT_EQ(actual, expected)                                                                \
	do {                                                                                       \
		long expect_a = (long)(actual), expect_b = (long)(expected);                       \
		if (expect_a != expect_b)                                                          \
			selftest_fail(__FILE__, __LINE__, "%s is %ld, not %s (%ld)", #actual,      \
				      expect_a, #expected, expect_b);                              \
	} while (0)
/* As EXPECT, but leave the test function when it fails. */
#define REQUIRE(cond) \
	do { \
		if (!(cond)) { \
			selftest_fail(__FILE__, __LINE__, "%s", #cond); \
			return; \
		} \
	} while (0)

#endif

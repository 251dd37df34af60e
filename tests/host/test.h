/*
 * Tests of the kernel's code on the host.
 *
 *     TEST(clock_spares_a_page_in_use)
 *     {
 *             sim_start(64);
 *             CHECK(condition);
 *             CHECK_EQ(frame_stats.free, 64);
 *             CHECK_PANIC("freed twice", frame_free(f));
 *     }
 *
 * Each test runs in a process of its own, so none sees what another has left behind, and a crash,
 * a panic or a sanitizer's report fails one test. The first failed check ends its test.
 * A test program takes patterns (* and ?) of test names as arguments: none means all. With -d the
 * tests run in the program's own process, one after the other, for a debugger.
 */
#ifndef TESTS_HOST_TEST_H
#define TESTS_HOST_TEST_H

#include "lib/base.h"

struct test_case {
	const char *name;
	void (*run)(void);
	struct test_case *next;
};
void test_add(struct test_case *test);

#define TEST(name) \
	static void name(void); \
	static struct test_case test_case_##name = { #name, name, NULL }; \
	__attribute__((constructor)) static void test_add_##name(void) \
	{ \
		test_add(&test_case_##name); \
	} \
	static void name(void)

#define CHECK(x) ((x) ? (void)0 : test_fail(__FILE__, __LINE__, "%s", #x))
/* Integers; both values are printed when they differ. */
#define CHECK_EQ(a, b) \
	test_check_equal(__FILE__, __LINE__, #a, #b, (unsigned long long)(a), \
			 (unsigned long long)(b))
#define CHECK_STR(a, b) test_check_string(__FILE__, __LINE__, #a, a, b)
/*
 * The statement must end in a panic (or a failed ASSERT) whose message contains @text. It runs in a
 * copy of the process, so the state here is as it was before.
 */
#define CHECK_PANIC(text, ...) \
	do { \
		if (test_panic_begin()) { \
			__VA_ARGS__; \
			test_panic_end(); \
		} \
		test_panic_check(__FILE__, __LINE__, text); \
	} while (0)

NORETURN void test_fail(const char *file, int line, const char *fmt, ...) PRINTF_LIKE(3, 4);
void test_check_equal(const char *file, int line, const char *a, const char *b,
		      unsigned long long x, unsigned long long y);
void test_check_string(const char *file, int line, const char *what, const char *is,
		       const char *expected);

/* Pseudo-random, the same in every run; each test starts anew. The variable TEST_SEED: others. */
uint32_t test_random(void);
/* Below @limit (> 0). */
uint32_t test_random_below(uint32_t limit);

/* CHECK_PANIC's parts. True in the copy. */
bool test_panic_begin(void);
NORETURN void test_panic_end(void);
void test_panic_check(const char *file, int line, const char *text);

/* Called first in the copy that CHECK_PANIC makes: the simulated machine gets RAM of its own. */
extern void (*test_on_copy)(void);

#endif

/*
 * The runner of the host tests, and panic and log as the host has them.
 *
 * Every test is a child process that ends with status 0 exactly if nothing failed. A statement that
 * must panic runs in a child of that child, whose panic sends its message back through a pipe: so
 * nothing has to be unwound, and no check is weakened by what the damaged state would do next.
 */
#include "tests/host/test.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "lib/assert.h"
#include "lib/string.h"

enum { TEST_TIMEOUT_SECONDS = 60, TEST_PANICKED = 42, TEST_MESSAGE_MAX = 512 };

static struct test_case *test_first;
static struct test_case **test_link = &test_first;
static uint32_t test_state;
static int test_panic_pipe[2] = { -1, -1 };
static pid_t test_panic_child;
void (*test_on_copy)(void);

void test_add(struct test_case *test)
{
	*test_link = test;
	test_link = &test->next;
}

uint32_t test_random(void)
{
	/* Marsaglia's xorshift, 32 bits. */
	test_state ^= test_state << 13;
	test_state ^= test_state >> 17;
	test_state ^= test_state << 5;
	return test_state;
}

uint32_t test_random_below(uint32_t limit)
{
	return (uint32_t)((uint64_t)test_random() * limit >> 32);
}

/* The current test has failed: end its process. */
static NORETURN void test_exit_failed(void)
{
	fflush(stdout);
	exit(1);
}

void test_fail(const char *file, int line, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	printf("# %s:%d: failed: ", file, line);
	vprintf(fmt, args);
	printf("\n");
	va_end(args);
	test_exit_failed();
}

void test_check_equal(const char *file, int line, const char *a, const char *b,
		      unsigned long long x, unsigned long long y)
{
	if (x != y)
		test_fail(file, line, "%s == %s: %lld (0x%llx) and %lld (0x%llx)", a, b,
			  (long long)x, x, (long long)y, y);
}

void test_check_string(const char *file, int line, const char *what, const char *is,
		       const char *expected)
{
	if (strcmp(is, expected) != 0)
		test_fail(file, line, "%s: is \"%s\", expected \"%s\"", what, is, expected);
}

bool test_panic_begin(void)
{
	fflush(stdout);
	if (pipe(test_panic_pipe) != 0)
		test_fail(__FILE__, __LINE__, "no pipe");
	test_panic_child = fork();
	if (test_panic_child != 0)
		return false;
	close(test_panic_pipe[0]);
	if (test_on_copy)
		test_on_copy();
	return true;
}

/* In a build that counts lines: write the counts, as _exit does not. */
void __gcov_dump(void) __attribute__((weak));

static NORETURN void test_leave(int status)
{
	if (__gcov_dump)
		__gcov_dump();
	_exit(status);
}

void test_panic_end(void)
{
	test_leave(0);
}

void test_panic_check(const char *file, int line, const char *text)
{
	char message[TEST_MESSAGE_MAX] = "";
	size_t length = 0;
	ssize_t n;
	close(test_panic_pipe[1]);
	while ((n = read(test_panic_pipe[0], message + length, sizeof(message) - 1 - length)) > 0)
		length += (size_t)n;
	close(test_panic_pipe[0]);
	test_panic_pipe[0] = -1;
	test_panic_pipe[1] = -1;
	int status;
	if (waitpid(test_panic_child, &status, 0) != test_panic_child)
		test_fail(file, line, "lost the child");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != TEST_PANICKED)
		test_fail(file, line, "no panic (status 0x%x), expected \"%s\"", status, text);
	if (!strstr(message, text))
		test_fail(file, line, "panic \"%s\", expected \"%s\"", message, text);
}

/* The kernel's panic: expected, it goes back to CHECK_PANIC, else it fails the test. */
static NORETURN void test_panicked(const char *message)
{
	if (test_panic_pipe[1] >= 0 && test_panic_child == 0) {
		if (write(test_panic_pipe[1], message, strlen(message)) < 0)
			test_leave(1);
		test_leave(TEST_PANICKED);
	}
	printf("# panic: %s\n", message);
	fflush(stdout);
	abort(); /* the debugger, or the sanitizer, shows where */
}

void panic(const char *fmt, ...)
{
	char message[TEST_MESSAGE_MAX];
	va_list args;
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	test_panicked(message);
}

void assert_fail(const char *expression, const char *file, int line)
{
	panic("%s:%d: ASSERT(%s)", file, line, expression);
}

void log_line(enum log_level level, const char *fmt, ...)
{
	if (level > LOG_WARN)
		return;
	va_list args;
	va_start(args, fmt);
	printf("# ");
	vprintf(fmt, args);
	printf("\n");
	va_end(args);
}

/* Leaks are the kernel ledgers' matter; children of a test end in the middle of things. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0:handle_abort=1:allow_user_poisoning=1";
}

static void test_run(const struct test_case *test)
{
	const char *seed = getenv("TEST_SEED");
	test_state = seed ? (uint32_t)strtoul(seed, NULL, 0) | 1 : 2463534242u;
	test->run();
}

static bool test_run_apart(const struct test_case *test)
{
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		alarm(TEST_TIMEOUT_SECONDS);
		test_run(test);
		fflush(stdout);
		exit(0);
	}
	int status;
	if (waitpid(child, &status, 0) != child)
		return false;
	if (WIFSIGNALED(status))
		printf("# ended by signal %d (%s)\n", WTERMSIG(status),
		       strsignal(WTERMSIG(status)));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool test_wanted(const struct test_case *test, int npatterns, char **patterns)
{
	for (int i = 0; i < npatterns; i++) {
		if (string_match(patterns[i], test->name))
			return true;
	}
	return npatterns == 0;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *program = slash ? slash + 1 : argv[0];
	bool apart = argc < 2 || strcmp(argv[1], "-d") != 0;
	int first = apart ? 1 : 2;
	unsigned number = 0;
	unsigned failed = 0;
	for (struct test_case *test = test_first; test; test = test->next) {
		if (!test_wanted(test, argc - first, argv + first))
			continue;
		bool passed = true;
		if (apart)
			passed = test_run_apart(test);
		else
			test_run(test);
		number++;
		failed += !passed;
		printf("%s %u %s\n", passed ? "ok" : "not ok", number, test->name);
	}
	printf("1..%u\n%s %s: %u passed, %u failed\n", number, failed ? "FAIL" : "PASS", program,
	       number - failed, failed);
	return failed || (number == 0 && argc == first);
}

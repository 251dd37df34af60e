/*
 * execve: what the new program gets, what it keeps, and which files are no programs. Runs itself
 * with a first argument that says what to do.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static const char *self;

static char marker[] = "unchanged";

/* The program that was executed: prints what it got. */
static int run_as(int argc, char **argv, char **envp)
{
	if (strcmp(argv[1], "print") == 0) {
		for (int i = 0; i < argc; i++)
			printf("argv[%d] = \"%s\"\n", i, i ? argv[i] : "itself");
		for (int i = 0; envp[i]; i++)
			printf("envp[%d] = \"%s\"\n", i, envp[i]);
		printf("its data: %s\n", marker);
		return 5;
	}
	if (strcmp(argv[1], "count") == 0) {
		size_t bytes = 0;
		for (int i = 0; i < argc; i++)
			bytes += i ? strlen(argv[i]) : 0;
		printf("%d arguments, %u bytes\n", argc - 1, (unsigned)bytes);
		return 0;
	}
	if (strcmp(argv[1], "fds") == 0) {
		show("the open one", sys_fcntl(10, F_GETFD, 0));
		show("the close-on-exec one", sys_fcntl(11, F_GETFD, 0));
		return 0;
	}
	show_truth("aligned stack", ((uintptr_t)argv & 3) == 0);
	show_truth("AT_PAGESZ", runtime_auxv_value(AT_PAGESZ) == PAGE);
	show_truth("AT_PHNUM", runtime_auxv_value(AT_PHNUM) > 0);
	show_truth("AT_RANDOM", runtime_auxv_value(AT_RANDOM) != 0);
	show_truth("AT_EXECFN", runtime_auxv_value(AT_EXECFN) != 0);
	const uint8_t *phdr = (const uint8_t *)runtime_auxv_value(AT_PHDR);
	show_truth("AT_PHDR follows the file's header", memcmp(phdr - 52, "\177ELF", 4) == 0);
	return 0;
}

static void exec_print(void)
{
	char *argv[] = { (char *)self, (char *)"print", (char *)"", (char *)"two words", NULL };
	char *envp[] = { (char *)"A=1", (char *)"EMPTY=", NULL };

	marker[0] = 'X';
	sys_execve(self, argv, envp);
}

static void exec_with(const char *word)
{
	char *argv[] = { (char *)self, (char *)word, NULL };
	char *envp[] = { NULL };

	show("exec", sys_execve(self, argv, envp));
}

static void exec_auxv(void) { exec_with("auxv"); }

static void exec_fds(void)
{
	sys_dup2(1, 10);
	sys_dup2(1, 11);
	sys_fcntl(11, F_SETFD, FD_CLOEXEC);
	exec_with("fds");
}

static void exec_many(void)
{
	enum { MANY = 1000 };
	static char words[MANY][48];
	static char *argv[MANY + 3];
	char *envp[] = { NULL };

	argv[0] = (char *)self;
	argv[1] = (char *)"count";
	for (int i = 0; i < MANY; i++) {
		format_string(words[i], sizeof(words[i]), "argument %030d", i);
		argv[i + 2] = words[i];
	}
	sys_execve(self, argv, envp);
}

/* One argument of @size bytes, its NUL included, @times times. */
static void exec_large(size_t size, unsigned times)
{
	static char *argv[64];
	char *envp[] = { NULL }, *text = pages_private(size / PAGE + 1);

	memset(text, 'x', size - 1);
	argv[0] = (char *)self;
	argv[1] = (char *)"count";
	for (unsigned i = 0; i < times; i++)
		argv[i + 2] = text;
	show("exec", sys_execve(self, argv, envp));
}

static void exec_largest(void) { exec_large(128 * 1024, 1); }
static void exec_too_large(void) { exec_large(128 * 1024 + 1, 1); }
static void exec_twelve(void) { exec_large(128 * 1024, 12); }
static void exec_too_many(void) { exec_large(128 * 1024, 17); }

static void show_exec(const char *what, const char *path, char **argv)
{
	char *envp[] = { NULL };

	show(what, sys_execve(path, argv, envp));
}

static void test_errors(void)
{
	char *argv[] = { (char *)"x", NULL };
	char *bad[] = { (char *)"x", (char *)8, NULL };

	show_exec("no such file", "/no/such/file", argv);
	show_exec("an empty name", "", argv);
	show_exec("a folder", "/", argv);
	show_exec("a file as a folder", "/etc/motd/x", argv);
	show_exec("not executable", "/etc/motd", argv);
	show_exec("a device", "/dev/null", argv);
	show_exec("a bad path", (const char *)8, argv);
	show_exec("bad arguments", self, (char **)8);
	show_exec("a bad argument", self, bad);
	show_truth("still the same program", strcmp(marker, "unchanged") == 0);
}

/* Executable files that are no programs: user.mk makes them. */
static void test_formats(void)
{
	char *argv[] = { (char *)"x", NULL };

	show_exec("an empty file", "/tests/data/empty", argv);
	show_exec("a text", "/tests/data/text", argv);
	show_exec("four bytes of a program", "/tests/data/elf-cut", argv);
	show_exec("a header of zeroes", "/tests/data/elf-zeroes", argv);
}

int main(int argc, char **argv, char **envp)
{
	self = argv[0];
	if (argc > 1)
		return run_as(argc, argv, envp);
	show_child("print", exec_print);
	show_child("auxv", exec_auxv);
	show_child("descriptors", exec_fds);
	show_child("many arguments", exec_many);
	show_child("one of 128 KiB", exec_largest);
	show_child("one that is larger", exec_too_large);
	show_child("twelve large ones", exec_twelve);
	show_child("seventeen, 2 MiB and more", exec_too_many);
	test_errors();
	test_formats();
	return 0;
}

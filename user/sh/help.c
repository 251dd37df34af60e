/*
 * The text that the command "help" prints: what there is to run, by kind, then what the shell
 * understands. Only programs that are really in /bin are named; those the table does not know come
 * last, without a description.
 */
#include "user/sh/help.h"
#include "lib/base.h"
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/directory.h"
#include "user/lib/print.h"
#include "user/lib/syscall.h"

static const struct {
	const char *name, *text; /* without a text: a heading */
} programs[] = {
	{ "Larger than their memory", NULL },
	{ "matrix", "multiplies two matrices, naively or in blocks" },
	{ "pagesort", "sorts random numbers and verifies the order" },
	{ "hashtable", "inserts, finds and deletes a hundred thousand keys" },
	{ "bigprog", "a megabyte of code and data, all of it used" },
	{ "forkstorm", "generations of processes that share and copy pages" },
	{ "touchpages", "touches pages one kind of access at a time" },
	{ "Meant to die, or to survive", NULL },
	{ "stackgrow", "recursion: the stack grows, or overflows" },
	{ "nullderef", "reads through a NULL pointer" },
	{ "probe", "tries every corner of the 4 GiB it must not touch" },
	{ "hostile", "random system calls, int n for every n, wild jumps" },
	{ "Measuring", NULL },
	{ "bench", "what a system call, a fault and a fork cost" },
	{ "Small tools", NULL },
	{ "args", "prints what a program gets: argv, envp, auxv" },
	{ "cat", "copies files to standard output" },
	{ "echo", "prints its arguments" },
	{ "hello", "says hello" },
	{ "kill", "sends a signal to a process" },
	{ "ls", "lists a folder" },
	{ "sleep", "waits some seconds" },
	{ "true", "exit status 0" },
	{ "false", "exit status 1" },
	{ "uname", "names the system" },
	{ "wc", "counts lines, words and bytes" },
	{ "sh", "this shell" },
};

static const char shell_text[] =
	"The shell\n"
	"  program args...   runs it; try PROGRAM --help\n"
	"  a | b   a > file   a < file   a 2>&1   a && b   a || b   a ; b\n"
	"  a &               in the background; jobs, wait, kill PID\n"
	"  cd, pwd, exit [n], $? (the last status), 'quotes', \"quotes\", # comment\n"
	"  keys: arrows, ^A ^E ^U ^W ^K ^L, Tab completes, ^C stops a program, ^D leaves\n";

static bool in_bin(const char *name)
{
	char path[64];
	struct stat64 st;

	format_string(path, sizeof(path), "/bin/%s", name);
	return sys_stat(path, &st) == 0;
}

static bool in_table(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (programs[i].text && strcmp(programs[i].name, name) == 0)
			return true;
	return false;
}

/* The other programs of /bin, in one paragraph. */
static void help_print_rest(void)
{
	struct directory dir;
	bool any = false;

	if (directory_open(&dir, "/bin") < 0)
		return;
	for (const struct dirent64 *e = directory_next(&dir); e; e = directory_next(&dir)) {
		if (e->name[0] == '.' || in_table(e->name))
			continue;
		printf("%s%s", any ? " " : "Also in /bin\n  ", e->name);
		any = true;
	}
	directory_close(&dir);
	if (any)
		printf("\n");
}

void help_print(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		if (!programs[i].text)
			printf("%s\n", programs[i].name);
		else if (in_bin(programs[i].name))
			printf("  %-16s  %s\n", programs[i].name, programs[i].text);
	}
	help_print_rest();
	printf("%s", shell_text);
}

/*
 * The text that the command "help" prints: what there is to run, by kind, then what the shell
 * understands. Only programs that are really in /bin are named; those the table does not know come
 * last, without a description.
 */
#include "lib/base.h"
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/directory.h"
#include "user/lib/print.h"
#include "user/lib/syscall.h"
#include "user/sh/help.h"

enum { REST_MAX = 24 };

struct description {
	const char *name, *text; /* without a text: a heading */
};

static const struct description programs[] = {
	{ "Larger than their memory", NULL },
	{ "matrix", "multiplies two matrices, naively or in blocks" },
	{ "pagesort", "sorts random numbers and verifies the order" },
	{ "hashtable", "inserts, finds and deletes random keys" },
	{ "bigprog", "a megabyte of code and data, all of it used" },
	{ "forkstorm", "generations of processes that share and copy pages" },
	{ "tally", "fills memory with numbers and checks them" },
	{ "phases", "works in phases, each on memory of its own" },
	{ "pattern", "touches pages in an order that can be foretold" },
	{ "thrash", "processes that each need their own pages" },
	{ "touchpages", "touches pages one kind of access at a time" },
	{ "neighbours", "what one process's scan does to another's hot pages" },
	{ "switching", "uses memory while the replacement policy changes" },
	{ "Under base and limit (partitions=SIZE)", NULL },
	{ "partition", "runs a program in a partition: try tally-low, tally-pie" },
	{ "partitions", "draws the region, gives orders" },
	{ "rollstorm", "rolls whole processes out and in at random times" },
	{ "beyond", "writes beyond its limit" },
	{ "Meant to die, or to survive", NULL },
	{ "stackgrow", "recursion: the stack grows, or overflows" },
	{ "nullderef", "reads through a NULL pointer" },
	{ "probe", "tries every corner of the 4 GiB it must not touch" },
	{ "segprobe", "the limits of its segments, which Bochs checks" },
	{ "hostile", "random system calls, int n for every n, wild jumps" },
	{ "Watching memory (a PID is a number from ps, or self)", NULL },
	{ "free", "memory and swap: total, used, free" },
	{ "ps", "processes with their memory and faults" },
	{ "maps", "PID: its areas, and what is resident of each" },
	{ "walk", "PID ADDRESS: how the MMU translates it, bit by bit" },
	{ "frames", "what each physical frame is used for" },
	{ "buddy", "free blocks by size, drawn" },
	{ "slabs", "the kernel's object caches" },
	{ "swap", "the swap area, and whose pages are there" },
	{ "clock", "the policy's hand and what is around it" },
	{ "policy", "which page replacement is in force; NAME: another one" },
	{ "memmap", "every frame as a letter; --watch goes on, --screen on VGA" },
	{ "demo", "NAME: guided demonstrations; without a name lists them" },
	{ "Measuring", NULL },
	{ "bench", "what a system call, a fault and a fork cost" },
	{ "hierarchy", "registers, caches, memory, swap: sizes and costs" },
};

static const struct description tools[] = {
	{ "args", "prints argv, envp, auxv" },
	{ "cat", "copies files" },
	{ "echo", "prints its arguments" },
	{ "false", "exit status 1" },
	{ "hello", "says hello" },
	{ "kill", "sends a signal" },
	{ "ls", "lists a folder" },
	{ "sh", "this shell" },
	{ "sleep", "waits some seconds" },
	{ "true", "exit status 0" },
	{ "uname", "names the system" },
	{ "wc", "counts lines, words, bytes" },
};

static const char shell_text[] =
	"The shell\n"
	"  a | b   a > file   a < file   a 2>&1   a && b   a || b   a ; b\n"
	"  'text'  \"text\"  $? (the last exit status)  $NAME  # comment\n"
	"  a &  runs in the background: jobs, wait [PID], kill PID;  cd, pwd, exec, exit [N]\n"
	"  keys: arrows, ^A ^E ^U ^W ^K ^L, Tab completes, ^C stops a program, ^D leaves\n"
	"Try PROGRAM --help.\n";

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
	for (size_t i = 0; i < ARRAY_SIZE(tools); i++)
		if (strcmp(tools[i].name, name) == 0)
			return true;
	return false;
}

/* The other programs of /bin, in one paragraph; not more than a few lines of them. */
static void help_print_rest(void)
{
	struct directory dir;
	unsigned count = 0;

	if (directory_open(&dir, "/bin") < 0)
		return;
	for (const struct dirent64 *e = directory_next(&dir); e; e = directory_next(&dir)) {
		bool listed_by_demo = strncmp(e->name, "demo-", 5) == 0;
		if (e->name[0] == '.' || listed_by_demo || in_table(e->name))
			continue;
		const char *before = count == 0 ? "Also in /bin\n  " : count % 8 ? " " : "\n  ";
		if (count < REST_MAX)
			printf("%s%s", before, e->name);
		count++;
	}
	directory_close(&dir);
	if (count > 0)
		printf(count > REST_MAX ? " ...\n" : "\n");
}

static void help_print_programs(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		if (!programs[i].text)
			printf("%s\n", programs[i].name);
		else if (in_bin(programs[i].name))
			printf("  %-12s%s\n", programs[i].name, programs[i].text);
	}
}

/* In two columns. */
static void help_print_tools(void)
{
	unsigned shown = 0;

	printf("Small tools\n");
	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		if (!in_bin(tools[i].name))
			continue;
		bool left = shown % 2 == 0;
		printf(left ? "  %-8s%-28s" : "%-8s%s\n", tools[i].name, tools[i].text);
		shown++;
	}
	if (shown % 2)
		printf("\n");
}

void help_print(void)
{
	help_print_programs();
	help_print_tools();
	help_print_rest();
	printf("%s", shell_text);
}

/* Guided demonstrations: lists them, or runs one by its name, which is /bin/demo-NAME. */
#include "lib/errno.h"
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/directory.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static const struct program program = {
	.name = "demo", .purpose = "runs a guided demonstration; without a name lists them",
	.words = "[NAME [ARGS...]]",
};

static const struct {
	const char *name, *text;
} known[] = {
	{ "clock", "which pages the policy keeps, and which it sends to swap" },
	{ "cow", "fork shares pages; the first write copies one" },
	{ "paging", "from a logical to a physical address, by hand and by the MMU" },
	{ "partitions", "contiguous memory: base, limit, holes, compaction" },
	{ "residency", "a program finds out where its pages are, and moves them" },
	{ "thrash", "more working sets than memory" },
};

static const char *text_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].text;
	return "";
}

static int demo_list(void)
{
	static const char prefix[] = "demo-";
	const size_t length = sizeof(prefix) - 1;
	struct directory dir;
	int error = directory_open(&dir, "/bin");

	if (error < 0)
		fail("demo: /bin: %s\n", error_text(error));
	for (const struct dirent64 *e = directory_next(&dir); e; e = directory_next(&dir))
		if (strncmp(e->name, prefix, length) == 0)
			printf("demo %-12s %s\n", e->name + length, text_of(e->name + length));
	directory_close(&dir);
	return 0;
}

int main(int argc, char **argv, char **envp)
{
	int first = options_parse(&program, argc, argv), error;
	char path[64];

	if (first == argc)
		return demo_list();
	if (strchr(argv[first], '/') || strlen(argv[first]) > 40)
		fail("demo: %s: no such demonstration (demo lists them)\n", argv[first]);
	format_string(path, sizeof(path), "/bin/demo-%s", argv[first]);
	error = sys_execve(path, argv + first, envp);
	if (error == -ENOENT)
		fail("demo: %s: no such demonstration (demo lists them)\n", argv[first]);
	fail("demo: %s: %s\n", path, error_text(error));
}

/*
 * Runs a program in a partition, under base and limit, instead of paged memory.
 *
 * What to ask for goes to /proc/self/partition; the execve that follows does it. Waits until there
 * is room, first come, first served.
 */
#include "lib/errno.h"
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { WISH_MAX = 64, PROGRAM_PATH_MAX = 256 };

static const char usage[] =
	"partition: runs a program in a partition, under base and limit, instead of paged memory\n"
	"usage: partition [OPTION...] PROGRAM [ARGUMENTS...]\n"
	"  --size SIZE       of the partition (the program, 64K of heap, 64K of stack)\n"
	"  --bind load|exec  when a movable program gets its addresses (exec: it may move)\n"
	"  --priority N      -100 to 100; a higher one does not wait for lower ones (0)\n"
	"A movable program (gcc -static-pie), one linked low (-static -Wl,-Ttext-segment=0x1000),\n"
	"or for a place (-static -Wl,-Ttext-segment=0x80...)\n";
static const char program_kinds[] =
	"movable (static PIE), or linked low (gcc -static\n"
	"-Wl,-Ttext-segment=0x1000), or for a place (-Ttext-segment=0x80...).\n";

static void add_wish(char *wish, const char *key, const char *value)
{
	size_t used = strlen(wish);
	if (!value)
		fail("%s", usage);
	if (format_string(wish + used, WISH_MAX - used, "%s%s ", key, value) >=
	    (int)(WISH_MAX - used))
		fail("partition: %s: too long\n", value);
}

/* Returns the index of the program's name. */
static int read_options(int argc, char **argv, char *wish)
{
	int i = 1;
	for (; i < argc && argv[i][0] == '-'; i += 2) {
		if (strcmp(argv[i], "--help") == 0) {
			printf("%s", usage);
			exit(0);
		}
		if (strcmp(argv[i], "--size") == 0)
			add_wish(wish, "size=", argv[i + 1]);
		else if (strcmp(argv[i], "--bind") == 0)
			add_wish(wish, "bind=", argv[i + 1]);
		else if (strcmp(argv[i], "--priority") == 0)
			add_wish(wish, "priority=", argv[i + 1]);
		else
			fail("%s", usage);
	}
	if (i >= argc)
		fail("%s", usage);
	return i;
}

int main(int argc, char **argv, char **envp)
{
	char wish[WISH_MAX] = "", path[PROGRAM_PATH_MAX];
	int i = read_options(argc, argv, wish);
	int fd = sys_open("/proc/self/partition", O_WRONLY, 0);
	int error = fd < 0 ? fd : sys_write(fd, wish, strlen(wish));
	if (error == -ENODEV)
		fail("partition: there is no region; start the kernel with partitions=SIZE\n");
	if (error < 0)
		fail("partition: %s: %s\n%s", wish, error_text(error), usage);
	sys_close(fd);
	if (strchr(argv[i], '/'))
		string_copy(path, argv[i], sizeof(path));
	else
		format_string(path, sizeof(path), "/bin/%s", argv[i]);
	error = sys_execve(path, argv + i, envp);
	eprintf("partition: %s: %s\n", argv[i], error_text(error));
	if (error == -ENOEXEC)
		eprintf("It has to be %s", program_kinds);
	if (error == -ENOMEM)
		eprintf("The partition is too small for it, or larger than the region.\n");
	return error == -ENOENT ? 127 : 126;
}

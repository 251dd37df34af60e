/*
 * Writes beyond its limit: run as `partition --size SIZE beyond BYTES`.
 *
 * It asks for its limit, says where it will write, waits a moment so that a neighbour can come, and
 * writes the byte BYTES behind the last one it has. It should not live to say that it did.
 * With --ask the kernel is asked to do it: a read into that byte has to be refused.
 */
#include "lib/errno.h"
#include "lib/string.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static bool ask;

static const struct option options[] = {
	{ "ask", NULL, &ask, "let a system call write there" },
};

static const struct program program = {
	"beyond", "writes beyond its limit", "BYTES", options, ARRAY_SIZE(options),
};

/* From /proc/self/partition; 0: it is in none. */
static uint32_t read_limit(void)
{
	char text[512];
	uint32_t limit = 0;
	int fd = sys_open("/proc/self/partition", O_RDONLY, 0);
	int n = fd < 0 ? fd : sys_read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return 0;
	text[n] = 0;
	for (const char *at = strchr(text, '\n'); at; at = strchr(at + 1, '\n'))
		if (strncmp(at + 1, "limit ", 6) == 0)
			for (at += 7; *at >= '0' && *at <= '9'; at++)
				limit = limit * 10 + (uint32_t)(*at - '0');
	return limit;
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	int first = options_parse(&program, argc, argv);
	uint32_t limit = read_limit();
	if (limit == 0 || first >= argc)
		fail("beyond: it needs a partition and a number of bytes\n");
	uint32_t at = limit - 1 + options_number(&program, argv[first]);
	printf("limit %u, writing at %u\n", limit, at);
	print_flush();
	if (ask) {
		int fd = sys_open("/dev/zero", O_RDONLY, 0), result = sys_read(fd, (void *)at, 1);
		printf("read into it: %s\n", result < 0 ? error_text(result) : "done");
		return result != -EFAULT;
	}
	sys_nanosleep(0, 200000000);
	*(volatile char *)at = 1;
	printf("written\n");
	return 0;
}

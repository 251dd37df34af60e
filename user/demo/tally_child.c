/*
 * Tallies in partitions of their own.
 *
 * A tally may not hold another's pipe open, or that one's end would never come. Pipes that close at
 * an exec are not enough: the exec may wait for room in the region, which the other's end would
 * make. So whatever is open is closed before it.
 */
#include "user/demo/tally_child.h"

#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { TALLY_FDS = 64 /* more than the demonstrations open */ };

static NORETURN void tally_become(const char *path, const char *wish, int input)
{
	static char name[] = "tally", fill[] = "--fill", end[] = "--until-end",
		    quiet[] = "--quiet";
	char *argv[] = { name, fill, end, quiet, NULL };
	int fd = sys_open("/proc/self/partition", O_WRONLY, 0);
	if (sys_write(fd, wish, strlen(wish)) < 0 || sys_dup2(input, 0) < 0)
		sys_exit(2);
	for (fd = 3; fd < TALLY_FDS; fd++)
		sys_close(fd);
	sys_execve(path, argv, runtime_environ);
	sys_exit(3);
}

void tally_start(struct tally_child *t, const char *path, const char *wish)
{
	int ends[2];
	if (sys_pipe(ends) < 0)
		fail("%s: no pipe\n", path);
	t->pid = sys_fork();
	if (t->pid < 0)
		fail("%s: no process\n", path);
	if (t->pid == 0)
		tally_become(path, wish, ends[0]);
	sys_close(ends[0]);
	t->input = ends[1];
}

void tally_stop(const struct tally_child *t)
{
	sys_close(t->input);
}

int tally_wait(const struct tally_child *t)
{
	int status = -1;
	sys_waitpid(t->pid, &status, 0);
	return status;
}

/*
 * Tallies in partitions of their own.
 *
 * Every pipe closes at an exec, so that no tally holds another's open: its end would never come.
 */
#include "user/demo/tally_child.h"

#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static NORETURN void tally_become(const char *path, const char *wish, int input)
{
	static char name[] = "tally", fill[] = "--fill", end[] = "--until-end",
		    quiet[] = "--quiet";
	char *argv[] = { name, fill, end, quiet, NULL };
	int fd = sys_open("/proc/self/partition", O_WRONLY, 0);
	if (sys_write(fd, wish, strlen(wish)) < 0 || sys_dup2(input, 0) < 0)
		sys_exit(2);
	sys_close(fd);
	sys_execve(path, argv, runtime_environ);
	sys_exit(3);
}

void tally_start(struct tally_child *t, const char *path, const char *wish)
{
	int ends[2];
	if (sys_pipe2(ends, O_CLOEXEC) < 0)
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

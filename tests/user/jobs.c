/* Groups, sessions, stops: what a shell's job control stands on. */
#include "tests/user/signalling.h"

static int own_group(void)
{
	return (int)linux_call(NR_getpgrp, 0, 0, 0, 0, 0, 0);
}

static int start_idle(void)
{
	int pid = sys_fork();

	if (pid == 0)
		for (;;)
			sys_nanosleep(1, 0);
	return pid;
}

static void end(int pid)
{
	sys_kill(pid, SIGKILL);
	reap(pid);
}

static void show_info(const char *what, long result, const struct siginfo *info, int pid)
{
	printf("%s: %ld", what, result);
	if (result == 0)
		printf(" signal %d code %d status %u of %s", info->signo, info->code, info->value,
		       info->pid == pid ? "it" : info->pid == 0 ? "nobody" : "another");
	printf("\n");
}

static void wait_id(const char *what, int kind, int id, int flags, int pid)
{
	struct siginfo info = { .signo = -1 };
	long result = linux_call(NR_waitid, kind, id, (long)&info, flags, 0, 0);

	show_info(what, result, &info, pid);
}

static void test_waitid(void)
{
	int pid = start_idle();

	wait_id("nothing yet", P_PID, pid, WEXITED | WNOHANG, pid);
	sys_kill(pid, SIGSTOP);
	wait_id("stopped", P_PID, pid, WUNTRACED, pid);
	wait_id("told once", P_PID, pid, WUNTRACED | WNOHANG, pid);
	sys_kill(pid, SIGCONT);
	wait_id("continued", P_PID, pid, WCONTINUED, pid);
	sys_kill(pid, SIGTERM);
	wait_id("ended, left there", P_PID, pid, WEXITED | WNOWAIT, pid);
	wait_id("ended", P_ALL, 0, WEXITED, pid);
	wait_id("no child", P_ALL, 0, WEXITED, pid);
	wait_id("no flags", P_ALL, 0, WNOHANG, pid);
	wait_id("no such kind", 9, 0, WEXITED, pid);
	pid = sys_fork();
	if (pid == 0)
		sys_exit(3);
	wait_id("exited, by group", P_PGID, own_group(), WEXITED, pid);
}

static void test_groups(void)
{
	int pid = start_idle(), second = start_idle();

	show("a group of its own", sys_setpgid(pid, 0));
	show_truth("it has it", linux_call(NR_getpgid, pid, 0, 0, 0, 0, 0) == pid);
	show("the second joins", sys_setpgid(second, pid));
	show("a group nobody has", sys_setpgid(second, 999999));
	show("a negative one", sys_setpgid(second, -5));
	show("nobody's", sys_setpgid(999999, 0));
	show("to the group", sys_kill(-pid, SIGTERM));
	reap(pid);
	reap(second);
	show("the group is gone", sys_kill(-pid, 0));
}

static void test_exec(void)
{
	int ends[2], status;
	char c;

	sys_pipe(ends);
	sys_fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	int pid = sys_fork();
	if (pid == 0) {
		char *argv[] = { "sleep", "5", NULL }, *envp[] = { NULL };
		sys_execve("/bin/sleep", argv, envp);
		sys_exit(1);
	}
	sys_close(ends[1]);
	sys_read(ends[0], &c, 1); /* ends when the child has made its execve */
	sys_close(ends[0]);
	show("after its execve", sys_setpgid(pid, 0));
	sys_kill(pid, SIGKILL);
	sys_waitpid(pid, &status, 0);
}

static void test_sessions(void)
{
	int status, pid = sys_fork();

	if (pid == 0) {
		bool fine = sys_setsid() == sys_getpid() && own_group() == sys_getpid();
		fine = fine && sys_setsid() == -EPERM && sys_setpgid(0, 0) == -EPERM;
		sys_exit(fine ? 0 : 1);
	}
	sys_waitpid(pid, &status, 0);
	show_status("a session", status);
	pid = sys_fork();
	if (pid == 0) {
		sys_setsid();
		for (;;)
			sys_nanosleep(1, 0);
	}
	await_asleep(pid);
	show("a child in another session", sys_setpgid(pid, 0));
	end(pid);
}

/* SIGTSTP in a group without a shell behind it does nothing. */
static void orphan_stop(void)
{
	sys_setsid();
	raise(SIGTSTP);
	sys_exit(21);
}

/* A stopped grandchild whose parent ends gets SIGHUP. */
static void leave_stopped_child(int report)
{
	sys_setsid();
	int pid = sys_fork();
	if (pid == 0) {
		sys_setpgid(0, 0);
		sys_kill(sys_getpid(), SIGSTOP);
		sys_exit(0);
	}
	sys_waitpid(pid, NULL, WUNTRACED);
	sys_write(report, "x", 1);
	sys_exit(0);
}

static void test_orphans(void)
{
	int ends[2], pid;
	char c;

	sys_pipe(ends);
	pid = sys_fork();
	if (pid == 0)
		leave_stopped_child(ends[1]);
	sys_close(ends[1]);
	reap(pid);
	sys_read(ends[0], &c, 1);
	/* The orphan's end closes the pipe. */
	printf("the stopped orphan: %d\n", sys_read(ends[0], &c, 1));
}

/* A group that had no shell before anybody ended is left alone, although one of it has stopped. */
static void end_beside_a_stopped_one(void)
{
	int status;

	sys_setsid();
	int stopped = start_idle();
	sys_kill(stopped, SIGSTOP);
	sys_waitpid(stopped, &status, WUNTRACED);
	int pid = sys_fork();
	if (pid == 0)
		sys_exit(0);
	reap(pid);
	bool still = sys_waitpid(stopped, &status, WNOHANG | WCONTINUED) == 0;
	end(stopped);
	sys_exit(still ? 22 : 1);
}

static void test_orphaned_before(void)
{
	int status, pid = sys_fork();

	if (pid == 0)
		end_beside_a_stopped_one();
	sys_waitpid(pid, &status, 0);
	show_status("an end beside a stopped one", status);
}

static void test_kill_while_stopped(void)
{
	int status, pid = start_idle();

	sys_kill(pid, SIGSTOP);
	sys_waitpid(pid, &status, WUNTRACED);
	sys_kill(pid, SIGTERM);
	sys_nanosleep(0, 50000000);
	show_truth("SIGTERM waits", sys_waitpid(pid, &status, WNOHANG) == 0);
	sys_kill(pid, SIGCONT);
	sys_waitpid(pid, &status, 0);
	show_status("until it goes on", status);
	pid = start_idle();
	sys_kill(pid, SIGSTOP);
	sys_waitpid(pid, &status, WUNTRACED);
	sys_kill(pid, SIGKILL);
	sys_waitpid(pid, &status, 0);
	show_status("SIGKILL does not", status);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	test_waitid();
	test_groups();
	test_exec();
	test_sessions();
	show_child("a stop without a shell", orphan_stop);
	test_orphans();
	test_orphaned_before();
	test_kill_while_stopped();
	return 0;
}

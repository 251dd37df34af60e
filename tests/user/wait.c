/* Waiting: statuses, which child, not waiting, no children. */
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static int child_exiting(int status)
{
	int pid = sys_fork();

	if (pid == 0)
		exit(status);
	return pid;
}

static int child_blocking(void)
{
	int pid = sys_fork();

	if (pid == 0) {
		sys_nanosleep(1000, 0);
		exit(97);
	}
	return pid;
}

static void test_statuses(void)
{
	static const int statuses[] = { 0, 1, 42, 255, 256, 257, -1 };

	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		int status = 0;
		int pid = child_exiting(statuses[i]);
		int waited = sys_waitpid(pid, &status, 0);
		printf("exit(%d): status 0x%04x%s\n", statuses[i], (unsigned)status,
		       waited == pid ? "" : ", of somebody else");
	}
}

static void test_order(void)
{
	int pids[5], status;

	for (int i = 0; i < 5; i++)
		pids[i] = child_exiting(i);
	show_truth("the third of five, by its number", sys_waitpid(pids[2], &status, 0) == pids[2]);
	show_status("its status", status);
	int sum = 0;
	for (int i = 0; i < 4; i++)
		if (sys_waitpid(-1, &status, 0) > 0)
			sum += wait_exit_status(status);
	printf("the other four's statuses add up to %d\n", sum);
	show("a child waited for already", sys_waitpid(pids[2], &status, 0));
}

static void test_no_hang(void)
{
	int status = 0x1234;
	int pid = child_blocking();

	show_truth("no child has ended", sys_waitpid(-1, &status, WNOHANG) == 0);
	show_truth("this one neither", sys_waitpid(pid, &status, WNOHANG) == 0);
	sys_kill(pid, SIGKILL);
	show_truth("after killing it", sys_waitpid(pid, &status, 0) == pid);
	show_status("its status", status);
	printf("in numbers: 0x%04x\n", (unsigned)status);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	int status;

	show("no children", sys_waitpid(-1, &status, 0));
	show("no children, not waiting", sys_waitpid(-1, &status, WNOHANG));
	show("not a child", sys_waitpid(1, &status, 0));
	show("not a child: itself", sys_waitpid(sys_getpid(), &status, 0));
	show("unknown options", sys_waitpid(-1, &status, 0x4000));
	test_statuses();
	test_order();
	test_no_hang();
	int pid = child_exiting(3);
	show_truth("without asking for the status", sys_waitpid(pid, NULL, 0) == pid);
	pid = child_exiting(3);
	show("status to a bad address", sys_waitpid(pid, (int *)4, 0));
	show("no children again", sys_waitpid(-1, &status, 0));
	return 0;
}

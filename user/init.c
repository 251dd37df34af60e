/*
 * Process 1: greets, starts the shell on the console and waits.
 *
 * Two duties. It is the parent of every process whose own parent has ended, so it must wait for
 * children it never started, or their entries would stay forever. And the machine runs as long as
 * it does: when the shell ends, init ends with the shell's status and the kernel powers off.
 */
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static const char *const shell = "/bin/sh";

/* The kernel opens the console for process 1; if init is started otherwise, nobody may have. */
static void init_console(void)
{
	if (sys_fcntl(0, F_GETFD, 0) >= 0)
		return;
	for (int fd = 0; fd < 3; fd++)
		sys_open("/dev/console", O_RDWR, 0);
}

static void init_greet(void)
{
	char text[256];
	int fd = sys_open("/etc/motd", O_RDONLY, 0);
	int n = fd < 0 ? fd : sys_read(fd, text, sizeof(text));

	if (n > 0)
		write_all(1, text, (size_t)n);
	if (fd >= 0)
		sys_close(fd);
}

static NORETURN void init_run_shell(char **envp)
{
	char *argv[] = { (char *)"sh", NULL };

	sys_setsid();
	sys_ioctl(0, TIOCSCTTY, NULL);
	int error = sys_execve(shell, argv, envp);
	fail("init: %s: %s\n", shell, error_text(error));
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	init_console();
	init_greet();
	int child = sys_fork();
	if (child < 0)
		fail("init: fork: %s\n", error_text(child));
	if (child == 0)
		init_run_shell(envp);

	int status = 0;
	int pid;
	do
		pid = sys_waitpid(-1, &status, 0);
	while (pid != child && pid > 0);
	return wait_exited(status) ? wait_exit_status(status) : 128 + wait_signal(status);
}

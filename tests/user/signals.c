/* What signals do to a program that does not handle them, running or blocked. */
#include "lib/errno.h"
#include "tests/user/signalling.h"

static void block_sleeping(void)
{
	sys_nanosleep(1000, 0);
}

static void block_reading(void)
{
	int ends[2];
	char c;

	sys_pipe(ends);
	sys_read(ends[0], &c, 1);
}

static void block_writing(void)
{
	static char buf[1 << 20];
	int ends[2];

	sys_pipe(ends);
	sys_write(ends[1], buf, sizeof(buf));
}

static void block_waiting(void)
{
	if (sys_fork() == 0) {
		sys_close(1); /* it outlives the test: nobody must wait for its output to end */
		sys_close(2);
		sys_nanosleep(10, 0);
		sys_exit(0);
	}
	sys_waitpid(-1, NULL, 0);
}

static void run_for_ever(void)
{
	for (volatile uint32_t i = 0;; i++)
		;
}

/* Start @body, let it get to where it blocks, send @signo and say how it ended. */
static void show_kill(const char *what, void (*body)(void), int signo)
{
	int status = 0;
	int pid = sys_fork();

	if (pid == 0) {
		body();
		exit(99);
	}
	sys_nanosleep(0, 20 * 1000 * 1000);
	int error = sys_kill(pid, signo);
	if (error < 0)
		show("kill", error);
	sys_waitpid(pid, &status, 0);
	show_status(what, status & ~0x80); /* not whether a core file was written */
}

static void test_fatal(void)
{
	static const int fatal[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1,
		SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGSTKFLT, SIGXCPU, SIGXFSZ, SIGVTALRM,
		SIGPROF, SIGIO, SIGPWR, SIGSYS, 64,
	};

	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++) {
		int status;
		int pid = sys_fork();
		if (pid == 0) {
			/* Whoever started us in the background may have had some ignored. */
			handle(fatal[i], SIG_DFL, 0, 0);
			sys_kill(sys_getpid(), fatal[i]);
			exit(98);
		}
		sys_waitpid(pid, &status, 0);
		printf("signal %d ends it with signal %d\n", fatal[i], wait_signal(status));
	}
}

static void send_harmless(void)
{
	static const int harmless[] = { SIGCHLD, SIGCONT, SIGURG, SIGWINCH };

	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		show("a signal that does nothing", sys_kill(sys_getpid(), harmless[i]));
}

static void ignore_and_send(void)
{
	show("ignoring SIGTERM", sys_sigaction(SIGTERM, SIG_IGN));
	show("sending it", sys_kill(sys_getpid(), SIGTERM));
	show("ignoring SIGKILL", sys_sigaction(SIGKILL, SIG_IGN));
	show("back to its default", sys_sigaction(SIGTERM, SIG_DFL));
	sys_kill(sys_getpid(), SIGTERM);
}

static void test_errors(void)
{
	show("nobody has this number", sys_kill(99999999, SIGTERM));
	show("signal 0 to oneself", sys_kill(sys_getpid(), 0));
	show("signal 0 to nobody", sys_kill(99999999, 0));
	show("signal 65", sys_kill(sys_getpid(), 65));
	show("signal -1", sys_kill(sys_getpid(), -1));
	int pid = sys_fork();
	if (pid == 0)
		sys_exit(0);
	sys_waitpid(pid, NULL, 0);
	show("somebody who has ended", sys_kill(pid, SIGTERM));
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	test_fatal();
	show_child("harmless ones", send_harmless);
	show_child("an ignored one", ignore_and_send);
	show_kill("killed while sleeping", block_sleeping, SIGKILL);
	show_kill("killed while reading a pipe", block_reading, SIGKILL);
	show_kill("killed while writing a pipe", block_writing, SIGKILL);
	show_kill("killed while waiting for a child", block_waiting, SIGKILL);
	show_kill("killed while computing", run_for_ever, SIGKILL);
	show_kill("terminated while sleeping", block_sleeping, SIGTERM);
	show_kill("terminated while reading a pipe", block_reading, SIGTERM);
	test_errors();
	return 0;
}

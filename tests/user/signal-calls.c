/* Calls that a signal interrupts: which end, which go on, and calls that wait for signals. */
#include "tests/user/signalling.h"

static volatile int handled;

static void count(int signo, struct siginfo *info, struct ucontext *context)
{
	(void)signo, (void)info, (void)context;
	handled++;
}

/* Read from a pipe: first there comes a signal, then, when its reader sleeps again, a byte. */
static long read_interrupted(uint32_t flags)
{
	int ends[2];
	char c;

	sys_pipe(ends);
	handle(SIGUSR1, count, flags, 0);
	handled = 0;
	int sender = sys_fork();
	if (sender == 0) {
		await_asleep(sys_getppid());
		sys_kill(sys_getppid(), SIGUSR1);
		await_asleep(sys_getppid());
		sys_write(ends[1], "x", 1);
		sys_exit(0);
	}
	long result = sys_read(ends[0], &c, 1);
	reap(sender);
	sys_close(ends[0]);
	sys_close(ends[1]);
	return result;
}

static void test_restart(void)
{
	show("read without SA_RESTART", read_interrupted(0));
	printf("handled %d\n", handled);
	show("read with SA_RESTART", read_interrupted(SA_RESTART));
	printf("handled %d\n", handled);
}

static void test_sleep(void)
{
	struct timespec time = { 500, 0 }, rest = { 0, 0 };

	handle(SIGUSR1, count, SA_RESTART, 0);
	int sender = start_sender(SIGUSR1);
	show("nanosleep", call(NR_nanosleep, (long)&time, (long)&rest, 0, 0));
	show_truth("the rest is told", rest.seconds > 0 && rest.seconds <= 500);
	reap(sender);
	sender = start_sender(SIGUSR1);
	show("clock_nanosleep", call(NR_clock_nanosleep, 1, 0, (long)&time, (long)&rest));
	reap(sender);
	handle(SIGUSR1, (signal_handler *)SIG_IGN, 0, 0);
	sender = start_sender(SIGUSR1);
	show("an ignored signal", sys_nanosleep(0, 150000000));
	reap(sender);
}

/* A sleeper that is stopped and goes on sleeps no longer for it, and sees nothing. */
static void test_stopped_sleep(void)
{
	int status, pid = sys_fork();

	if (pid == 0) {
		long result = sys_nanosleep(2, 0);
		sys_exit(result == 0 ? 5 : 6);
	}
	await_asleep(pid);
	sys_kill(pid, SIGSTOP);
	sys_waitpid(pid, &status, WUNTRACED);
	printf("stopped: %x\n", status);
	sys_kill(pid, SIGCONT);
	call(NR_wait4, pid, (long)&status, WCONTINUED, 0);
	printf("continued: %x\n", status);
	sys_waitpid(pid, &status, 0);
	show_status("stopped while sleeping", status);
}

static void test_suspend(void)
{
	uint64_t set = 0, blocked = signal_bit(SIGUSR1);

	handle(SIGUSR1, count, 0, 0);
	handled = 0;
	mask_change(SIG_BLOCK, blocked);
	raise(SIGUSR1);
	printf("blocked: handled %d\n", handled);
	show("rt_sigsuspend", call(NR_rt_sigsuspend, (long)&set, 8, 0, 0));
	printf("handled %d\n", handled);
	show_truth("it is blocked again", mask_change(SIG_SETMASK, 0) == blocked);
	mask_change(SIG_BLOCK, blocked);
	int sender = start_sender(SIGUSR1);
	show("sigsuspend", call(NR_sigsuspend, 0, 0, 0, 0));
	printf("handled %d\n", handled);
	reap(sender);
	mask_change(SIG_SETMASK, 0);
	sender = start_sender(SIGUSR1);
	show("pause", linux_call(NR_pause, 0, 0, 0, 0, 0, 0));
	reap(sender);
}

static void test_timed_wait(void)
{
	uint64_t set = signal_bit(SIGUSR1) | signal_bit(SIGCHLD) | signal_bit(40);
	struct timespec time = { 0, 50000000 }, far = { 500, 0 };
	struct siginfo info;

	mask_change(SIG_BLOCK, set);
	show("nothing comes", call(NR_rt_sigtimedwait, (long)&set, (long)&info, (long)&time, 8));
	raise(40);
	printf("taken: %ld\n", call(NR_rt_sigtimedwait, (long)&set, (long)&info, (long)&time, 8));
	int sender = start_sender(0);
	printf("a child: %ld\n", call(NR_rt_sigtimedwait, (long)&set, (long)&info, (long)&far, 8));
	printf("code %d sender %s\n", info.code, info.pid == sender ? "right" : "wrong");
	reap(sender);
	handle(SIGUSR2, count, SA_RESTART, 0);
	sender = start_sender(SIGUSR2);
	show("another one's handler",
	     call(NR_rt_sigtimedwait, (long)&set, 0, (long)&far, 8) == 17 ? -1 : -EINTR);
	reap(sender);
	mask_change(SIG_SETMASK, 0);
}

static void test_children(void)
{
	int status;

	handle(SIGCHLD, (signal_handler *)SIG_IGN, 0, 0);
	int pid = start_sender(0);
	show("waiting with SIGCHLD ignored", sys_waitpid(pid, &status, 0));
	handle(SIGCHLD, count, SA_NOCLDWAIT | SA_RESTART, 0);
	handled = 0;
	pid = start_sender(0);
	show("waiting with SA_NOCLDWAIT", sys_waitpid(pid, &status, 0));
	printf("handled %d\n", handled);
	handle(SIGCHLD, (signal_handler *)SIG_DFL, 0, 0);
	pid = start_sender(0);
	show_truth("waiting as ever", sys_waitpid(pid, &status, 0) == pid);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	test_restart();
	test_sleep();
	test_stopped_sleep();
	test_suspend();
	test_timed_wait();
	test_children();
	return 0;
}

/* poll, select and their kin over pipes: readiness, time, errors, signals. */
#include "lib/string.h"
#include "tests/user/signalling.h"

static int ends[2];

static void ring(int signo, struct siginfo *info, struct ucontext *context)
{
	(void)signo, (void)info, (void)context;
}

static void show_poll(const char *what, struct pollfd *fds, int n, int ms)
{
	long result = call(NR_poll, (long)fds, n, ms, 0);

	printf("%s: %ld", what, result);
	for (int i = 0; i < n && result >= 0; i++)
		printf(" %x", fds[i].revents);
	printf("\n");
}

static void test_poll(void)
{
	struct pollfd fds[4] = {
		{ ends[0], POLLIN, 0 }, { ends[1], POLLOUT, 0 }, { -1, POLLIN, 7 },
		{ 99, POLLIN, 0 },
	};
	char c = 'x';

	show_poll("an empty pipe", fds, 3, 0);
	show_poll("with a bad descriptor", fds, 4, 0);
	show_poll("time passes", fds, 1, 50);
	sys_write(ends[1], &c, 1);
	show_poll("a byte", fds, 2, -1);
	sys_read(ends[0], &c, 1);
	if (sys_fork() == 0) {
		await_asleep(sys_getppid());
		sys_write(ends[1], &c, 1);
		sys_exit(0);
	}
	show_poll("somebody writes", fds, 1, 500000);
	sys_waitpid(-1, NULL, 0);
	sys_read(ends[0], &c, 1);
	show("no memory", call(NR_poll, 4, 1, 0, 0));
}

static void test_full(void)
{
	struct pollfd fd = { ends[1], POLLOUT, 0 };
	static char bytes[65536];

	sys_write(ends[1], bytes, sizeof(bytes));
	show_poll("a full pipe", &fd, 1, 0);
	sys_read(ends[0], bytes, sizeof(bytes));
	show_poll("with room again", &fd, 1, 0);
}

static void test_hangup(void)
{
	int pair[2];
	char c = 'y';

	sys_pipe(pair);
	struct pollfd fd = { pair[0], POLLIN, 0 };
	sys_write(pair[1], &c, 1);
	sys_close(pair[1]);
	show_poll("writers gone, a byte left", &fd, 1, -1);
	sys_read(pair[0], &c, 1);
	show_poll("nothing left", &fd, 1, -1);
	sys_close(pair[0]);
	sys_pipe(pair);
	sys_close(pair[0]);
	fd = (struct pollfd){ pair[1], POLLOUT, 0 };
	show_poll("readers gone", &fd, 1, -1);
	sys_close(pair[1]);
}

static void test_select(void)
{
	uint32_t in = 1u << ends[0], out = 1u << ends[1];
	int32_t time[2] = { 0, 0 };
	char c = 'z';

	printf("select: %ld", linux_call(NR_select, 32, (long)&in, (long)&out, 0, (long)time, 0));
	printf(" %d %d\n", in != 0, out == 1u << ends[1]);
	sys_write(ends[1], &c, 1);
	in = 1u << ends[0];
	printf("with a byte: %ld", linux_call(NR_select, 32, (long)&in, 0, 0, 0, 0));
	printf(" %d\n", in == 1u << ends[0]);
	sys_read(ends[0], &c, 1);
	in = 1u << ends[0];
	time[1] = 50000;
	printf("time passes: %ld", linux_call(NR_select, 32, (long)&in, 0, 0, (long)time, 0));
	printf(" %d, left %d\n", in != 0, time[0] + time[1]);
	in = 1u << 20;
	show("a bad descriptor", linux_call(NR_select, 32, (long)&in, 0, 0, (long)time, 0));
	show("less than none", linux_call(NR_select, -1, 0, 0, 0, (long)time, 0));
	time[0] = -1;
	show("time below zero", linux_call(NR_select, 0, 0, 0, 0, (long)time, 0));
}

static void test_signals(void)
{
	struct pollfd fd = { ends[0], POLLIN, 0 };
	struct timespec time = { 500, 0 };
	uint64_t none = 0, blocked = signal_bit(SIGUSR1);
	uint32_t in = 1u << ends[0];
	uint32_t mask[2] = { (uint32_t)(uintptr_t)&none, 8 };

	handle(SIGUSR1, ring, SA_RESTART, 0);
	int sender = start_sender(SIGUSR1);
	show("poll and a handler", call(NR_poll, (long)&fd, 1, 500000, 0));
	reap(sender);
	mask_change(SIG_SETMASK, blocked);
	raise(SIGUSR1);
	show("blocked", call(NR_poll, (long)&fd, 1, 50, 0));
	show("ppoll lets it in",
	     linux_call(NR_ppoll, (long)&fd, 1, (long)&time, (long)&none, 8, 0));
	show_truth("it is blocked again", mask_change(SIG_SETMASK, blocked) == blocked);
	raise(SIGUSR1);
	show("pselect6 lets it in",
	     linux_call(NR_pselect6, 32, (long)&in, 0, 0, (long)&time, (long)mask));
	show_truth("it is blocked again", mask_change(SIG_SETMASK, 0) == blocked);
	time = (struct timespec){ 0, 50000000 };
	show("ppoll's time", linux_call(NR_ppoll, (long)&fd, 1, (long)&time, 0, 8, 0));
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	sys_pipe(ends);
	test_poll();
	test_full();
	test_hangup();
	test_select();
	test_signals();
	return 0;
}

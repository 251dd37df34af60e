/* alarm and setitimer: they come, come again, and stop. */
#include "tests/user/signalling.h"

static volatile int rings;

static void ring(int signo, struct siginfo *info, struct ucontext *context)
{
	(void)signo, (void)info, (void)context;
	rings++;
}

static uint64_t now_ms(void)
{
	struct timespec t;
	call(NR_clock_gettime, 1, (long)&t, 0, 0);
	return (uint64_t)t.seconds * 1000 + (uint32_t)t.nanoseconds / 1000000;
}

static void pause_here(void)
{
	linux_call(NR_pause, 0, 0, 0, 0, 0, 0);
}

static void test_alarm(void)
{
	handle(SIGALRM, ring, 0, 0);
	uint64_t start = now_ms();
	printf("alarm before: %ld\n", call(NR_alarm, 1, 0, 0, 0));
	pause_here();
	uint64_t took = now_ms() - start;
	printf("rings: %d\n", rings);
	show_truth("after a second", took >= 990 && took < 600000);
	call(NR_alarm, 100, 0, 0, 0);
	printf("left of 100: %ld\n", call(NR_alarm, 0, 0, 0, 0));
	printf("left of none: %ld\n", call(NR_alarm, 0, 0, 0, 0));
}

static void test_interval(void)
{
	struct itimer t = { { 0, 30000 }, { 0, 50000 } }, off = { { 0, 0 }, { 0, 0 } }, old;

	rings = 0;
	uint64_t start = now_ms();
	show("setitimer", call(NR_setitimer, 0, (long)&t, 0, 0));
	while (rings < 4)
		pause_here();
	uint64_t took = now_ms() - start;
	show_truth("four rings take 140 ms", took >= 130 && took < 600000);
	show("getitimer", call(NR_getitimer, 0, (long)&old, 0, 0));
	printf("interval: %d\n", old.interval.micros);
	show("off", call(NR_setitimer, 0, (long)&off, (long)&old, 0));
	rings = 0;
	sys_nanosleep(0, 100000000);
	printf("rings after off: %d\n", rings);
}

static void count_down(int which, int signo)
{
	struct itimer t = { { 0, 0 }, { 0, 50000 } };

	handle(signo, ring, 0, 0);
	rings = 0;
	call(NR_setitimer, which, (long)&t, 0, 0);
	while (!rings)
		;
	printf("timer %d rang\n", which);
}

static void test_errors(void)
{
	struct itimer bad = { { 0, 0 }, { 0, 1000000 } };

	show("a million microseconds", call(NR_setitimer, 0, (long)&bad, 0, 0));
	show("no such timer", call(NR_getitimer, 3, (long)&bad, 0, 0));
	show("no memory", call(NR_getitimer, 0, 4, 0, 0));
}

static void die_by_alarm(void)
{
	handle(SIGALRM, (signal_handler *)SIG_DFL, 0, 0);
	call(NR_alarm, 1, 0, 0, 0);
	for (;;)
		sys_nanosleep(10, 0);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	test_alarm();
	test_interval();
	count_down(1, SIGVTALRM);
	count_down(2, SIGPROF);
	test_errors();
	show_child("an alarm nobody handles", die_by_alarm);
	call(NR_alarm, 1000, 0, 0, 0);
	int pid = sys_fork();
	if (pid == 0)
		sys_exit(call(NR_alarm, 0, 0, 0, 0) == 0 ? 0 : 1);
	int status;
	sys_waitpid(pid, &status, 0);
	show_status("a child has no alarm", status);
	return 0;
}

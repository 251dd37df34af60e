/* Handlers: when they run, in which order, with what blocked, and what is as before after them. */
#include "tests/user/signalling.h"

static int order[16];
static int norder;
static uint64_t mask_inside;

static void note(int signo, struct siginfo *info, struct ucontext *context)
{
	(void)info, (void)context;
	order[norder] = signo;
	norder++;
	mask_inside = mask_change(SIG_BLOCK, 0);
}

static void show_order(const char *what)
{
	printf("%s:", what);
	for (int i = 0; i < norder; i++)
		printf(" %d", order[i]);
	printf("\n");
	norder = 0;
}

static int depth, deepest;

/* Sends itself again, twice. */
static void nest(int signo, struct siginfo *info, struct ucontext *context)
{
	(void)info, (void)context;
	depth++;
	if (depth > deepest)
		deepest = depth;
	if (deepest < 3 && norder < 3) {
		norder++;
		raise(signo);
	}
	depth--;
}

static void test_simple(void)
{
	show("a handler", handle(SIGUSR1, note, 0, 0));
	raise(SIGUSR1);
	show_order("it ran");
	show_truth("SIGUSR1 was blocked in it", mask_inside & signal_bit(SIGUSR1));
	show_truth("and nothing else", mask_inside == signal_bit(SIGUSR1));
	show_truth("nothing is blocked after it", mask_change(SIG_BLOCK, 0) == 0);
	handle(SIGUSR1, note, SA_SIGINFO, signal_bit(SIGUSR2) | signal_bit(40));
	raise(SIGUSR1);
	show_order("with a mask");
	show_truth("three were blocked in it", mask_inside == (signal_bit(SIGUSR1) |
							 signal_bit(SIGUSR2) | signal_bit(40)));
	show_truth("nothing is blocked after it", mask_change(SIG_BLOCK, 0) == 0);
}

static void test_flags(void)
{
	handle(SIGUSR1, note, SA_RESETHAND, 0);
	raise(SIGUSR1);
	show_order("with SA_RESETHAND, once");
	struct sigaction now;
	call(NR_rt_sigaction, SIGUSR1, 0, (long)&now, 8);
	show_truth("then it is the default", now.handler == SIG_DFL);
	norder = deepest = 0;
	handle(SIGUSR1, nest, 0, 0);
	raise(SIGUSR1);
	printf("nested without SA_NODEFER: %d deep\n", deepest);
	norder = deepest = 0;
	handle(SIGUSR1, nest, SA_NODEFER, 0);
	raise(SIGUSR1);
	printf("nested with SA_NODEFER: %d deep\n", deepest);
	norder = 0;
	long old = call(NR_signal, SIGUSR2, (long)note, 0, 0);
	show_truth("signal() tells the default", old == SIG_DFL);
	raise(SIGUSR2);
	show_order("by signal()");
	show_truth("signal() is for once", call(NR_signal, SIGUSR2, SIG_IGN, 0, 0) == SIG_DFL);
}

static void test_pending(void)
{
	static const int all[] = { SIGUSR2, 41, SIGUSR1, 40, SIGTERM, 41 };
	uint64_t set = 0, pending = 0;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		/* Each one's handler blocks all, so that none interrupts another. */
		handle(all[i], note, 0, UINT64_MAX);
		set |= signal_bit(all[i]);
	}
	mask_change(SIG_BLOCK, set);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		raise(all[i]);
		raise(all[i]);
	}
	call(NR_rt_sigpending, (long)&pending, 8, 0, 0);
	show_truth("all are pending", pending == set);
	show_order("none ran");
	mask_change(SIG_SETMASK, 0);
	show_order("unblocked");
	mask_change(SIG_BLOCK, set);
	raise(SIGUSR1);
	handle(SIGUSR1, (signal_handler *)SIG_IGN, 0, 0);
	handle(SIGUSR1, note, 0, 0);
	mask_change(SIG_SETMASK, 0);
	show_order("ignoring forgets");
}

static void test_errors(void)
{
	show("SIGKILL", handle(SIGKILL, note, 0, 0));
	show("SIGSTOP", handle(SIGSTOP, note, 0, 0));
	show("signal 0", handle(0, note, 0, 0));
	show("signal 65", handle(65, note, 0, 0));
	show("signal 64", handle(64, note, 0, 0));
	show("a wrong size", call(NR_rt_sigaction, SIGUSR1, 0, 0, 4));
	show("no memory", call(NR_rt_sigaction, SIGUSR1, 4, 0, 8));
	show("a wrong how", call(NR_rt_sigprocmask, 7, (long)&mask_inside, 0, 8));
	mask_change(SIG_SETMASK, UINT64_MAX);
	show_truth("SIGKILL and SIGSTOP are never blocked",
		   mask_change(SIG_SETMASK, 0) ==
			   ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP)));
}

/* A counter in registers and on the x87 stack goes on through handlers. */
static volatile double spoiled;
static void spoil(int signo, struct siginfo *info, struct ucontext *context)
{
	(void)signo, (void)info, (void)context;
	spoiled = 1.0;
	for (int i = 0; i < 50; i++)
		spoiled = spoiled / 7.0 + (double)i * 3.25;
}

static void test_registers(void)
{
	double sum = 0, term = 1.0;

	handle(SIGUSR1, spoil, 0, 0);
	for (int i = 0; i < 200; i++) {
		sum += term * (double)i;
		term = term * 0.99;
		if (i % 10 == 0)
			raise(SIGUSR1);
	}
	show_truth("sums go on", sum > 5000.0 && sum < 6100.0);
}

static void kill_child_of_init(void)
{
	handle(SIGTERM, note, 0, 0);
	char *argv[] = { "false", NULL }, *envp[] = { NULL };
	sys_execve("/bin/false", argv, envp);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	test_simple();
	test_flags();
	test_pending();
	test_errors();
	test_registers();
	show_child("exec takes handlers away", kill_child_of_init);
	return 0;
}

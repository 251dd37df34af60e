/* Handlers on an alternative stack: also when the ordinary one has run over. */
#include "tests/user/signalling.h"

enum { STACK_BYTES = 16384 };
static char stack[STACK_BYTES] __attribute__((aligned(16)));
static bool inside, inside_deep;
static uint32_t flags_inside;

static bool on_stack(const void *p)
{
	return (const char *)p >= stack && (const char *)p < stack + STACK_BYTES;
}

static void look(int signo, struct siginfo *info, struct ucontext *context)
{
	struct sigstack now;
	char here;

	(void)info, (void)context;
	call(NR_sigaltstack, 0, (long)&now, 0, 0);
	flags_inside = now.flags;
	inside = on_stack(&here);
	if (signo == SIGUSR1) {
		struct sigstack other = { stack, 0, STACK_BYTES };
		show("changing it in use", call(NR_sigaltstack, (long)&other, 0, 0, 0));
		raise(SIGUSR2);
	} else {
		inside_deep = on_stack(&here);
	}
}

static void test_use(void)
{
	struct sigstack new = { stack, 0, STACK_BYTES }, old;

	show("a stack", call(NR_sigaltstack, (long)&new, (long)&old, 0, 0));
	printf("before: flags %u size %u\n", old.flags, old.size);
	handle(SIGUSR1, look, SA_SIGINFO | SA_ONSTACK, 0);
	handle(SIGUSR2, look, SA_SIGINFO | SA_ONSTACK, 0);
	raise(SIGUSR1);
	show_truth("the handler was on it", inside);
	show_truth("a nested one too", inside_deep);
	printf("flags inside: %u\n", flags_inside);
	call(NR_sigaltstack, 0, (long)&old, 0, 0);
	printf("after: flags %u size %u\n", old.flags, old.size);
	handle(SIGUSR2, look, SA_SIGINFO, 0);
	raise(SIGUSR2);
	show_truth("without SA_ONSTACK", inside);
}

static void test_errors(void)
{
	struct sigstack tiny = { stack, 0, 1024 }, odd = { stack, 77, STACK_BYTES };
	struct sigstack off = { NULL, SS_DISABLE, 0 };

	show("too small", call(NR_sigaltstack, (long)&tiny, 0, 0, 0));
	show("odd flags", call(NR_sigaltstack, (long)&odd, 0, 0, 0));
	show("no memory", call(NR_sigaltstack, 4, 0, 0, 0));
	show("off", call(NR_sigaltstack, (long)&off, 0, 0, 0));
	handle(SIGUSR2, look, SA_SIGINFO | SA_ONSTACK, 0);
	raise(SIGUSR2);
	show_truth("off means the ordinary stack", inside);
}

static void leave(int signo, struct siginfo *info, struct ucontext *context)
{
	char here;

	(void)signo, (void)info, (void)context;
	print_flush();
	sys_exit(on_stack(&here) ? 42 : 43);
}

static int recurse(volatile int *depth)
{
	volatile char room[4096];

	room[0] = (char)*depth;
	*depth += 1;
	return *depth < 0 ? 0 : recurse(depth) + room[0];
}

static void overflow(void)
{
	struct sigstack new = { stack, 0, STACK_BYTES };
	volatile int depth = 0;

	call(NR_sigaltstack, (long)&new, 0, 0, 0);
	handle(SIGSEGV, leave, SA_SIGINFO | SA_ONSTACK, 0);
	recurse(&depth);
}

/* Without another stack the frame has nowhere to go. */
static void overflow_plain(void)
{
	struct sigstack off = { NULL, SS_DISABLE, 0 };
	volatile int depth = 0;

	call(NR_sigaltstack, (long)&off, 0, 0, 0);
	handle(SIGSEGV, leave, SA_SIGINFO, 0);
	recurse(&depth);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	test_use();
	test_errors();
	show_child("a stack that runs over", overflow);
	show_child("without another stack", overflow_plain);
	return 0;
}

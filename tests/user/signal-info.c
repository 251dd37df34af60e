/* What a handler with SA_SIGINFO learns: who sent it, which address, which error. */
#include "tests/user/signalling.h"

static struct siginfo seen;
static struct sigcontext at;
static uint32_t skip; /* bytes of the instruction that faults; 0: it runs again */
static char *page;
static volatile int *volatile nowhere = (volatile int *)8;

static void catch(int signo, struct siginfo *info, struct ucontext *context)
{
	(void)signo;
	seen = *info;
	at = context->registers;
	context->registers.eip += skip;
	if (skip == 0 && page)
		sys_mprotect(page, PAGE, PROT_READ | PROT_WRITE);
}

static void catch_and_map(int signo, struct siginfo *info, struct ucontext *context)
{
	(void)signo, (void)context;
	seen = *info;
	sys_mmap((void *)(uintptr_t)(info->address & ~0xfffu), PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void show_fault(const char *what, const void *address)
{
	printf("%s: signal %d code %d address %s\n", what, seen.signo, seen.code,
	       seen.address == (uintptr_t)address ? "right" : "wrong");
}

static void test_memory(void)
{
	page = pages_private(2);
	sys_mprotect(page, PAGE, PROT_READ);
	handle(SIGSEGV, catch, SA_SIGINFO, 0);
	skip = 0;
	*(volatile char *)(page + 10) = 1;
	show_fault("write to a read-only page", page + 10);
	printf("vector %u error %u cr2 %s\n", at.vector, at.error,
	       at.address == (uintptr_t)page + 10 ? "right" : "wrong");
	sys_munmap(page + PAGE, PAGE);
	handle(SIGSEGV, catch_and_map, SA_SIGINFO, 0);
	*(volatile char *)(page + PAGE + 20) = 1;
	show_fault("write where nothing is", page + PAGE + 20);
	show_truth("the write was done after it", page[PAGE + 20] == 1);
	page = NULL;
}

void fault_divide(void), fault_opcode(void), fault_breakpoint(void), fault_general(void);

static void test_instructions(void)
{
	handle(SIGFPE, catch, SA_SIGINFO, 0);
	handle(SIGILL, catch, SA_SIGINFO, 0);
	handle(SIGTRAP, catch, SA_SIGINFO, 0);
	handle(SIGSEGV, catch, SA_SIGINFO, 0);
	skip = 2;
	fault_divide();
	show_fault("division by zero", (const void *)(uintptr_t)at.eip);
	fault_opcode();
	show_fault("invalid opcode", (const void *)(uintptr_t)at.eip);
	skip = 0;
	fault_breakpoint();
	show_fault("breakpoint", NULL);
	skip = 1;
	fault_general();
	show_fault("privileged instruction", NULL);
}

static void test_senders(void)
{
	struct siginfo own = { .code = -1 };
	int me = sys_getpid(), pid;

	own.pid = 77;
	own.value = 4711;
	skip = 0;
	handle(SIGUSR1, catch, SA_SIGINFO, 0);
	handle(40, catch, SA_SIGINFO, 0);
	handle(SIGCHLD, catch, SA_SIGINFO, 0);
	raise(SIGUSR1);
	printf("kill: code %d sender %s\n", seen.code, seen.pid == me ? "right" : "wrong");
	call(NR_tgkill, me, me, SIGUSR1, 0);
	printf("tgkill: code %d sender %s\n", seen.code, seen.pid == me ? "right" : "wrong");
	show("rt_sigqueueinfo", call(NR_rt_sigqueueinfo, me, 40, (long)&own, 0));
	printf("queued: code %d sender %d value %u\n", seen.code, seen.pid, seen.value);
	pid = sys_fork();
	if (pid == 0)
		sys_exit(9);
	reap(pid);
	printf("child: code %d sender %s status %u\n", seen.code,
	       seen.pid == pid ? "right" : "wrong", seen.value);
	pid = sys_fork();
	if (pid == 0)
		for (;;)
			sys_sched_yield();
	sys_kill(pid, SIGKILL);
	reap(pid);
	printf("killed child: code %d sender %s status %u\n", seen.code,
	       seen.pid == pid ? "right" : "wrong", seen.value);
}

/* A blocked or ignored fault ends the program all the same. */
static void fault_blocked(void)
{
	handle(SIGSEGV, catch, SA_SIGINFO, 0);
	mask_change(SIG_BLOCK, signal_bit(SIGSEGV));
	*nowhere = 1;
}

static void fault_ignored(void)
{
	handle(SIGSEGV, (signal_handler *)SIG_IGN, 0, 0);
	*nowhere = 1;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	test_memory();
	test_instructions();
	test_senders();
	show_child("a blocked fault", fault_blocked);
	show_child("an ignored fault", fault_ignored);
	return 0;
}

/*
 * Frames that a program forges for sigreturn. None of them may get more than user mode has: the
 * program goes on as what it is, or ends.
 */
#include "tests/user/signalling.h"

enum { EFLAGS_CARRY = 1, EFLAGS_DF = 0x400, EFLAGS_IOPL = 0x3000, EFLAGS_NT = 0x4000 };

static void (*forge)(struct ucontext *context);
uint32_t forged_eflags(void);
void forged_out(void);

static void handler(int signo, struct siginfo *info, struct ucontext *context)
{
	(void)signo, (void)info;
	forge(context);
}

static void run(void (*how)(struct ucontext *context))
{
	forge = how;
	handle(SIGUSR1, handler, SA_SIGINFO, 0);
	raise(SIGUSR1);
}

static void forge_kernel_code(struct ucontext *c)
{
	c->registers.cs = 8;
}

static void forge_kernel_code_here(struct ucontext *c)
{
	c->registers.cs = 0x60;
}

static void forge_kernel_stack(struct ucontext *c)
{
	c->registers.ss = 0x68;
}

static void forge_null_stack(struct ucontext *c)
{
	c->registers.ss = 0;
}

static void forge_no_code(struct ucontext *c)
{
	c->registers.eip = 0xfffffff0;
}

static void forge_fpu(struct ucontext *c)
{
	c->registers.fpu = 0xfffff000;
}

static void forge_flags(struct ucontext *c)
{
	c->registers.eflags |= EFLAGS_IOPL | EFLAGS_NT | EFLAGS_CARRY;
}

static void forge_mxcsr(struct ucontext *c)
{
	/* MXCSR lies 112 + 24 bytes in, where there is one; all ones is nothing a CPU takes. */
	uint16_t magic = *(uint16_t *)(uintptr_t)(c->registers.fpu + 110);
	if (magic == 0)
		*(uint32_t *)(uintptr_t)(c->registers.fpu + 136) = 0xffffffff;
}

static void forge_no_fpu(struct ucontext *c)
{
	c->registers.fpu = 0;
}

static void run_kernel_code(void)
{
	run(forge_kernel_code);
}

static void run_kernel_code_here(void)
{
	run(forge_kernel_code_here);
}

static void run_kernel_stack(void)
{
	run(forge_kernel_stack);
}

static void run_null_stack(void)
{
	run(forge_null_stack);
}

static void run_no_code(void)
{
	run(forge_no_code);
}

static void run_fpu(void)
{
	run(forge_fpu);
}

static void run_out(void)
{
	run(forge_flags);
	forged_out();
}

static void run_mxcsr(void)
{
	run(forge_mxcsr);
	sys_exit(3);
}

static void run_no_fpu(void)
{
	run(forge_no_fpu);
	sys_exit(4);
}

/* Not called from a handler at all: whatever lies on the stack is the frame. */
static void run_out_of_the_blue(void)
{
	linux_call(NR_rt_sigreturn, 0, 0, 0, 0, 0, 0);
}

static void run_out_of_the_blue_plain(void)
{
	linux_call(NR_sigreturn, 0, 0, 0, 0, 0, 0);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	show_child("a kernel's code selector", run_kernel_code);
	show_child("this kernel's", run_kernel_code_here);
	show_child("a kernel's stack selector", run_kernel_stack);
	show_child("no stack selector", run_null_stack);
	show_child("no code there", run_no_code);
	show_child("x87 state nowhere", run_fpu);
	show_child("no x87 state", run_no_fpu);
	show_child("MXCSR of all ones", run_mxcsr);
	show_child("sigreturn out of the blue", run_out_of_the_blue);
	show_child("the old one", run_out_of_the_blue_plain);
	run(forge_flags);
	show_truth("I/O privilege by a frame", forged_eflags() & EFLAGS_IOPL);
	show_child("using it", run_out);
	return 0;
}

/*
 * The trap flag: a signal after each instruction, none inside handlers or the kernel, and the
 * debug trap that "mov ss" defers never reaches the kernel as its own.
 */
#include "tests/user/signalling.h"

uint32_t step_through(void);
void step_over_stack_load(void);

static volatile int steps, wrong;

static void step(int signo, struct siginfo *info, struct ucontext *context)
{
	(void)signo, (void)context;
	steps++;
	wrong += info->code != 2;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	handle(SIGTRAP, step, SA_SIGINFO, 0);
	printf("computed %u\n", step_through());
	printf("steps %d, wrong %d\n", steps, wrong);
	steps = 0;
	step_over_stack_load();
	show_truth("over a stack load and a system call", steps >= 1 && wrong == 0);
	return 0;
}

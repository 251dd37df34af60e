/* Processes that never call the kernel take turns: each moves on while the others compute. */
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { PROCESSES = 3, TURNS = 5 };

/* Whose turn it is, in shared memory; no system call between looking and going on. */
static volatile uint32_t *turn;

static void take_turns(uint32_t number)
{
	for (uint32_t i = 0; i < TURNS; i++) {
		while (*turn % PROCESSES != number)
			;
		*turn = *turn + 1;
	}
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	turn = (volatile uint32_t *)pages_shared(1);
	for (uint32_t i = 0; i < PROCESSES; i++)
		if (sys_fork() == 0) {
			take_turns(i);
			sys_exit(0);
		}
	for (uint32_t i = 0; i < PROCESSES; i++)
		sys_waitpid(-1, NULL, 0);
	printf("%u turns taken\n", *turn);
	return 0;
}

/*
 * The floating-point registers belong to the process: several compute at once, each is
 * interrupted in the middle of sums again and again, and each must get what it gets alone. A new
 * program starts with an empty stack of registers and the default control word; a forked child
 * starts with its parent's.
 */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { PROCESSES = 4, STEPS = 300000 };

uint32_t fpu_control(void);
uint32_t fpu_sse_pattern(uint32_t pattern, uint32_t rounds);
uint32_t fpu_has_sse(void);

/*
 * A sum that keeps several values in registers and whose bits depend on every step. One copy of the
 * code, or the compiler might round at other places in another.
 */
static __attribute__((noinline)) uint32_t compute(uint32_t seed)
{
	double a = 1.0 + seed, b = 1.0 / (seed + 2), sum = 0;

	for (uint32_t i = 0; i < STEPS; i++) {
		a = a * 1.0000001 + b;
		b = b * 0.9999999 + 0.0000003;
		sum += a * b;
	}
	uint32_t bits[2];
	memcpy(bits, &sum, sizeof(bits));
	return bits[0] ^ bits[1];
}

static void compare_sums(void)
{
	uint32_t alone[PROCESSES];
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < PROCESSES; i++)
		alone[i] = compute(i);
	for (uint32_t i = 0; i < PROCESSES; i++)
		if (sys_fork() == 0)
			sys_exit(compute(i) == alone[i] ? 0 : 1);
	for (uint32_t i = 0; i < PROCESSES; i++) {
		int status;
		sys_waitpid(-1, &status, 0);
		wrong += status != 0;
	}
	printf("%d processes computing together: %u wrong\n", PROCESSES, wrong);
}

/* Each process keeps its own pattern in all eight SSE registers, yielding and being interrupted. */
static void compare_patterns(void)
{
	uint32_t wrong = 0;
	uint32_t rounds = fpu_has_sse() ? 20000 : 0;

	for (uint32_t i = 0; i < PROCESSES; i++)
		if (sys_fork() == 0)
			sys_exit(rounds ? (int)fpu_sse_pattern(0x01010101 * (i + 1), rounds) : 0);
	for (uint32_t i = 0; i < PROCESSES; i++) {
		int status;
		sys_waitpid(-1, &status, 0);
		wrong += status != 0;
	}
	printf("%d processes holding patterns: %u wrong\n", PROCESSES, wrong);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	printf("control word at the start: %04x\n", fpu_control());
	compare_sums();
	compare_patterns();

	double parent = 1.0;
	for (int i = 0; i < 20; i++)
		parent /= 3.0;
	int status;
	int pid = sys_fork();
	if (pid == 0) {
		parent *= 3486784401.0;
		sys_exit(parent > 0.999999 && parent < 1.000001 ? 0 : 1);
	}
	sys_waitpid(pid, &status, 0);
	show_status("a child goes on with the parent's numbers", status);
	return 0;
}

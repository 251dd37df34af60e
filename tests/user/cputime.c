/* Time is charged to who used it: the program, or the kernel for it. */
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { NR_GETRUSAGE = 77, BUFFER = 1 << 20, ENOUGH = 200 };

/* Milliseconds in user mode and in the kernel. */
struct used {
	uint32_t user, system;
};

static struct used used(void)
{
	int32_t r[18]; /* struct rusage: seconds and microseconds of both come first */
	linux_call(NR_GETRUSAGE, 0, (long)r, 0, 0, 0, 0);
	return (struct used){
		(uint32_t)(r[0] * 1000 + r[1] / 1000), (uint32_t)(r[2] * 1000 + r[3] / 1000)
	};
}

/* What @work adds to both, when it is done until one of them has grown enough. */
static struct used spend(void (*work)(void))
{
	struct used before = used(), now = before;
	while (now.user - before.user < ENOUGH && now.system - before.system < ENOUGH) {
		work();
		now = used();
	}
	return (struct used){ now.user - before.user, now.system - before.system };
}

static volatile uint32_t sink;

static void compute(void)
{
	for (uint32_t i = 0; i < 1000000; i++)
		sink = sink * 31 + i;
}

static int zeroes;
static char *buffer;

static void read_zeroes(void)
{
	sys_read(zeroes, buffer, BUFFER);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	buffer = pages_private(BUFFER / PAGE);
	zeroes = sys_open("/dev/zero", O_RDONLY, 0);
	read_zeroes();
	struct used u = spend(compute);
	show_truth("computing is user time", u.user > 4 * u.system);
	u = spend(read_zeroes);
	show_truth("a system call's work is system time", u.system > 4 * u.user);
	return 0;
}

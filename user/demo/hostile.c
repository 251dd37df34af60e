/*
 * Does what no program should, in children of its own, and is still there at the end.
 *
 *   instructions   what belongs to the kernel, bad segments, flags, stacks: see hostile_cases.asm
 *   int n          for every n: only 3, 4 and 0x80 are for programs
 *   sigreturn      from frames of garbage, of kernel addresses, and of forged registers
 *   random calls   any number, any arguments; only with --really, since on a real system they might
 *                  find something to destroy
 *
 * What a child does to itself is its own affair. The parent prints how each ended, or only that all
 * of them did where that is random. A call may wait for ever, so children of the last kind are
 * given some time and then killed. They are kept from making processes and from sending signals:
 * the first would multiply the randomness, the second would end the parent, and rightly so.
 */
#include "lib/string.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static uint32_t seed = 1, children = 64, calls = 64;
static bool really, quiet;

static const struct option options[] = {
	{ "seed", &seed, NULL, "start of the random numbers" },
	{ "children", &children, NULL, "children that make random system calls" },
	{ "calls", &calls, NULL, "random system calls of each" },
	{ "really", NULL, &really, "do make random system calls" },
	{ "quiet", NULL, &quiet, "no line for each instruction" },
};

static const struct program program = {
	"hostile", "does what no program should, and is still there at the end", "",
	options, ARRAY_SIZE(options),
};

struct hostile_case {
	const char *name;
	void (*code)(void);
};

extern const struct hostile_case hostile_cases[];
extern const char hostile_ints[256][4];
long hostile_sigreturn(long number, uint32_t stack);

/* The signal that ended a child which called @code; 0: the call came back. */
static int outcome_of(void (*code)(void))
{
	int status;
	int pid = sys_fork();

	if (pid == 0) {
		code();
		sys_exit(0);
	}
	if (pid < 0 || sys_waitpid(pid, &status, 0) != pid)
		fail("hostile: fork: %s\n", error_text(pid));
	return wait_signal(status);
}

static const char *outcome_text(int signo)
{
	return signo ? signal_text(signo) : "survived";
}

static void run_instructions(void)
{
	uint32_t survived = 0, count = 0;

	for (const struct hostile_case *c = hostile_cases; c->name; c++) {
		int signo = outcome_of(c->code);
		if (!quiet)
			printf("%-36s%s\n", c->name, outcome_text(signo));
		survived += signo == 0;
		count++;
	}
	printf("instructions: %u cases, %u survived\n", count, survived);
}

static void run_ints(void)
{
	uint32_t faults = 0;

	for (uint32_t n = 0; n < 256; n++) {
		if (n == 0x80) /* a system call: its number would be chance */
			continue;
		int signo = outcome_of((void (*)(void))hostile_ints[n]);
		if (signo == SIGSEGV)
			faults++;
		else if (!quiet)
			printf("int %-32u%s\n", n, outcome_text(signo));
	}
	printf("int n: %u of 255 are segmentation faults\n", faults);
}

/* The signal frame's registers, as the kernel finds them at the stack pointer. */
struct forged {
	uint32_t gs, fs, es, ds, edi, esi, ebp, esp, ebx, edx, ecx, eax, trap, error;
	uint32_t eip, cs, eflags, esp_at_signal, ss, fpstate, mask, cr2;
	uint32_t rest[256];
};

static struct forged frame;

static void sigreturn_forged(void)
{
	hostile_sigreturn(NR_sigreturn, (uint32_t)&frame);
}

static void sigreturn_forged_rt(void)
{
	hostile_sigreturn(NR_rt_sigreturn, (uint32_t)&frame);
}

static void sigreturn_kernel_stack(void)
{
	hostile_sigreturn(NR_sigreturn, 0xc0100000);
}

static void sigreturn_no_stack(void)
{
	hostile_sigreturn(NR_rt_sigreturn, 0);
}

/*
 * A forged frame is filled with one value each time, its selectors and flags with dangerous ones.
 */
static void run_sigreturns(void)
{
	static const uint32_t selectors[] = { 0, 8, 0x60, 0x68, 0x80, 0xf8, 0xffff };
	static const uint32_t fillers[] = { 0, 0xc0100000, 0xffffffff };
	uint32_t count = 2;

	outcome_of(sigreturn_kernel_stack);
	outcome_of(sigreturn_no_stack);
	for (size_t f = 0; f < ARRAY_SIZE(fillers); f++)
		for (size_t s = 0; s < ARRAY_SIZE(selectors); s++) {
			for (size_t i = 0; i < sizeof(frame) / 4; i++)
				((uint32_t *)&frame)[i] = fillers[f];
			frame.cs = frame.ss = frame.ds = frame.es = selectors[s];
			frame.eflags = 0xffffffff;
			outcome_of(sigreturn_forged);
			outcome_of(sigreturn_forged_rt);
			count += 2;
		}
	printf("sigreturn: %u bad frames, the parent lives\n", count);
}

/* Calls that would leave this family, or enlarge it. */
static bool call_left_out(uint32_t number)
{
	static const uint16_t left_out[] = {
		1, 252,                         /* exit, exit_group: too soon */
		2, 120, 190, 435,               /* fork, clone, vfork, clone3 */
		37, 129, 178, 238, 270, 335,    /* kill and its kind */
		424, 434,                       /* by file descriptors */
		26, 88, 283,                    /* ptrace, reboot, kexec_load */
		29, 72, 179,                    /* pause and its kind: for ever */
	};

	for (size_t i = 0; i < ARRAY_SIZE(left_out); i++)
		if (left_out[i] == number)
			return true;
	return false;
}

static char scratch[8192];
static char scratch_path[] = "/tmp/hostile";

/* Values that find mistakes more often than chance does. */
static uint32_t random_argument(uint32_t *state)
{
	const uint32_t interesting[] = {
		0, 1, 2, 3, 4095, 4096, 8192, 0x7fffffff, 0x80000000, 0xfffff000, 0xfffffffc,
		0xffffffff, 0xbffff000, 0xbffffffc, 0xc0000000, 0xc0100000, 0x08048000,
		(uint32_t)scratch, (uint32_t)scratch + 1, (uint32_t)scratch + 4094,
		(uint32_t)scratch_path, (uint32_t)state,
	};
	uint32_t r = random_next(state);

	if (r & 1)
		return interesting[(r >> 8) % ARRAY_SIZE(interesting)];
	return (r & 2) ? (r >> 8) & 63 : random_next(state);
}

static NORETURN void child_calls(uint32_t state)
{
	for (int fd = 0; fd < 3; fd++)
		sys_close(fd);
	for (int fd = 0; fd < 3; fd++)
		sys_open("/dev/null", O_RDWR, 0);
	for (uint32_t i = 0; i < calls; i++) {
		uint32_t number = random_next(&state) % 460;
		long a[6];
		for (int k = 0; k < 6; k++)
			a[k] = (long)random_argument(&state);
		if (!call_left_out(number))
			linux_call((long)number, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
	sys_exit(0);
}

/* Give a child some time: those that take longer have called pause, or something like it. */
static void child_wait(int pid)
{
	for (int i = 0; i < 30; i++) {
		if (sys_waitpid(pid, NULL, WNOHANG) != 0)
			return;
		sys_nanosleep(0, 10 * 1000 * 1000);
	}
	sys_kill(pid, SIGKILL);
	sys_waitpid(pid, NULL, 0);
}

static void run_calls(void)
{
	uint32_t state = seed;
	uint32_t started = 0;

	for (uint32_t i = 0; i < children; i++) {
		uint32_t child_state = random_next(&state);
		int pid = sys_fork();
		if (pid == 0)
			child_calls(child_state);
		if (pid < 0)
			fail("hostile: fork: %s\n", error_text(pid));
		child_wait(pid);
		started++;
	}
	printf("random calls: %u children from seed %u, up to %u calls each, the parent lives\n",
	       started, seed, calls);
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	options_parse(&program, argc, argv);
	if (seed == 0)
		fail("hostile: the seed is not 0\n");
	run_instructions();
	run_ints();
	run_sigreturns();
	if (really)
		run_calls();
	else
		printf("random calls: left out without --really\n");
	return 0;
}

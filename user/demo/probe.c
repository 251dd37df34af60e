/*
 * Tries every corner of the 4 GiB it must not touch.
 *
 * For each place a child reads, writes and jumps there, and the parent says how it ended. Then the
 * whole 4 GiB in steps: outside of the program's own areas every access must end in SIGSEGV. What
 * is its own is known without asking the kernel: the image up to the heap's end, the stack, and
 * the page of code that the kernel lends: Clockhand's lowest (sigreturn), on Linux AT_SYSINFO_EHDR
 * with its data.
 *
 * Linux lets 32-bit programs have nearly all 4 GiB on a 64-bit machine; the places named below are
 * empty there, so both systems print the same.
 */
#include "lib/format.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static uint32_t step = 4 << 20;

static const struct option options[] = {
	{ "step", &step, NULL, "bytes between two addresses of the sweep; 0: no sweep" },
};

static const struct program program = {
	"probe", "tries every corner of the 4 GiB it must not touch", "",
	options, ARRAY_SIZE(options),
};

enum access { ACCESS_READ, ACCESS_WRITE, ACCESS_JUMP, NACCESSES };

static const char *const access_names[NACCESSES] = { "read", "write", "jump" };

/* Start of the image; the linker puts it at the first page. */
extern char __executable_start[];

static void access_do(enum access access, uint32_t address)
{
	volatile char *p = (volatile char *)address;

	if (access == ACCESS_READ)
		(void)*p;
	else if (access == ACCESS_WRITE)
		*p = 1;
	else
		((void (*)(void))address)();
}

/* The signal that ended a child which did it; 0 where it lived. */
static int access_try(enum access access, uint32_t address)
{
	int status = 0;
	int pid = sys_fork();

	if (pid == 0) {
		access_do(access, address);
		exit(0);
	}
	if (pid < 0 || sys_waitpid(pid, &status, 0) != pid)
		fail("probe: fork: %s\n", error_text(pid));
	return wait_signal(status);
}

static const struct {
	uint32_t address;
	const char *what;
} places[] = {
	{ 0x00000000, "address 0" },
	{ 0x00000ffc, "the end of page 0" },
	{ 0x00008000, "below the lowest address" },
	{ 0x04000000, "below the program" },
	{ 0xc0000000, "where the kernel begins" },
	{ 0xc0100000, "the kernel's code" },
	{ 0xc00b8000, "the screen's memory" },
	{ 0xc1000000, "the direct map of memory" },
	{ 0xd0000000, "further up in it" },
	{ 0xf0001000, "kernel stacks" },
	{ 0xf0800000, "above the stacks" },
	{ 0xfffff000, "the last page" },
	{ 0xffffffff, "the last byte" },
};

static uint32_t places_probe(void)
{
	uint32_t survived = 0;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char outcomes[80];
		size_t used = 0;
		for (enum access a = 0; a < NACCESSES; a++) {
			int signo = access_try(a, places[i].address);
			used += (size_t)format_string(outcomes + used, sizeof(outcomes) - used,
						      "  %s: %s%d", access_names[a],
						      signo ? "signal " : "survived ", signo);
			survived += signo == 0;
		}
		printf("%08x  %-26s%s\n", places[i].address, places[i].what, outcomes);
	}
	return survived;
}

static bool is_between(uint32_t address, uint32_t start, uint32_t end)
{
	return address >= start && address < end;
}

enum { LENT_LOW = 0x00110000 };

/* Might @address be this program's own? Generous by a megabyte or two. */
static bool is_own(uint32_t address)
{
	const uint32_t mega = 1 << 20;
	uint32_t stack = (uint32_t)&address;
	uint32_t stack_end = stack < UINT32_MAX - mega ? stack + mega : UINT32_MAX;
	uint32_t lent = runtime_auxv_value(AT_SYSINFO_EHDR);

	if (is_between(address, (uint32_t)__executable_start, sys_brk(0)))
		return true;
	if (is_between(address, stack - 10 * mega, stack_end))
		return true;
	if (is_between(address, LENT_LOW, LENT_LOW + 4096))
		return true;
	return lent && is_between(address, lent - mega, lent + mega);
}

static uint32_t sweep(void)
{
	uint32_t outside = 0, survived = 0;

	for (uint64_t address = 0; address < (1ull << 32); address += step) {
		if (is_own((uint32_t)address))
			continue;
		enum access access = outside % NACCESSES;
		outside++;
		int signo = access_try(access, (uint32_t)address);
		if (signo == SIGSEGV)
			continue;
		printf("%08x  %s: ended by signal %d\n",
		       (uint32_t)address, access_names[access], signo);
		survived++;
	}
	printf("the whole 4 GiB in steps of %u KiB: %s outside of this program's own areas\n",
	       step / 1024, survived ? "NOT only faults" : "only faults");
	return survived;
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	options_parse(&program, argc, argv);
	if (step && step < 4096)
		fail("probe: a step is at least a page\n");

	uint32_t survived = places_probe();
	if (step)
		survived += sweep();
	printf("probe: %s\n", survived ? "SOMETHING WAS REACHABLE" : "nothing was reachable");
	return survived ? 1 : 0;
}

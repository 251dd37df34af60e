/*
 * Tries the limits of its segments, a case at a time, each in a child of its own.
 *
 * The window is a segment of 1000 bytes in the middle of an array, made by set_thread_area. Each
 * case first does what is allowed, up to the last byte, and ends with status 3 if that fails. Then
 * it does what must not be possible. On a CPU that compares limits (a real one, Bochs) that is
 * SIGSEGV; QEMU's emulation compares none, and such cases survive there. Those that are about
 * loading a selector are the same everywhere.
 *
 * The cases of the code segment call a "ret" that lies where data lies: on the stack, in the heap,
 * in a map. Two descriptors no program can have; a self-test of the kernel puts them into the
 * last entry and runs the case.
 */
#include "lib/errno.h"
#include "lib/string.h"
#include "user/lib/linux_signal.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static const struct program program = {
	"segprobe", "tries the limits of its segments", "[CASE]", NULL, 0,
};

enum { PAGE = 4096, WINDOW_START = 100, WINDOW_BYTES = 1000 };
enum { DESC_EXPAND_DOWN = 2, DESC_READ_ONLY = 8, DESC_EMPTY = 40 };
enum { SELECTOR_OUTSIDE = 0x7ffb, SELECTOR_KERNEL_DATA = 0x6b, ENTRY_LAST = 8 };
enum { STATUS_WRONG = 3, STATUS_REFUSED = 4, RET = 0xc3, NOP = 0x90, MOV_EAX = 0xb8 };
enum { RW = PROT_READ | PROT_WRITE, RX = PROT_READ | PROT_EXEC };

uint32_t segprobe_read8(uint32_t selector, uint32_t offset);
uint32_t segprobe_read32(uint32_t selector, uint32_t offset);
void segprobe_write8(uint32_t selector, uint32_t offset);
void segprobe_load(uint32_t selector);
void segprobe_load_stack(uint32_t selector);
void segprobe_push(uint32_t selector, uint32_t esp);
void segprobe_return(const void *code);
uint32_t segprobe_call_without_data(void);

static uint8_t bytes[2 * PAGE] __attribute__((aligned(PAGE)));

/* What must hold for the case to mean anything. */
static void require(bool truth)
{
	if (!truth)
		sys_exit(STATUS_WRONG);
}

static long thread_area(long number, struct user_desc *d)
{
	return linux_call(number, (long)d, 0, 0, 0, 0, 0);
}

/* The selector of a new data segment. */
static uint32_t segment_new(const void *base, uint32_t limit, uint32_t flags)
{
	struct user_desc d = { UINT32_MAX, (uintptr_t)base, limit, USER_DESC_32BIT | flags };

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	require(thread_area(NR_set_thread_area, &d) == 0);
	return d.entry_number * 8 + 3;
}

static uint32_t window_new(uint32_t flags)
{
	return segment_new(bytes + WINDOW_START, WINDOW_BYTES - 1, flags);
}

/* The selector of the descriptor that a self-test has put there. */
static uint32_t segment_given(void)
{
	struct user_desc d = { ENTRY_LAST, 0, 0, 0 };
	struct user_desc wanted = { ENTRY_LAST, 0, 1, USER_DESC_32BIT | DESC_EXPAND_DOWN };

	if (thread_area(NR_get_thread_area, &d) != 0 || d.flags == DESC_EMPTY) {
		require(thread_area(NR_set_thread_area, &wanted) < 0);
		sys_exit(STATUS_REFUSED);
	}
	return ENTRY_LAST * 8 + 3;
}

static void call_bytes(const void *code)
{
	((void (*)(void))(uintptr_t)code)();
}

/* --- the twelve --- */

static void case_beyond(void)
{
	uint32_t window = window_new(0);

	require(segprobe_read8(window, 0) == bytes[WINDOW_START]);
	require(segprobe_read8(window, 999) == bytes[WINDOW_START + 999]);
	segprobe_read8(window, 1000);
}

static void case_straddle(void)
{
	uint32_t window = window_new(0), value;

	memcpy(&value, bytes + WINDOW_START + 996, sizeof(value));
	require(segprobe_read32(window, 996) == value);
	segprobe_read32(window, 997);
}

static void case_pages(void)
{
	uint32_t page = segment_new(bytes, 0, USER_DESC_PAGES);

	require(segprobe_read8(page, PAGE - 1) == bytes[PAGE - 1]);
	segprobe_read8(page, PAGE);
}

static void case_read_only(void)
{
	uint32_t window = window_new(DESC_READ_ONLY);

	require(segprobe_read8(window, 9) == bytes[WINDOW_START + 9]);
	segprobe_write8(window, 9);
}

static void case_null(void)
{
	segprobe_load(3);
	segprobe_read8(3, (uintptr_t)bytes);
}

/* Its base is 0, and it has what lies above the program's start. */
static void case_expand_down(void)
{
	extern char __executable_start[];
	uint32_t segment = segment_given();

	require(segprobe_read8(segment, (uintptr_t)__executable_start) == 0x7f);
	segprobe_read8(segment, 0x00110000); /* memory there is: the page of sigreturn */
}

static void case_code(void)
{
	volatile uint8_t code[] = { RET };

	call_bytes((const void *)code);
}

static void case_stack(void)
{
	uint32_t window = window_new(0);

	segprobe_push(window, WINDOW_BYTES);
	segprobe_push(window, WINDOW_BYTES + 2);
}

static void case_not_present(void)
{
	segprobe_load(segment_given());
}

static void case_outside(void)
{
	segprobe_load(SELECTOR_OUTSIDE);
}

static void case_kernel(void)
{
	segprobe_load(SELECTOR_KERNEL_DATA);
}

static void case_stack_read_only(void)
{
	uint32_t window = window_new(DESC_READ_ONLY);

	segprobe_load(window);
	segprobe_load_stack(window);
}

/* --- more about the end of code --- */

static void case_heap(void)
{
	uint8_t *code = (uint8_t *)sys_brk(0);

	require(sys_brk((uintptr_t)code + PAGE) == (uintptr_t)code + PAGE);
	*code = RET;
	call_bytes(code);
}

static uint8_t *map_new(uintptr_t at, unsigned npages, int prot)
{
	uint8_t *p = sys_mmap((void *)at, npages * PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	require(!is_error((uintptr_t)p));
	return p;
}

static void case_map(void)
{
	uint8_t *code = map_new(0, 1, RW);

	*code = RET;
	call_bytes(code);
}

/* As an overflow does it: the return address leads to the stack. */
static void case_return(void)
{
	volatile uint8_t code[] = { RET };

	segprobe_return((const void *)code);
}

/* Executable, and then no more. */
static void case_protect(void)
{
	uint8_t *code = map_new(0, 1, RW);

	*code = RET;
	require(sys_mprotect(code, PAGE, RX) == 0);
	call_bytes(code);
	require(sys_mprotect(code, PAGE, RW) == 0);
	call_bytes(code);
}

/* A page of code, and behind it one that is none. */
static uint8_t *map_code_and_data(void)
{
	uint8_t *p = map_new(0x30000000, 2, RW);

	memset(p, NOP, PAGE);
	p[PAGE] = RET;
	return p;
}

static void case_run_off(void)
{
	uint8_t *p = map_code_and_data();

	require(sys_mprotect(p, PAGE, RX) == 0);
	call_bytes(p + PAGE - 3);
}

static void case_half(void)
{
	uint8_t *p = map_code_and_data();

	p[PAGE - 2] = MOV_EAX;
	p[PAGE + 3] = RET;
	require(sys_mprotect(p, PAGE, RX) == 0);
	call_bytes(p + PAGE - 2);
}

static void case_handler(void)
{
	volatile uint8_t code[] = { RET };
	struct sigaction action = { (uintptr_t)code, 0, 0, { 0, 0 } };

	require(linux_call(NR_rt_sigaction, SIGUSR1, (long)&action, 0, 8, 0, 0) == 0);
	sys_kill(sys_getpid(), SIGUSR1);
}

/* --- what must work --- */

static void case_compiler(void)
{
	uint8_t *code = map_new(0, 1, RW | PROT_EXEC);

	*code = RET;
	call_bytes(code);
}

static void case_no_data(void)
{
	require(segprobe_call_without_data() == (uint32_t)sys_getpid());
}

static const struct {
	const char *name, *what;
	void (*run)(void);
} cases[] = {
	{ "beyond", "read the byte behind the window", case_beyond },
	{ "straddle", "read across the window's end", case_straddle },
	{ "pages", "read behind a window of one page", case_pages },
	{ "read-only", "write to a read-only segment", case_read_only },
	{ "null", "read with a null selector", case_null },
	{ "expand-down", "read below an expand-down segment", case_expand_down },
	{ "code", "call code on the stack", case_code },
	{ "stack", "push across the stack segment's end", case_stack },
	{ "not-present", "load a segment that is not present", case_not_present },
	{ "outside", "load a selector outside the table", case_outside },
	{ "kernel", "load the kernel's data segment", case_kernel },
	{ "stack-read-only", "load a read-only stack segment", case_stack_read_only },
	{ "heap", "call code in the heap", case_heap },
	{ "map", "call code in a data map", case_map },
	{ "return", "return to code on the stack", case_return },
	{ "protect", "call code that is none any more", case_protect },
	{ "run-off", "run off the end of code", case_run_off },
	{ "half", "an instruction half behind the end of code", case_half },
	{ "handler", "a signal handler on the stack", case_handler },
	{ "compiler", "call code in an executable map", case_compiler },
	{ "no-data", "a system call with null data segments", case_no_data },
};

static const char *outcome_text(int status)
{
	int signo = wait_signal(status);

	if (signo)
		return signal_text(signo);
	if (status >> 8 == STATUS_REFUSED)
		return "no program gets such a descriptor";
	return status ? "what is allowed failed" : "survived";
}

static void run_all(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int status = 0;
		int pid = sys_fork();

		if (pid == 0) {
			cases[i].run();
			sys_exit(0);
		}
		if (pid < 0 || sys_waitpid(pid, &status, 0) != pid)
			fail("segprobe: fork: %s\n", error_text(pid));
		printf("%-44s%s\n", cases[i].what, outcome_text(status));
	}
}

int main(int argc, char **argv, char **envp)
{
	int at = options_parse(&program, argc, argv);

	(void)envp;
	if (at == argc) {
		run_all();
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (strcmp(argv[at], cases[i].name) != 0)
			continue;
		cases[i].run();
		return 0;
	}
	fail("segprobe: there is no case %s\n", argv[at]);
}

/* Memory that is executed: made at once, made later, and where reading includes executing. */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"
#include "user/lib/thread.h"

enum { NR_personality = 136, READ_IMPLIES_EXEC = 0x0400000 };
enum { RW = PROT_READ | PROT_WRITE, RX = PROT_READ | PROT_EXEC };

static char text[16384];

static uint8_t *map(int prot)
{
	return sys_mmap(NULL, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* A function that returns @value. */
static void write_code(uint8_t *at, uint32_t value)
{
	at[0] = 0xb8; /* mov eax, value */
	memcpy(at + 1, &value, sizeof(value));
	at[5] = 0xc3; /* ret */
}

static uint32_t call_code(const uint8_t *at)
{
	return ((uint32_t (*)(void))(uintptr_t)at)();
}

static uint32_t hex(const char **at)
{
	uint32_t value = 0;

	for (; strchr("0123456789abcdef", **at) && **at; ++*at)
		value = value * 16 + (uint32_t)(**at <= '9' ? **at - '0' : **at - 'a' + 10);
	return value;
}

/* The rights of the page at @address as /proc/self/maps has them. */
static void show_rights(const char *what, const void *address)
{
	int fd = sys_open("/proc/self/maps", O_RDONLY, 0), n = 0, got = 1;
	char rights[5] = "none";

	while (got > 0 && n < (int)sizeof(text) - 1) {
		got = sys_read(fd, text + n, sizeof(text) - 1 - (size_t)n);
		n += got > 0 ? got : 0;
	}
	text[n] = 0;
	sys_close(fd);
	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		uint32_t start = hex(&line), end;
		line += *line == '-';
		end = hex(&line);
		if (start <= (uintptr_t)address && (uintptr_t)address < end)
			memcpy(rights, line + 1, 4);
	}
	printf("%s: %s\n", what, rights);
}

static void body(void *code)
{
	show_truth("a thread calls it", call_code(code) == 2);
	/* Executable for all threads from here on. */
	show("a thread makes the other executable", sys_mprotect((uint8_t *)code + PAGE, PAGE, RX));
}

static void test_thread(void)
{
	struct thread t;
	uint8_t *code = (uint8_t *)pages_private(2);

	write_code(code, 2);
	write_code(code + PAGE, 3);
	show("executable later", sys_mprotect(code, PAGE, RX));
	show_truth("called", call_code(code) == 2);
	int started = thread_start(&t, body, code, 0);
	thread_join(&t);
	show("a thread", started); /* only now: its lines come first, whoever runs first */
	show_truth("the other is called", call_code(code + PAGE) == 3);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	uint8_t *code = map(RW | PROT_EXEC);

	show_rights("made at once", code);
	write_code(code, 1);
	show_truth("called", call_code(code) == 1);
	test_thread();

	show_rights("readable", map(PROT_READ));
	linux_call(NR_personality, READ_IMPLIES_EXEC, 0, 0, 0, 0, 0);
	show_rights("readable, where that includes executing", map(PROT_READ));
	show_rights("nothing", map(PROT_NONE));
	code = map(RW);
	write_code(code, 4);
	show_rights("writable", code);
	show_truth("called", call_code(code) == 4);
	show("read-only", sys_mprotect(code, PAGE, PROT_READ));
	show_rights("read-only", code);
	show_truth("called", call_code(code) == 4);
	return 0;
}

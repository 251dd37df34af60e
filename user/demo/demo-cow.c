/*
 * Copy on write, seen from outside: after fork parent and child have the same frames; who writes
 * first gets a copy. Frames and the number of their mappers come from /proc/self/pagemap and
 * /proc/kpagecount, the copies from /proc/vmstat.
 */
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"
#include "user/tools/procfile.h"

enum { PAGES = 4, PAGE = 4096 };

static const struct program program = {
	.name = "demo-cow", .words = "",
	.purpose = "fork shares pages; the first write to one copies it",
};

static char *memory;
static bool good = true;

/* Word @index of a file of 64-bit words; its lower half. */
static uint32_t word_at(const char *path, uint32_t index)
{
	uint64_t word = 0;
	int fd = sys_open(path, O_RDONLY, 0);

	if (fd < 0 || sys_lseek(fd, (int)(index * sizeof(word)), SEEK_SET) < 0 ||
	    sys_read(fd, &word, sizeof(word)) != sizeof(word))
		fail("demo-cow: %s cannot be read\n", path);
	sys_close(fd);
	return (uint32_t)word;
}

static uint32_t frame_at(const char *p)
{
	return word_at("/proc/self/pagemap", (uint32_t)(uintptr_t)p / PAGE);
}

static uint32_t copies(void)
{
	return proc_value(proc_text("demo-cow", "/proc/vmstat"), "clockhand_cow_copies");
}

static void show_pages(const char *who)
{
	printf("  %-7s", who);
	for (unsigned i = 0; i < PAGES; i++) {
		uint32_t frame = frame_at(memory + i * PAGE);
		printf(" page %u: frame %5u, mapped %u x;", i, frame,
		       word_at("/proc/kpagecount", frame));
	}
	printf("\n");
}

static void expect(bool truth, const char *what)
{
	printf("  %s: %s\n", what, truth ? "yes" : "NO");
	good = good && truth;
}

static void child(const uint32_t before[PAGES])
{
	bool same = true;

	printf("After fork, before anybody writes:\n");
	show_pages("child");
	for (unsigned i = 0; i < PAGES; i++)
		same = same && frame_at(memory + i * PAGE) == before[i] &&
		       word_at("/proc/kpagecount", before[i]) == 2;
	expect(same, "all frames are the parent's, each mapped twice");
	uint32_t copied = copies();
	memory[PAGE] = 'c';
	copied = copies() - copied;
	printf("The child writes to page 1:\n");
	show_pages("child");
	expect(frame_at(memory + PAGE) != before[1], "page 1 has a frame of its own");
	expect(word_at("/proc/kpagecount", before[1]) == 1, "the old frame is the parent's alone");
	expect(frame_at(memory) == before[0], "page 0 is still shared");
	expect(copied == 1, "exactly one page was copied");
	exit(good ? 0 : 1);
}

int main(int argc, char **argv, char **envp)
{
	uint32_t before[PAGES];
	int status;

	(void)envp;
	if (options_parse(&program, argc, argv) < argc)
		fail("usage: demo-cow (try --help)\n");
	memory = sys_map_pages(PAGES * PAGE);
	if (sys_failed(memory))
		fail("demo-cow: no memory\n");
	for (unsigned i = 0; i < PAGES; i++)
		memory[i * PAGE] = 'p';
	for (unsigned i = 0; i < PAGES; i++)
		before[i] = frame_at(memory + i * PAGE);
	printf("Four pages of the parent:\n");
	show_pages("parent");
	int pid = sys_fork();
	if (pid == 0)
		child(before);
	if (pid < 0 || sys_waitpid(pid, &status, 0) != pid)
		fail("demo-cow: no child\n");
	printf("The child has ended:\n");
	show_pages("parent");
	expect(memory[PAGE] == 'p', "the parent never saw the child's write");
	return good && status == 0 ? 0 : 1;
}

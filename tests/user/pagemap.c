/*
 * /proc/self/pagemap, smaps and smaps_rollup: what a program finds out about its own pages. Frame
 * numbers are not printed, and not looked at: Linux shows them to few.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "tests/user/file_calls.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"

enum { PAGES = 8, CALL_mincore = 218, CALL_madvise = 219 };
enum { PRESENT = 63, SWAPPED = 62, FILE_PAGE = 61, EXCLUSIVE = 56 };

static int pagemap;

/* Bit @bit of the word of the page at @p. */
static bool bit_of(const char *p, unsigned bit)
{
	uint64_t word = 0;
	long n = linux_call(CALL_pread64, pagemap, (long)&word, sizeof(word),
			    (long)((uintptr_t)p / PAGE * sizeof(word)), 0, 0);
	return n == sizeof(word) && word >> bit & 1;
}

static unsigned count(const char *p, unsigned bit)
{
	unsigned n = 0;

	for (unsigned i = 0; i < PAGES; i++)
		n += bit_of(p + i * PAGE, bit);
	return n;
}

static unsigned in_core(const char *p)
{
	unsigned char there[PAGES] = { 0 };
	unsigned n = 0;

	linux_call(CALL_mincore, (long)p, PAGES * PAGE, (long)there, 0, 0, 0);
	for (unsigned i = 0; i < PAGES; i++)
		n += there[i] & 1;
	return n;
}

static void show_counts(const char *when, const char *p)
{
	printf("%s: %u present or on swap, %u of a file\n", when,
	       count(p, PRESENT) + count(p, SWAPPED), count(p, FILE_PAGE));
}

/* Nothing that is on swap is in core, nothing present is not. */
static void test_private(void)
{
	char *p = pages_private(PAGES);

	show_counts("untouched", p);
	for (unsigned i = 0; i < PAGES; i += 2)
		p[i * PAGE] = 1;
	show_counts("every second one written", p);
	show_truth("mincore agrees", in_core(p) <= PAGES / 2);
	linux_call(CALL_madvise, (long)p, PAGES * PAGE, 4 /* DONTNEED */, 0, 0, 0);
	show_counts("given up", p);
	show_truth("mincore agrees", in_core(p) == 0);
	show_truth("and they are zero again", bytes_are(p, PAGES * PAGE, 0));
}

static char *cow;

/* The child's own pagemap: an open file stays the parent's. */
static void child_writes(void)
{
	pagemap = sys_open("/proc/self/pagemap", O_RDONLY, 0);
	printf("shared after fork: %u\n", bit_of(cow, EXCLUSIVE));
	cow[0] = 2;
	printf("alone after a write: %u\n", bit_of(cow, EXCLUSIVE));
}

static void test_cow(void)
{
	cow = pages_private(1);
	cow[0] = 1;
	printf("alone: %u\n", bit_of(cow, EXCLUSIVE));
	show_child("child", child_writes);
}

static void test_file(void)
{
	int fd = sys_open("/tests/pagemap", O_RDONLY, 0);
	volatile char *p = sys_mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	char first = p[0];

	printf("a file's page, read: %u\n", bit_of((char *)p, FILE_PAGE));
	p[0] = first;
	printf("written, so private: %u\n", bit_of((char *)p, FILE_PAGE));
	char *shared = pages_shared(1);
	shared[0] = 1;
	printf("shared memory: %u\n", bit_of(shared, FILE_PAGE));
	sys_close(fd);
}

static void test_reads(void)
{
	char buf[16];

	show("half a word", linux_call(CALL_pread64, pagemap, (long)buf, 4, 0, 0, 0));
	show("between two words", linux_call(CALL_pread64, pagemap, (long)buf, 8, 4, 0, 0));
	printf("two words: %ld\n", linux_call(CALL_pread64, pagemap, (long)buf, 16, 8, 0, 0));
	/* beyond every address of 32 bits */
	printf("behind the end: %ld\n",
	       linux_call(CALL_pread64, pagemap, (long)buf, 8, 0, 0x100000, 0));
}

static char text[32768];

static uint32_t sum_of(const char *path, const char *key)
{
	int fd = sys_open(path, O_RDONLY, 0), n = 0, got = 1;
	uint32_t sum = 0;
	size_t length = strlen(key);

	while (got > 0 && n < (int)sizeof(text) - 1) {
		got = sys_read(fd, text + n, sizeof(text) - 1 - n);
		n += got > 0 ? got : 0;
	}
	text[n] = 0;
	sys_close(fd);
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, length) != 0)
			continue;
		for (line += length; *line == ' ';)
			line++;
		uint32_t value = 0;
		for (; *line >= '0' && *line <= '9'; line++)
			value = value * 10 + (uint32_t)(*line - '0');
		sum += value;
	}
	return sum;
}

static void test_rollup(void)
{
	static const char *const keys[] = { "Rss:", "Private_Dirty:", "Anonymous:", "Swap:" };
	char *p = pages_private(PAGES);

	for (unsigned i = 0; i < PAGES; i++)
		p[i * PAGE] = 1;
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++) {
		/* Read once before: the buffer's own pages come in. */
		(void)sum_of("/proc/self/smaps", keys[i]);
		uint32_t areas = sum_of("/proc/self/smaps", keys[i]);
		uint32_t all = sum_of("/proc/self/smaps_rollup", keys[i]);
		printf("%s the areas' sum: %s\n", keys[i],
		       areas <= all + 16 && all <= areas + 16 ? "yes" : "no");
	}
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	pagemap = sys_open("/proc/self/pagemap", O_RDONLY, 0);
	test_private();
	test_file();
	test_reads();
	test_rollup();
	test_cow();
	return 0;
}

/*
 * Paging by hand, then by the MMU.
 *
 * The textbook's machine: 32 words of memory, pages of 4 words, and the page table
 *
 *     page 0 -> frame 5    page 1 -> frame 6    page 2 -> frame 1    page 3 -> frame 2
 *
 * A logical address is a page and an offset; its physical address is frame * 4 + offset. The same
 * is then done for this process's own pages of 4096 bytes: their frames are asked from the kernel
 * (/proc/self/pagemap), the physical address is calculated, and compared with what the kernel's
 * walk of the real page tables (/proc/self/walk) comes to.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"
#include "user/tools/procfile.h"

enum { PAGE_WORDS = 4, PAGES = 4, PAGE = 4096 };

static const struct program program = {
	.name = "demo-paging", .words = "",
	.purpose = "from a logical to a physical address, by hand and by the MMU",
};

static const unsigned frame_of_page[PAGES] = { 5, 6, 1, 2 };

static unsigned by_hand(unsigned logical)
{
	return frame_of_page[logical / PAGE_WORDS] * PAGE_WORDS + logical % PAGE_WORDS;
}

static void show_textbook(void)
{
	static const unsigned examples[] = { 0, 3, 4, 13 };

	printf("A machine with pages of %u words and this page table:\n", PAGE_WORDS);
	for (unsigned page = 0; page < PAGES; page++)
		printf("  page %u -> frame %u\n", page, frame_of_page[page]);
	for (unsigned i = 0; i < ARRAY_SIZE(examples); i++) {
		unsigned n = examples[i];
		printf("  logical %2u = page %u, offset %u -> %u * %u + %u = physical %u\n", n,
		       n / PAGE_WORDS, n % PAGE_WORDS, frame_of_page[n / PAGE_WORDS], PAGE_WORDS,
		       n % PAGE_WORDS, by_hand(n));
	}
}

/* The frame of the page at @p, which is resident. */
static uint32_t frame_at(const char *p)
{
	uint64_t word = 0;
	int fd = sys_open("/proc/self/pagemap", O_RDONLY, 0);

	if (fd < 0 || sys_lseek(fd, (int)((uintptr_t)p / PAGE * sizeof(word)), SEEK_SET) < 0 ||
	    sys_read(fd, &word, sizeof(word)) != sizeof(word))
		fail("demo-paging: /proc/self/pagemap cannot be read\n");
	sys_close(fd);
	if (!(word >> 63))
		fail("demo-paging: the page is not in memory\n");
	return (uint32_t)word;
}

/* The physical address that the kernel's walk ends with. */
static uint32_t walked(const char *p)
{
	char name[32];

	format_string(name, sizeof(name), "walk/%08x", (uint32_t)(uintptr_t)p);
	char *at = proc_text_of("demo-paging", "self", name);
	for (char *line = proc_line(&at); line; line = proc_line(&at))
		if (strncmp(line, "physical", 8) == 0)
			return proc_hex(strchr(line, '0'));
	fail("demo-paging: the walk found no frame\n");
}

static bool show_machine(void)
{
	char *memory = sys_map_pages(PAGES * PAGE);
	bool equal = true;

	if (sys_failed(memory))
		fail("demo-paging: no memory\n");
	printf("This machine, with pages of %u bytes; four pages of this process:\n", PAGE);
	for (unsigned i = 0; i < PAGES; i++) {
		char *byte = memory + i * PAGE + 1000 * i;
		*byte = (char)i;
		uint32_t frame = frame_at(byte), offset = (uint32_t)(uintptr_t)byte % PAGE;
		uint32_t hand = frame * PAGE + offset, walk = walked(byte);
		printf("  0x%08x = page %u, offset %u -> frame %u * %u + %u = 0x%08x\n",
		       (uint32_t)(uintptr_t)byte, (uint32_t)(uintptr_t)byte / PAGE, offset, frame,
		       PAGE, offset, hand);
		equal = equal && hand == walk;
	}
	printf(equal ? "The walk through the real page tables comes to the same addresses.\n"
		     : "The walk through the real page tables comes to OTHER addresses.\n");
	printf("Look closer: walk self ADDRESS, in the shell\n");
	return equal;
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	if (options_parse(&program, argc, argv) < argc)
		fail("usage: demo-paging (try --help)\n");
	show_textbook();
	return show_machine() ? 0 : 1;
}

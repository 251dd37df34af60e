/*
 * Touches pages with one kind of access, for counting faults.
 *
 *   read    fresh memory, only read: a fault a page, all on the one page of zeroes
 *   write   fresh memory, written in every pass: a fault a page, and dirty ever after
 *   mixed   fresh memory, read and then written: two faults a page
 *   once    fresh memory, written in the first pass and only read in the others: written to swap
 *           once, and dropped without writing from then on
 *   file    constants of the program file, only read: never written anywhere
 *
 * `touchpages write 0` does all the rest and touches nothing; the difference is what N pages cost.
 * One byte of each page is used, in rising order, and nothing else in the program depends on N.
 */
#include "lib/string.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { PAGE = 4096, FILE_PAGES = 256, PAGES_MAX = 64 << 10 };

extern const uint32_t touchpages_constants[FILE_PAGES * PAGE / 4];

static const struct program program = {
	"touchpages", "touches pages with one kind of access, for counting faults",
	"read|write|mixed|once|file PAGES [PASSES]", NULL, 0,
};

typedef volatile uint32_t page_word;

/* Each touches one page in one pass, and says whether it held what it must. */
typedef bool touch_function(page_word *word, uint32_t page, uint32_t pass);

static bool touch_read(page_word *word, uint32_t page, uint32_t pass)
{
	(void)page;
	(void)pass;
	return *word == 0;
}

/* What the pass before wrote is not looked at: that would be a read before the write. */
static bool touch_write(page_word *word, uint32_t page, uint32_t pass)
{
	*word = page + pass + 1;
	return *word == page + pass + 1;
}

static bool touch_mixed(page_word *word, uint32_t page, uint32_t pass)
{
	bool good = *word == (pass ? page + pass : 0);

	*word = page + pass + 1;
	return good;
}

static bool touch_once(page_word *word, uint32_t page, uint32_t pass)
{
	if (pass == 0)
		*word = page + 1;
	return *word == page + 1;
}

static bool touch_file(page_word *word, uint32_t page, uint32_t pass)
{
	(void)pass;
	return *word == 1000 + page;
}

static const struct {
	const char *name;
	touch_function *touch;
} kinds[] = {
	{ "read", touch_read },
	{ "write", touch_write },
	{ "mixed", touch_mixed },
	{ "once", touch_once },
	{ "file", touch_file },
};

static touch_function *kind_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].touch;
	fail("touchpages: %s: no such kind (try --help)\n", name);
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	int first = options_parse(&program, argc, argv);
	if (argc - first < 2)
		fail("usage: touchpages %s\n", program.words);
	touch_function *touch = kind_find(argv[first]);
	uint32_t pages = options_number(&program, argv[first + 1]);
	uint32_t passes = argc - first > 2 ? options_number(&program, argv[first + 2]) : 1;
	bool file = touch == touch_file;
	if (pages > (file ? (uint32_t)FILE_PAGES : (uint32_t)PAGES_MAX))
		fail("touchpages: at most %u pages\n", file ? FILE_PAGES : PAGES_MAX);

	char *memory = file ? (char *)touchpages_constants : sys_map_pages(MAX(pages, 1u) * PAGE);
	if (sys_failed(memory))
		fail("touchpages: no memory\n");
	uint32_t wrong = 0;
	for (uint32_t pass = 0; pass < passes; pass++)
		for (uint32_t page = 0; page < pages; page++)
			wrong += !touch((page_word *)(memory + page * PAGE), page, pass);
	printf("touchpages: %s, %4u pages, %2u passes, %u wrong\n",
	       argv[first], pages, passes, wrong);
	return wrong ? 1 : 0;
}

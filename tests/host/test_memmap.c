/*
 * Physical memory at boot: what the loader's tags say, what becomes of it, what is allocated.
 *
 * The tags are written by a few helpers as a loader would write them; then the same bytes are
 * damaged in every way a size can be wrong, and at random.
 */
#include "boot/memmap.h"
#include "boot/multiboot2.h"
#include "lib/string.h"
#include "tests/host/test.h"

enum { USABLE = 1, RESERVED = 2, ACPI = 3 };
enum { TAG_CMDLINE = 1, TAG_LOADER, TAG_MODULE, TAG_SIZES, TAG_MAP = 6, TAG_SCREEN = 8 };
#define MIB (1ull << 20)
#define GIB (1ull << 30)

static uint8_t tags[4096];
static uint32_t tags_size;
static struct boot_info info;

static void put(const void *bytes, size_t n)
{
	memcpy(tags + tags_size, bytes, n);
	tags_size += n;
}

static void put32(uint32_t value)
{
	put(&value, sizeof(value));
}

static void put64(uint64_t value)
{
	put(&value, sizeof(value));
}

static void tags_begin(void)
{
	memset(tags, 0, sizeof(tags));
	tags_size = 8;
}

/* A tag of @size bytes of contents, which the caller puts next. */
static void tag_begin(uint32_t type, uint32_t size)
{
	tags_size = ROUND_UP(tags_size, 8);
	put32(type);
	put32(size + 8);
}

static int tags_parse(void)
{
	tag_begin(0, 0);
	memcpy(tags, &tags_size, sizeof(tags_size));
	int err = multiboot2_parse(&info, tags, tags_size);
	memmap_check(&info);
	return err;
}

static void tag_string(uint32_t type, const char *text)
{
	tag_begin(type, strlen(text) + 1);
	put(text, strlen(text) + 1);
}

static void tag_module(uint32_t start, uint32_t end, const char *name)
{
	tag_begin(TAG_MODULE, 8 + strlen(name) + 1);
	put32(start);
	put32(end);
	put(name, strlen(name) + 1);
}

struct entry {
	uint64_t start, length;
	uint32_t type;
};

static void tag_map(const struct entry *entries, unsigned n)
{
	tag_begin(TAG_MAP, 8 + n * 24);
	put32(24);
	put32(0);
	for (unsigned i = 0; i < n; i++) {
		put64(entries[i].start);
		put64(entries[i].length);
		put32(entries[i].type);
		put32(0);
	}
}

static int map_parse(const struct entry *entries, unsigned n)
{
	tags_begin();
	tag_map(entries, n);
	return tags_parse();
}

static void check_range(const struct boot_range *r, uint64_t start, uint64_t end)
{
	CHECK_EQ(r->start, start);
	CHECK_EQ(r->end, end);
}

/* What QEMU -m 64 gives. */
static const struct entry qemu_64[] = {
	{ 0, 0x9fc00, USABLE },
	{ 0x9fc00, 0x400, RESERVED },
	{ 0xf0000, 0x10000, RESERVED },
	{ 0x100000, 0x3ee0000, USABLE },
	{ 0x3fe0000, 0x20000, RESERVED },
	{ 0xfffc0000, 0x40000, RESERVED },
};

TEST(multiboot2_reads_an_ordinary_machine)
{
	static const uint8_t screen[24] = { 0, 0x80, 0x0b, 0,	0, 0, 0, 0, 160, 0,  0, 0,
					    80, 0, 0, 0, 25, 0, 0, 0, 16,  2 };
	tags_begin();
	tag_string(TAG_CMDLINE, "swap=8M -- a b");
	tag_string(TAG_LOADER, "GRUB 2.06");
	tag_module(0x200000, 0x248123, "initrd");
	tag_map(qemu_64, ARRAY_SIZE(qemu_64));
	tag_begin(TAG_SCREEN, 24);
	put(screen, sizeof(screen));
	CHECK_EQ(tags_parse(), 0);
	CHECK_EQ(info.nram, 2);
	check_range(&info.ram[0], 0, 0x9f000);
	check_range(&info.ram[1], 0x100000, 0x3fe0000);
	CHECK_STR(info.cmdline, "swap=8M -- a b");
	CHECK_STR(info.loader, "GRUB 2.06");
	CHECK_EQ(info.nmodules, 1);
	CHECK_STR(info.modules[0].name, "initrd");
	CHECK_EQ(info.modules[0].end, 0x248123);
	CHECK_EQ(info.ntaken, 1);
	check_range(&info.taken[0], 0x200000, 0x249000);
	CHECK(info.text_screen);
	CHECK_EQ(info.ram_above_4g, 0);
}

TEST(multiboot2_takes_entries_in_any_order)
{
	const struct entry entries[] = {
		{ 16 * MIB, 16 * MIB, USABLE },
		{ 0, 0x9fc00, USABLE },
		{ 8 * MIB, 8 * MIB, USABLE },
		{ 1 * MIB, 7 * MIB, USABLE },
	};
	CHECK_EQ(map_parse(entries, ARRAY_SIZE(entries)), 0);
	CHECK_EQ(info.nram, 2);
	check_range(&info.ram[1], 1 * MIB, 32 * MIB);
}

TEST(multiboot2_lets_reserved_win_whatever_the_order)
{
	const struct entry entries[] = {
		{ 4 * MIB + 1, 4094, RESERVED },
		{ 1 * MIB, 15 * MIB, USABLE },
		{ 2 * MIB, 9 * MIB, USABLE },
		{ 15 * MIB, 100 * MIB, ACPI },
		{ 0, 2 * MIB - 1, RESERVED },
	};
	CHECK_EQ(map_parse(entries, ARRAY_SIZE(entries)), 0);
	CHECK_EQ(info.nram, 2);
	check_range(&info.ram[0], 2 * MIB, 4 * MIB);
	check_range(&info.ram[1], 4 * MIB + 4096, 15 * MIB);
}

TEST(multiboot2_rounds_ram_inwards_and_modules_outwards)
{
	const struct entry entries[] = {
		{ 0x1001, 0x2ffe, USABLE },
		{ 0x8000, 0xfff, USABLE },
		{ MIB, MIB, USABLE },
	};
	tags_begin();
	tag_module(0x100001, 0x100002, "one byte");
	tag_map(entries, ARRAY_SIZE(entries));
	CHECK_EQ(tags_parse(), 0);
	CHECK_EQ(info.nram, 2);
	check_range(&info.ram[0], 0x2000, 0x3000);
	check_range(&info.taken[0], 0x100000, 0x101000);
}

TEST(multiboot2_counts_what_lies_above_4_gib)
{
	const struct entry entries[] = {
		{ 4 * GIB, 2 * GIB, USABLE },
		{ MIB, 3 * GIB - MIB, USABLE },
		{ 5 * GIB, MIB, RESERVED },
		{ 4 * GIB - MIB, 2 * MIB, USABLE },
	};
	CHECK_EQ(map_parse(entries, ARRAY_SIZE(entries)), 0);
	CHECK_EQ(info.nram, 2);
	check_range(&info.ram[1], 4 * GIB - MIB, 4 * GIB);
	CHECK_EQ(info.ram_above_4g, 2 * GIB - MIB);
}

TEST(multiboot2_survives_entries_that_wrap_around)
{
	const struct entry entries[] = {
		{ MIB, MIB, USABLE },
		{ 8 * GIB, UINT64_MAX, USABLE },
		{ UINT64_MAX - 10, 100, RESERVED },
		{ 3 * MIB, 0, USABLE },
	};
	CHECK_EQ(map_parse(entries, ARRAY_SIZE(entries)), 0);
	CHECK_EQ(info.nram, 1);
	check_range(&info.ram[0], MIB, 2 * MIB);
}

TEST(multiboot2_loses_memory_rather_than_inventing_it_when_sets_are_full)
{
	struct entry entries[100];
	for (unsigned i = 0; i < 100; i++)
		entries[i] = (struct entry){ (i + 1) * MIB, MIB / 2, USABLE };
	CHECK_EQ(map_parse(entries, 100), 0);
	CHECK_EQ(info.nram, BOOT_MAX_RANGES);
	memmap_remove(&info, MIB + 4096, MIB + 8192); /* would split one more */
	memmap_check(&info);
	CHECK_EQ(info.nram, BOOT_MAX_RANGES);
	check_range(&info.ram[0], MIB, MIB + 4096);
	for (unsigned i = 0; i < BOOT_MAX_RANGES + 1; i++)
		memmap_reserve(&info, (i + 1) * MIB, (i + 1) * MIB + 4096);
	memmap_check(&info);
	for (unsigned i = 0; i < BOOT_MAX_RANGES + 1; i++) {
		struct boot_range r;
		CHECK(!memmap_next_free(&info, (i + 1) * MIB, &r) || r.start != (i + 1) * MIB);
	}
}

TEST(multiboot2_falls_back_to_the_two_sizes)
{
	tags_begin();
	tag_begin(TAG_SIZES, 8);
	put32(639);
	put32(7 * 1024);
	CHECK_EQ(tags_parse(), 0);
	CHECK_EQ(info.nram, 2);
	check_range(&info.ram[0], 0, 0x9f000);
	check_range(&info.ram[1], MIB, 8 * MIB);
}

TEST(multiboot2_says_when_there_is_no_memory)
{
	const struct entry entries[] = { { MIB, MIB, RESERVED } };
	CHECK(map_parse(entries, 1) != 0);
	CHECK(multiboot2_parse(&info, tags, 0) != 0);
	CHECK(multiboot2_parse(&info, tags, 7) != 0);
}

TEST(multiboot2_keeps_the_first_modules_but_reserves_all)
{
	tags_begin();
	tag_map(qemu_64, ARRAY_SIZE(qemu_64));
	for (unsigned i = 0; i < BOOT_MAX_MODULES + 2; i++)
		tag_module((2 + 2 * i) * MIB, (3 + 2 * i) * MIB,
			   "a name that is longer than the thirty-two bytes");
	tag_module(9 * MIB, 9 * MIB, "empty");
	tag_module(9 * MIB, 8 * MIB, "negative");
	CHECK_EQ(tags_parse(), 0);
	CHECK_EQ(info.nmodules, BOOT_MAX_MODULES);
	CHECK_EQ(strlen(info.modules[0].name), sizeof(info.modules[0].name) - 1);
	CHECK_EQ(info.ntaken, BOOT_MAX_MODULES + 2);
}

/* Whatever is there, what comes out is consistent; only with RAM it counts as success. */
static void parse_anything(const void *bytes, size_t n)
{
	int err = multiboot2_parse(&info, bytes, n);
	CHECK_EQ(err == 0, info.nram != 0);
	memmap_check(&info);
}

/*
 * Every length of the buffer, in memory of exactly that size: the sanitizer sees a read beyond it.
 */
TEST(multiboot2_reads_nothing_outside_its_bytes)
{
	tags_begin();
	tag_string(TAG_CMDLINE, "policy=fifo");
	tag_module(0x200000, 0x248123, "initrd");
	tag_map(qemu_64, ARRAY_SIZE(qemu_64));
	CHECK_EQ(tags_parse(), 0);
	for (size_t n = 0; n <= tags_size; n++) {
		uint8_t copy[n + 1];
		memcpy(copy, tags, n);
		parse_anything(copy, n);
	}
}

static uint32_t noise(void)
{
	static uint32_t state = 2463534242u;
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

TEST(multiboot2_survives_damaged_tags)
{
	tags_begin();
	tag_string(TAG_CMDLINE, "policy=fifo");
	tag_map(qemu_64, ARRAY_SIZE(qemu_64));
	tag_module(0x200000, 0x248123, "initrd");
	tag_begin(TAG_SIZES, 8);
	CHECK_EQ(tags_parse(), 0);
	for (unsigned round = 0; round < 20000; round++) {
		uint8_t copy[512];
		memcpy(copy, tags, tags_size);
		for (unsigned i = noise() % 8; i > 0; i--)
			copy[noise() % tags_size] = noise() % 3 ? (uint8_t)noise() : 0xff;
		parse_anything(copy, tags_size);
	}
}

static void ram_begin(uint64_t start, uint64_t end)
{
	memset(&info, 0, sizeof(info));
	memmap_add(&info, start, end);
	memmap_finish(&info);
	memmap_reserve(&info, 0, PAGE_SIZE);
}

TEST(memmap_takes_from_both_ends)
{
	ram_begin(0, 16 * MIB);
	CHECK_EQ(memmap_take(&info, 100, 16 * MIB, MEMMAP_LOWEST), PAGE_SIZE);
	CHECK_EQ(memmap_take(&info, 4 * MIB, 4 * GIB, MEMMAP_HIGHEST), 12 * MIB);
	CHECK_EQ(memmap_take(&info, 4097, 8 * MIB, MEMMAP_HIGHEST), 8 * MIB - 8192);
	CHECK_EQ(memmap_take(&info, 16 * MIB, 4 * GIB, MEMMAP_LOWEST), 0);
	CHECK_EQ(memmap_total(&info, 4 * GIB), 16 * MIB);
	CHECK_EQ(memmap_free(&info, 4 * GIB), 12 * MIB - 4 * 4096);
	CHECK_EQ(memmap_top(&info, 12 * MIB), 12 * MIB);
	CHECK_EQ(memmap_top(&info, 4 * GIB), 16 * MIB);
	memmap_check(&info);
}

TEST(memmap_finds_the_lowest_and_highest_hole_that_fits)
{
	ram_begin(MIB, 32 * MIB);
	memmap_reserve(&info, 2 * MIB, 3 * MIB);
	memmap_reserve(&info, 8 * MIB, 30 * MIB);
	CHECK_EQ(memmap_take(&info, 2 * MIB, 4 * GIB, MEMMAP_LOWEST), 3 * MIB);
	CHECK_EQ(memmap_take(&info, 3 * MIB, 4 * GIB, MEMMAP_HIGHEST), 5 * MIB);
	CHECK_EQ(memmap_take(&info, 2 * MIB, 31 * MIB, MEMMAP_HIGHEST), 0);
}

enum { PAGES = 512 };
static bool usable[PAGES];

/* Some range of at most @max pages. */
static struct boot_range some_range(uint32_t max)
{
	uint32_t start = noise() % PAGES;
	uint32_t end = start + noise() % max;
	return (struct boot_range){ start * PAGE_SIZE, MIN(PAGES, end) * PAGE_SIZE };
}

static void mark(struct boot_range r, bool value)
{
	for (uint64_t p = r.start / PAGE_SIZE; p < r.end / PAGE_SIZE; p++)
		usable[p] = value;
}

static void model_begin(void)
{
	memset(&info, 0, sizeof(info));
	memset(usable, 0, sizeof(usable));
	for (unsigned i = 0; i < 10; i++) {
		struct boot_range r = some_range(100);
		memmap_add(&info, r.start, r.end);
		mark(r, true);
	}
	for (unsigned i = 0; i < 6; i++) {
		struct boot_range r = some_range(30);
		memmap_remove(&info, r.start, r.end);
		mark(r, false);
	}
	memmap_finish(&info);
	memmap_reserve(&info, 0, PAGE_SIZE);
	usable[0] = false;
}

static void model_take(enum memmap_end end)
{
	uint32_t n = noise() % 20 + 1;
	uint32_t at = memmap_take(&info, n * PAGE_SIZE, 4 * GIB, end) / PAGE_SIZE;
	for (uint32_t p = at; at != 0 && p < at + n; p++) {
		CHECK(usable[p]);
		usable[p] = false;
	}
	memmap_check(&info);
}

/* No page is given twice, and what is given is RAM. */
TEST(memmap_agrees_with_a_map_of_pages)
{
	for (unsigned round = 0; round < 300; round++) {
		model_begin();
		for (unsigned i = 0; i < 12; i++)
			model_take(i % 2 ? MEMMAP_LOWEST : MEMMAP_HIGHEST);
		uint64_t left = 0;
		for (unsigned p = 0; p < PAGES; p++)
			left += usable[p] ? PAGE_SIZE : 0;
		CHECK_EQ(memmap_free(&info, 4 * GIB), left);
	}
}

/*
 * Contiguous memory on the machine's own frames: a region of 2560 KiB is one block of frames while
 * a test runs. What the programs in it would hold are patterns.
 */
#include "kernel/selftest.h"
#include "lib/errno.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/partition/partition.h"

enum { K = 1024, REGION = 2560 * K, SYSTEM = 400 * K, PROGRAMS = 12 };

static struct frame *region_block;
static uint32_t region_told;
static struct partition *programs[PROGRAMS];

static void region_moved(struct partition *p, uint32_t from)
{
	region_told += p->start < from;
}

/* False: the test is skipped. */
static bool region_begin(void)
{
	if (partition_region.bytes != 0) {
		selftest_skip("this boot has a region of its own");
		return false;
	}
	region_block = frame_alloc(FRAME_MAX_ORDER, FRAME_KERNEL);
	if (region_block == NULL) {
		selftest_skip("no 4 MiB in one piece");
		return false;
	}
	region_told = 0;
	paddr_t start = frame_pfn(region_block) << PAGE_SHIFT;
	EXPECT_EQ(partition_init(start, REGION, region_moved), 0);
	EXPECT_EQ(partition_set_system(SYSTEM), 0);
	partition_region.auto_compact = false;
	return true;
}

static int load(unsigned i, uint32_t bytes)
{
	static uint8_t owners[PROGRAMS];
	const struct partition_request r = { bytes, PARTITION_ANYWHERE, true, &owners[i] };
	int error = partition_place(&r, &programs[i]);
	partition_check();
	if (error)
		programs[i] = NULL;
	else
		memset(partition_bytes(programs[i]), (int)i + 1, bytes);
	return error;
}

/* Is its memory what it was? Then it ends. */
static void leave(unsigned i)
{
	const uint8_t *memory = partition_bytes(programs[i]);
	uint32_t bytes = programs[i]->wanted;
	EXPECT(memory[0] == i + 1 && memcmp(memory, memory + 1, bytes - 1) == 0);
	partition_release(programs[i]);
	programs[i] = NULL;
	partition_check();
}

static void region_finish(void)
{
	for (unsigned i = 0; i < PROGRAMS; i++)
		if (programs[i] != NULL)
			leave(i);
	EXPECT_EQ(partition_set_mode(PARTITION_VARIABLE, NULL, 0), 0);
	partition_end();
	frame_free(region_block);
}

/* Sizes in KiB, from the resident part up; holes in brackets. */
static bool layout_is(const char *expected)
{
	static char text[160];
	size_t n = 0;
	text[0] = 0;
	list_for_each_entry(const struct partition, p, &partition_region.blocks, link) {
		n += (size_t)format_string(text + n, sizeof(text) - n, p->owner ? "%s%u" : "%s[%u]",
					   n ? " " : "", p->size / K);
	}
	bool same = strcmp(text, expected) == 0;
	if (!same)
		selftest_note("%s, not %s", text, expected);
	return same;
}

SELFTEST(partition_variable_first_come_first_served)
{
	if (!region_begin())
		return;
	EXPECT_EQ(load(1, 600 * K), 0);
	EXPECT_EQ(load(2, 1000 * K), 0);
	EXPECT_EQ(load(3, 300 * K), 0);
	EXPECT(layout_is("600 1000 300 [260]"));
	EXPECT_EQ(load(4, 700 * K), -ENOMEM);
	leave(2);
	EXPECT_EQ(load(4, 700 * K), 0);
	EXPECT(layout_is("600 700 [300] 300 [260]"));
	leave(1);
	EXPECT_EQ(load(5, 500 * K), 0);
	EXPECT(layout_is("500 [100] 700 [300] 300 [260]"));
	region_finish();
}

SELFTEST(partition_compaction_makes_one_hole)
{
	struct partition_stats s;
	if (!region_begin())
		return;
	EXPECT_EQ(load(5, 500 * K), 0);
	EXPECT_EQ(load(1, 100 * K), 0);
	EXPECT_EQ(load(4, 700 * K), 0);
	EXPECT_EQ(load(2, 300 * K), 0);
	EXPECT_EQ(load(3, 300 * K), 0);
	leave(1);
	leave(2);
	EXPECT(layout_is("500 [100] 700 [300] 300 [260]"));
	EXPECT_EQ(load(6, 600 * K), -ENOMEM);
	partition_get_stats(&s);
	EXPECT_EQ(s.free, 660 * K);
	EXPECT_EQ(s.largest, 300 * K);
	selftest_note("free 660K, largest hole 300K: external fragmentation 360K");
	EXPECT_EQ(partition_compact(), (700 + 300) * K);
	EXPECT_EQ(region_told, 2);
	EXPECT(layout_is("500 700 300 [660]"));
	EXPECT_EQ(load(6, 600 * K), 0);
	EXPECT(layout_is("500 700 300 600 [60]"));
	region_finish();
}

SELFTEST(partition_compacts_when_the_sum_of_holes_would_do)
{
	if (!region_begin())
		return;
	partition_region.auto_compact = true;
	EXPECT_EQ(load(1, 900 * K), 0);
	EXPECT_EQ(load(2, 900 * K), 0);
	leave(1);
	EXPECT_EQ(load(3, 1200 * K), 0);
	EXPECT_EQ(region_told, 1);
	EXPECT(layout_is("900 1200 [60]"));
	region_finish();
}

/* Holes of 500K, 300K and 600K; then 212K, 416K and 112K come. */
static bool fits_play(enum partition_fit fit)
{
	static const uint16_t sizes[] = { 100, 500, 100, 300, 100, 600, 460 };
	if (!region_begin())
		return false;
	partition_set_fit(fit);
	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++)
		EXPECT_EQ(load(i, sizes[i] * K), 0);
	leave(1);
	leave(3);
	leave(5);
	EXPECT(layout_is("100 [500] 100 [300] 100 [600] 460"));
	EXPECT_EQ(load(7, 212 * K), 0);
	EXPECT_EQ(load(8, 416 * K), 0);
	EXPECT_EQ(load(9, 112 * K), 0);
	return true;
}

SELFTEST(partition_first_fit_takes_the_lowest_hole)
{
	if (!fits_play(FIT_FIRST))
		return;
	EXPECT(layout_is("100 212 112 [176] 100 [300] 100 416 [184] 460"));
	region_finish();
}

SELFTEST(partition_best_fit_takes_the_smallest_hole)
{
	if (!fits_play(FIT_BEST))
		return;
	EXPECT(layout_is("100 416 [84] 100 212 [88] 100 112 [488] 460"));
	EXPECT_EQ(load(10, 480 * K), 0); /* only best fit has kept so much in one piece */
	region_finish();
}

SELFTEST(partition_worst_fit_takes_the_largest_hole)
{
	if (!fits_play(FIT_WORST))
		return;
	EXPECT(layout_is("100 416 [84] 100 [300] 100 212 112 [276] 460"));
	region_finish();
}

SELFTEST(partition_fixed_reports_what_is_lost_inside)
{
	static const uint32_t sizes[] = { 600 * K, 1000 * K, 300 * K };
	struct partition_stats s;
	if (!region_begin())
		return;
	EXPECT_EQ(partition_set_mode(PARTITION_FIXED, sizes, ARRAY_SIZE(sizes)), 0);
	EXPECT_EQ(load(1, 500 * K), 0);
	EXPECT_EQ(load(2, 700 * K), 0);
	EXPECT_EQ(load(3, 10 * K), 0);
	EXPECT_EQ(load(4, 10 * K), -ENOMEM); /* three partitions, three programs */
	EXPECT_EQ(load(4, 1001 * K), -E2BIG);
	EXPECT_EQ(programs[2]->size - programs[2]->wanted, 300 * K);
	partition_get_stats(&s);
	EXPECT_EQ(s.internal, (100 + 300 + 290) * K);
	EXPECT_EQ(s.unused, 260 * K);
	selftest_note("lost inside: 100K + 300K + 290K");
	EXPECT_EQ(partition_set_mode(PARTITION_VARIABLE, NULL, 0), -EBUSY);
	region_finish();
}

SELFTEST(partition_single_keeps_the_hole_in_the_middle)
{
	if (!region_begin())
		return;
	EXPECT_EQ(partition_set_mode(PARTITION_SINGLE, NULL, 0), 0);
	EXPECT_EQ(load(1, 1000 * K), 0);
	EXPECT_EQ(programs[1]->start, REGION - 1000 * K);
	EXPECT(layout_is("[1160] 1000"));
	EXPECT_EQ(load(2, 4 * K), -ENOMEM);
	/* The resident part takes a buffer of 64K, and releases it. */
	EXPECT_EQ(partition_set_system(SYSTEM + 64 * K), 0);
	EXPECT(layout_is("[1096] 1000"));
	EXPECT_EQ(partition_set_system(REGION - 999 * K), -EBUSY);
	EXPECT_EQ(partition_set_system(SYSTEM), 0);
	EXPECT(layout_is("[1160] 1000"));
	region_finish();
}

SELFTEST(partition_bound_to_its_place_is_not_moved)
{
	static uint8_t owner;
	const struct partition_request r = { 300 * K, 800 * K, false, &owner };
	if (!region_begin())
		return;
	EXPECT_EQ(partition_place(&r, &programs[0]), 0);
	memset(partition_bytes(programs[0]), 1, 300 * K);
	EXPECT_EQ(programs[0]->start, 800 * K);
	EXPECT_EQ(partition_move(programs[0], 400 * K), -EPERM);
	EXPECT_EQ(load(2, 1000 * K), 0);
	EXPECT(layout_is("[400] 300 1000 [460]"));
	EXPECT_EQ(partition_compact(), 0);
	leave(0);
	EXPECT_EQ(partition_move(programs[2], 400 * K), 0); /* over itself */
	EXPECT(layout_is("1000 [1160]"));
	region_finish();
}

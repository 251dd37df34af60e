/*
 * Partitions against a map of bytes' owners, one entry a page; and the layouts worked out by hand.
 */
#include <string.h>

#include "lib/errno.h"
#include "mm/frame.h"
#include "mm/partition/partition.h"
#include "mm/slab.h"
#include "tests/host/sim.h"
#include "tests/host/test.h"

enum { K = 1024, REGION = 2560 * K, PAGES = REGION / 4096, PROGRAMS = 24 };

/* A program: what it knows of its place, and the number that fills its memory. */
struct program {
	struct partition *place;
	uint32_t bytes;
	uint8_t number;
	uint32_t told; /* start, as partition_moved_fn said */
};
static struct program programs[PROGRAMS];
static uint32_t moves_told;
static uint8_t map[PAGES]; /* 0: nobody's, else a program's number */
static unsigned system_pages;

static void moved(struct partition *p, uint32_t from)
{
	struct program *owner = p->owner;
	CHECK_EQ(owner->told, from);
	owner->told = p->start;
	moves_told++;
}

static void start(void)
{
	sim_start(4096);
	struct frame *f = frame_alloc(FRAME_MAX_ORDER, FRAME_KERNEL);
	CHECK(f != NULL);
	memset(frame_bytes(f), 0xa5, REGION);
	CHECK_EQ(partition_init(frame_pfn(f) << PAGE_SHIFT, REGION, moved), 0);
	for (unsigned i = 0; i < PROGRAMS; i++)
		programs[i] = (struct program){ .number = (uint8_t)(i + 1) };
}

static bool filled(const uint8_t *memory, uint32_t n, uint8_t value)
{
	return memory[0] == value && memcmp(memory, memory + 1, n - 1) == 0;
}

static int load_at(unsigned i, uint32_t bytes, uint32_t at, bool movable)
{
	struct program *p = &programs[i];
	const struct partition_request r = { bytes, at, movable, p };
	int error = partition_place(&r, &p->place);
	partition_check();
	if (error) {
		p->place = NULL;
		return error;
	}
	p->bytes = bytes;
	p->told = p->place->start;
	CHECK(filled(partition_bytes(p->place), p->place->size, 0));
	memset(partition_bytes(p->place), p->number, bytes);
	return 0;
}

static int load(unsigned i, uint32_t kib)
{
	return load_at(i, kib * K, PARTITION_ANYWHERE, true);
}

static void leave(unsigned i)
{
	struct program *p = &programs[i];
	CHECK(filled(partition_bytes(p->place), p->bytes, p->number));
	partition_release(p->place);
	p->place = NULL;
	partition_check();
}

/* "P1@400 -260@2300": who begins where, and the size of holes, in KiB. */
static const char *layout(void)
{
	static char text[400];
	unsigned n = 0;
	list_for_each(node, &partition_region.blocks) {
		struct partition *p = list_entry(node, struct partition, link);
		struct program *owner = p->owner;
		n += (unsigned)__builtin_snprintf(text + n, sizeof(text) - n, "%s%c%u@%u",
						  n ? " " : "", owner ? 'P' : '-',
						  owner ? owner->number : p->size / K,
						  p->start / K);
	}
	return text;
}

static uint32_t largest(void)
{
	struct partition_stats s;
	partition_get_stats(&s);
	return s.largest / K;
}

TEST(partition_variable_splits_merges_and_compacts)
{
	start();
	CHECK_EQ(partition_set_system(400 * K), 0);
	CHECK_EQ(load(0, 600), 0);
	CHECK_EQ(load(1, 1000), 0);
	CHECK_EQ(load(2, 300), 0);
	CHECK_STR(layout(), "P1@400 P2@1000 P3@2000 -260@2300");
	CHECK_EQ(load(3, 700), -ENOMEM);
	leave(1);
	CHECK_EQ(load(3, 700), 0);
	CHECK_STR(layout(), "P1@400 P4@1000 -300@1700 P3@2000 -260@2300");
	leave(0);
	CHECK_EQ(load(4, 500), 0);
	CHECK_STR(layout(), "P5@400 -100@900 P4@1000 -300@1700 P3@2000 -260@2300");
	partition_region.auto_compact = false;
	CHECK_EQ(load(5, 600), -ENOMEM);
	CHECK_EQ(partition_compact(), (700 + 300) * K);
	partition_check();
	CHECK_STR(layout(), "P5@400 P4@900 P3@1600 -660@1900");
	CHECK_EQ(load(5, 600), 0);
	CHECK_STR(layout(), "P5@400 P4@900 P3@1600 P6@1900 -60@2500");
	for (unsigned i = 2; i <= 5; i++)
		leave(i);
	CHECK_STR(layout(), "-2160@400");
}

TEST(partition_compacts_by_itself_only_if_it_helps)
{
	start();
	CHECK_EQ(load(0, 500), 0);
	CHECK_EQ(load_at(1, 500 * K, PARTITION_ANYWHERE, false), 0);
	CHECK_EQ(load(2, 500), 0);
	CHECK_EQ(load(3, 500), 0);
	leave(0);
	leave(2);
	/* 500, and 500 between what cannot move and P4, and 560 at the end. */
	CHECK_EQ(load(4, 1100), -ENOMEM);
	CHECK_EQ(moves_told, 0);
	CHECK_EQ(load(4, 1000), 0);
	CHECK_EQ(moves_told, 1);
	CHECK_STR(layout(), "-500@0 P2@500 P4@1000 P5@1500 -60@2500");
	CHECK_EQ(partition_move(programs[1].place, 0), -EPERM);
	CHECK_EQ(partition_move(programs[3].place, 0), 0);
	CHECK_STR(layout(), "P4@0 P2@500 -500@1000 P5@1500 -60@2500");
}

/* One sequence, three layouts, each computed by hand. */
static void play_fits(enum partition_fit fit)
{
	start();
	partition_region.auto_compact = false;
	partition_set_fit(fit);
	/* Holes: 500K at 100K, 300K at 700K, 600K at 1100K. */
	CHECK_EQ(load(0, 100), 0);
	CHECK_EQ(load(1, 500), 0);
	CHECK_EQ(load(2, 100), 0);
	CHECK_EQ(load(3, 300), 0);
	CHECK_EQ(load(4, 100), 0);
	CHECK_EQ(load(5, 600), 0);
	CHECK_EQ(load(6, 860), 0);
	leave(1);
	leave(3);
	leave(5);
	CHECK_STR(layout(), "P1@0 -500@100 P3@600 -300@700 P5@1000 -600@1100 P7@1700");
	CHECK_EQ(load(7, 212), 0);
	CHECK_EQ(load(8, 416), 0);
	CHECK_EQ(load(9, 112), 0);
}

TEST(partition_first_fit)
{
	play_fits(FIT_FIRST);
	CHECK_STR(layout(), "P1@0 P8@100 P10@312 -176@424 P3@600 -300@700 P5@1000 P9@1100 "
			    "-184@1516 P7@1700");
}

TEST(partition_best_fit)
{
	play_fits(FIT_BEST);
	CHECK_STR(layout(), "P1@0 P9@100 -84@516 P3@600 P8@700 -88@912 P5@1000 P10@1100 -488@1212 "
			    "P7@1700");
	CHECK_EQ(load(10, 480), 0); /* what only best fit has kept together */
}

TEST(partition_worst_fit)
{
	play_fits(FIT_WORST);
	CHECK_STR(layout(), "P1@0 P9@100 -84@516 P3@600 -300@700 P5@1000 P8@1100 P10@1312 "
			    "-276@1424 P7@1700");
}

TEST(partition_fixed_counts_what_is_lost_inside)
{
	static const uint32_t sizes[] = { 200 * K, 800 * K, 400 * K };
	struct partition_stats s;
	start();
	CHECK_EQ(partition_set_system(400 * K), 0);
	CHECK_EQ(partition_set_mode(PARTITION_FIXED, sizes, 3), 0);
	partition_set_fit(FIT_BEST);
	CHECK_EQ(load(0, 300), 0);
	CHECK_EQ(load(1, 150), 0);
	CHECK_EQ(load_at(2, 100 * K + 1, PARTITION_ANYWHERE, true), 0);
	CHECK_STR(layout(), "P2@400 P3@600 P1@1400");
	partition_get_stats(&s);
	CHECK_EQ(s.internal, (50 + 700 + 100) * K - 1);
	CHECK_EQ(s.unused, (2560 - 400 - 1400) * K);
	CHECK_EQ(s.free, 0);
	CHECK_EQ(load(3, 10), -ENOMEM);
	CHECK_EQ(load(3, 801), -E2BIG);
	CHECK_EQ(partition_set_mode(PARTITION_VARIABLE, NULL, 0), -EBUSY);
	leave(1);
	CHECK_EQ(partition_move(programs[0].place, 400 * K), -EINVAL); /* too small for it */
	CHECK_EQ(partition_move(programs[2].place, 400 * K), 0);
	partition_check();
	CHECK_STR(layout(), "P3@400 -800@600 P1@1400");
	CHECK_EQ(partition_resize(programs[2].place, 200 * K), 0);
	CHECK_EQ(partition_resize(programs[2].place, 200 * K + 1), -ENOMEM);
	CHECK_EQ(partition_move(programs[2].place, 1400 * K), -EBUSY);
	CHECK_EQ(partition_move(programs[2].place, 500 * K), -EINVAL);
	leave(2);
	leave(0);
	CHECK_EQ(partition_set_mode(PARTITION_VARIABLE, NULL, 0), 0);
	CHECK_STR(layout(), "-2160@400");
}

TEST(partition_single_lies_at_the_high_end)
{
	start();
	CHECK_EQ(partition_set_system(400 * K), 0);
	CHECK_EQ(partition_set_mode(PARTITION_SINGLE, NULL, 0), 0);
	CHECK_EQ(load(0, 1000), 0);
	CHECK_STR(layout(), "-1160@400 P1@1560");
	CHECK_EQ(load(1, 100), -ENOMEM); /* one program is all there is */
	/* A driver takes a buffer, and gives it back. */
	CHECK_EQ(partition_set_system(464 * K), 0);
	partition_check();
	CHECK_STR(layout(), "-1096@464 P1@1560");
	CHECK_EQ(partition_set_system(1561 * K), -EBUSY);
	CHECK_EQ(partition_set_system(1560 * K), 0);
	CHECK_STR(layout(), "P1@1560");
	CHECK_EQ(partition_set_system(400 * K), 0);
	CHECK_STR(layout(), "-1160@400 P1@1560");
	leave(0);
	CHECK_EQ(largest(), 2160);
}

TEST(partition_refuses_what_makes_no_sense)
{
	static const uint32_t odd[] = { 5000 }, large[] = { REGION, 4096 }, none[] = { 0 };
	struct partition *p;
	const struct partition_request request = { 4096, PARTITION_ANYWHERE, true, &p };
	CHECK_EQ(partition_place(&request, &p), -ENODEV);
	CHECK_EQ(partition_set_system(4096), -ENODEV);
	CHECK_EQ(partition_set_mode(PARTITION_SINGLE, NULL, 0), -ENODEV);
	start();
	CHECK_EQ(partition_set_mode(PARTITION_FIXED, odd, 1), -EINVAL);
	CHECK_EQ(partition_set_mode(PARTITION_FIXED, large, 2), -EINVAL);
	CHECK_EQ(partition_set_mode(PARTITION_FIXED, none, 1), -EINVAL);
	CHECK_EQ(partition_set_mode(PARTITION_FIXED, NULL, 0), -EINVAL);
	CHECK_EQ(load(0, 0), -EINVAL);
	CHECK_EQ(load_at(0, UINT32_MAX, PARTITION_ANYWHERE, true), -E2BIG);
	CHECK_EQ(load_at(0, REGION + 1, PARTITION_ANYWHERE, true), -E2BIG);
	CHECK_EQ(load_at(0, 4096, 100, true), -EINVAL);
	CHECK_EQ(load_at(0, 8192, REGION - 4096, true), -EINVAL);
	CHECK_EQ(load_at(0, 4096, 8192, true), 0);
	CHECK_EQ(load_at(1, 8192, 4096, true), -EBUSY);
	CHECK_EQ(partition_set_system(REGION + 1), -EINVAL);
	CHECK_EQ(partition_set_system(8193), -EBUSY);
	CHECK_EQ(partition_set_system(8191), 0);
	CHECK_EQ(load_at(1, 4096, 4096, true), -EINVAL);
	CHECK_STR(layout(), "P1@8 -2548@12");
}

/* --- 100,000 operations against the map --- */

static bool map_is(unsigned page, unsigned n, uint8_t value)
{
	for (unsigned i = page; i < page + n; i++)
		if (map[i] != value)
			return false;
	return true;
}

/* The start that the fit in force gives, by the map alone; PAGES: none. */
static unsigned map_choose(unsigned n)
{
	unsigned chosen = PAGES, chosen_size = 0, size;
	for (unsigned i = system_pages; i < PAGES; i += size) {
		for (size = 0; i + size < PAGES && map[i + size] == map[i]; size++)
			;
		if (map[i] != 0 || size < n)
			continue;
		bool better = partition_region.fit == FIT_BEST ? size < chosen_size
							       : size > chosen_size;
		if (chosen == PAGES || (partition_region.fit != FIT_FIRST && better)) {
			chosen = i;
			chosen_size = size;
		}
	}
	return chosen;
}

static void map_compact(void)
{
	unsigned to = system_pages;
	for (unsigned i = system_pages, n; i < PAGES; i += n) {
		uint8_t who = map[i];
		for (n = 0; i + n < PAGES && map[i + n] == who; n++)
			;
		if (who == 0)
			continue;
		if (!programs[who - 1].place->movable)
			to = i;
		memset(map + i, 0, n);
		memset(map + to, who, n);
		to += n;
	}
}

/* Every page's owner, that free blocks are merged (the check asserts it), and no byte is lost. */
static void compare(void)
{
	unsigned page = system_pages;
	partition_check();
	list_for_each(node, &partition_region.blocks) {
		struct partition *p = list_entry(node, struct partition, link);
		struct program *owner = p->owner;
		CHECK_EQ(p->start, page * PAGE_SIZE);
		CHECK(map_is(page, p->size / PAGE_SIZE, owner ? owner->number : 0));
		page += p->size / PAGE_SIZE;
	}
	CHECK_EQ(page, PAGES);
}

static void random_load(unsigned i)
{
	uint32_t bytes = 1 + test_random_below(test_random_below(8) ? 150 * K : REGION);
	unsigned n = (bytes + PAGE_MASK) / PAGE_SIZE, at = map_choose(n);
	bool movable = test_random_below(8) != 0;
	if (bytes > REGION - system_pages * PAGE_SIZE) {
		CHECK_EQ(load_at(i, bytes, PARTITION_ANYWHERE, movable), -E2BIG);
		return;
	}
	CHECK_EQ(load_at(i, bytes, PARTITION_ANYWHERE, movable), at == PAGES ? -ENOMEM : 0);
	if (at == PAGES)
		return;
	CHECK_EQ(programs[i].place->start, at * PAGE_SIZE);
	memset(map + at, programs[i].number, n);
}

static void random_leave(unsigned i)
{
	memset(map + programs[i].place->start / PAGE_SIZE, 0,
	       programs[i].place->size / PAGE_SIZE);
	leave(i);
}

static void random_move(unsigned i)
{
	struct partition *p = programs[i].place;
	unsigned from = p->start / PAGE_SIZE, n = p->size / PAGE_SIZE;
	unsigned to = system_pages + test_random_below(PAGES - system_pages);
	int error = partition_move(p, to * PAGE_SIZE);
	if (!p->movable || to > PAGES - n) {
		CHECK_EQ(error, p->movable ? -EINVAL : -EPERM);
		return;
	}
	memset(map + from, 0, n);
	bool fits = map_is(to, n, 0);
	CHECK_EQ(error, fits ? 0 : -EBUSY);
	memset(map + (fits ? to : from), programs[i].number, n);
}

static void random_resize(unsigned i)
{
	struct program *p = &programs[i];
	uint32_t bytes = 1 + test_random_below(p->bytes * 2);
	unsigned from = p->place->start / PAGE_SIZE, old = p->place->size / PAGE_SIZE;
	unsigned n = (bytes + PAGE_MASK) / PAGE_SIZE;
	bool fits = n <= old || (from + n <= PAGES && map_is(from + old, n - old, 0));
	CHECK_EQ(partition_resize(p->place, bytes), fits ? 0 : -ENOMEM);
	if (!fits)
		return;
	memset(map + from, 0, old);
	memset(map + from, p->number, n);
	p->bytes = bytes;
	memset(partition_bytes(p->place), p->number, bytes);
}

static void random_system(void)
{
	unsigned pages = test_random_below(20);
	bool free = pages <= system_pages || map_is(system_pages, pages - system_pages, 0);
	CHECK_EQ(partition_set_system(pages * PAGE_SIZE), free ? 0 : -EBUSY);
	if (free)
		system_pages = pages;
}

static void random_step(unsigned step)
{
	unsigned i = test_random_below(PROGRAMS), what = test_random_below(16);
	if (what == 0 && step % 4 == 0)
		random_system();
	else if (what == 1)
		partition_set_fit(test_random_below(FIT_COUNT));
	else if (programs[i].place == NULL)
		random_load(i);
	else if (what < 4)
		random_move(i);
	else if (what < 6)
		random_resize(i);
	else
		random_leave(i);
}

TEST(partition_100000_operations_equal_the_map)
{
	start();
	partition_region.auto_compact = false;
	for (unsigned step = 0; step < 100000; step++) {
		if (step % 64 == 63) {
			partition_compact();
			map_compact();
		} else {
			random_step(step);
		}
		compare();
	}
	struct partition_stats s;
	partition_get_stats(&s);
	CHECK_EQ(s.moves, moves_told);
	CHECK(s.moves > 1000 && s.placed > 10000 && s.refused > 1000);
	for (unsigned i = 0; i < PROGRAMS; i++)
		if (programs[i].place != NULL)
			leave(i);
	partition_get_stats(&s);
	CHECK_EQ(s.nholes, 1);
	CHECK_EQ(s.free, REGION - partition_region.system);
}

TEST(partition_no_memory_for_descriptors_changes_nothing)
{
	start();
	CHECK_EQ(load(0, 100), 0);
	CHECK_EQ(load(1, 100), 0);
	uint32_t objects = slab_objects();
	sim_fail(SIM_FAIL_OBJECTS, 1, false);
	CHECK_EQ(load(2, 100), -ENOMEM);
	CHECK_STR(layout(), "P1@0 P2@100 -2360@200");
	CHECK_EQ(slab_objects(), objects);
}

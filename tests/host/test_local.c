/* Local replacement: what a process does to its own pages it does to itself alone. */
#include <string.h>

#include "lib/errno.h"
#include "mm/check.h"
#include "mm/mmstat.h"
#include "mm/reclaim.h"
#include "tests/host/sim.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { LIMIT = 64, HOT = 20, SCAN = 200, PAGES = 400 };

static struct aspace *a, *b;

static void boot(unsigned limit, const char *policy, bool local)
{
	space_boot(2048, 4096, limit, policy);
	reclaim_set_local(local);
	a = aspace_create();
	b = aspace_create();
	space_map(a, SPACE_AT, PAGES);
	space_map(b, SPACE_AT, PAGES);
}

static void touch(struct aspace *as, unsigned page)
{
	uint32_t word;
	CHECK_EQ(sim_read32(as, SPACE_AT + page * PAGE_SIZE, &word), 0);
	CHECK_EQ(word, word == 0 ? 0 : page + 1);
	CHECK_EQ(sim_write32(as, SPACE_AT + page * PAGE_SIZE, page + 1), 0);
}

/* One turn of a: a hot page; one turn of b: a part of its scan. */
static void turns(unsigned n)
{
	static unsigned hot, scan;
	for (unsigned i = 0; i < n; i++) {
		touch(a, hot % HOT);
		hot++;
		for (unsigned k = 0; k < 16; k++) {
			touch(b, scan % SCAN);
			scan++;
		}
	}
}

/* Pages that a loses while b scans, after both have begun. */
static uint32_t hot_pages_lost(const char *policy, bool local)
{
	boot(LIMIT, policy, local);
	turns(2 * HOT);
	uint32_t before = a->allot->evicted;
	turns(300);
	mm_check();
	uint32_t lost = a->allot->evicted - before;
	CHECK(b->allot->evicted > 1000);
	space_put(a);
	space_put(b);
	mm_check();
	return lost;
}

/* Each in a process of its own. */
#define BESIDE_A_SCAN(noun, name) \
	TEST(noun##_loses_hot_pages_to_another_s_scan_globally) \
	{ \
		CHECK(hot_pages_lost(name, false) > 0); \
	} \
	TEST(noun##_loses_none_locally) \
	{ \
		CHECK_EQ(hot_pages_lost(name, true), 0); \
	}

BESIDE_A_SCAN(clock, "clock")
BESIDE_A_SCAN(fifo, "fifo")
BESIDE_A_SCAN(second_chance, "second-chance")
BESIDE_A_SCAN(enhanced_clock, "enhanced-clock")
BESIDE_A_SCAN(nru, "nru")
BESIDE_A_SCAN(lru, "lru")
BESIDE_A_SCAN(lfu, "lfu")
BESIDE_A_SCAN(lfu_nodecay, "lfu-nodecay")
BESIDE_A_SCAN(wsclock, "wsclock")
BESIDE_A_SCAN(random, "random")
BESIDE_A_SCAN(sieve, "sieve")
BESIDE_A_SCAN(twoq, "2q")

TEST(a_space_never_passes_its_allotment)
{
	boot(LIMIT, "clock", true);
	CHECK_EQ(a->allot->frames, LIMIT / 2);
	for (unsigned i = 0; i < 200; i++) {
		touch(a, i);
		CHECK(a->allot->charged <= LIMIT / 2);
	}
	CHECK_EQ(a->allot->charged, LIMIT / 2);
	CHECK_EQ(page_stats.charged, LIMIT / 2); /* the other half stays b's */
	allot_set_fixed(a->allot, 40);
	CHECK_EQ(a->allot->frames, 40);
	CHECK_EQ(b->allot->frames, 24);
	for (unsigned i = 200; i < 300; i++)
		touch(a, i);
	CHECK_EQ(a->allot->charged, 40);
	mm_check();
}

TEST(what_is_above_an_allotment_that_shrank_goes_first)
{
	boot(LIMIT, "clock", true);
	allot_set_fixed(a->allot, 48);
	for (unsigned i = 0; i < 48; i++)
		touch(a, i);
	for (unsigned i = 0; i < 16; i++)
		touch(b, i);
	allot_set_fixed(a->allot, 0);
	CHECK_EQ(a->allot->frames, 32);
	CHECK_EQ(a->allot->charged, 48); /* nobody needs them yet */
	for (unsigned i = 16; i < 32; i++)
		touch(b, i);
	CHECK_EQ(a->allot->charged, 32);
	CHECK_EQ(b->allot->charged, 32);
	CHECK_EQ(b->allot->evicted, 0);
	mm_check();
}

/* The largest gives nothing as long as it is within its allotment and another is not. */
TEST(a_space_in_need_takes_from_who_is_above_its_allotment_not_from_the_largest)
{
	boot(128, "clock", true);
	struct aspace *c = aspace_create();
	space_map(c, SPACE_AT, PAGES);
	allot_set_fixed(b->allot, 40);
	for (unsigned i = 0; i < 40; i++)
		touch(b, i);
	allot_set_fixed(a->allot, 80);
	for (unsigned i = 0; i < 72; i++)
		touch(a, i);
	allot_set_fixed(b->allot, 20);
	for (unsigned i = 0; i < 24; i++)
		touch(c, i);
	CHECK_EQ(a->allot->evicted, 0);
	CHECK_EQ(a->allot->charged, 72);
	CHECK(b->allot->evicted >= 8 && b->allot->charged <= 32);
	mm_check();
}

TEST(a_space_above_its_allotment_gives_back_more_than_it_takes)
{
	boot(LIMIT, "fifo", true);
	allot_set_fixed(a->allot, 48);
	for (unsigned i = 0; i < 48; i++)
		touch(a, i);
	allot_set_fixed(a->allot, 0);
	for (unsigned i = 0; i < 16; i++) {
		touch(a, 100 + i);
		CHECK_EQ(a->allot->charged, 47 - i);
	}
	touch(a, 200);
	CHECK_EQ(a->allot->charged, 32);
}

TEST(a_space_whose_pages_are_all_locked_borrows)
{
	boot(LIMIT, "clock", true);
	CHECK_EQ(aspace_mlock(a, SPACE_AT, 32 * PAGE_SIZE, false), 0);
	CHECK_EQ(a->allot->charged, 32);
	for (unsigned i = 32; i < 48; i++)
		touch(a, i);
	CHECK(a->allot->charged > 32 && allot_stats.borrows > 0);
	for (unsigned i = 0; i < 100; i++)
		touch(b, i);
	mm_check();
	CHECK(b->allot->charged >= 16);
	aspace_munlock_all(a);
	mm_check();
}

/* The first toucher pays; when it ends, whoever still maps the page does. */
TEST(shared_pages_are_handed_over_at_the_end)
{
	for (int local = 0; local < 2; local++) {
		if (local == 0)
			boot(LIMIT, "lru", false);
		reclaim_set_local(local);
		struct aspace *parent = aspace_create();
		space_map(parent, SPACE_AT, 12);
		for (unsigned i = 0; i < 12; i++)
			touch(parent, i);
		struct aspace *child = aspace_fork(parent);
		CHECK(child != NULL);
		CHECK_EQ(parent->allot->charged, 12);
		CHECK_EQ(child->allot->charged, 0);
		touch(child, 3); /* a copy of its own */
		CHECK_EQ(child->allot->charged, 1);
		space_put(parent);
		mm_check();
		CHECK_EQ(child->allot->charged, 12);
		space_put(child);
		mm_check();
		CHECK_EQ(page_stats.charged, 0);
	}
}

static void map_shared(struct aspace *as, struct object *o)
{
	struct aspace_map request = { .start = SPACE_AT + PAGES * PAGE_SIZE,
				      .length = 8 * PAGE_SIZE, .prot = PROT_R | PROT_W,
				      .map_flags = ASPACE_FIXED, .vma_flags = VMA_SHARED,
				      .object = o };
	CHECK_EQ(aspace_map(as, &request), (long)request.start);
}

/* FIFO takes shared pages too; the neighbour that has room keeps them, and pays. */
TEST(a_shared_page_goes_to_a_user_with_room_before_it_goes_out)
{
	boot(LIMIT, "fifo", true);
	struct object *o = object_create_shared(8 * PAGE_SIZE);
	map_shared(a, o);
	map_shared(b, o);
	object_put(o);
	for (unsigned i = 0; i < 8; i++)
		touch(b, PAGES + i);
	CHECK_EQ(b->allot->charged, 8);
	for (unsigned i = 0; i < 8; i++)
		touch(a, PAGES + i);
	CHECK_EQ(a->allot->charged, 0);
	for (unsigned i = 0; i < 200; i++) {
		touch(b, i);
		mm_check();
	}
	CHECK_EQ(a->allot->charged, 8);
	CHECK_EQ(allot_stats.passed_on, 8);
	uint32_t before = sim_faults;
	for (unsigned i = 0; i < 8; i++)
		touch(a, PAGES + i);
	CHECK_EQ(sim_faults, before);
	for (unsigned i = 0; i < 100; i++) { /* now a has no room either: b is full, they go */
		touch(a, i);
		mm_check();
	}
	CHECK_EQ(allot_stats.passed_on, 8);
	for (unsigned i = 0; i < 8; i++)
		touch(a, PAGES + i);
	space_put(a);
	space_put(b);
	mm_check();
	CHECK_EQ(page_stats.charged, 0);
}

/* What only the parent's policy set knows, as the MMU was asked already, the child's gets told. */
TEST(handing_over_loses_no_reference)
{
	uint32_t word;
	boot(LIMIT, "enhanced-clock", true);
	struct aspace *parent = aspace_create();
	space_map(parent, SPACE_AT, 16);
	for (unsigned i = 0; i < 16; i++)
		touch(parent, i);
	struct aspace *child = aspace_fork(parent);
	CHECK(policy_select_in(&parent->allot->set) != NULL); /* every page is idle after it */
	for (unsigned i = 8; i < 16; i++)
		CHECK_EQ(sim_read32(parent, SPACE_AT + i * PAGE_SIZE, &word), 0);
	CHECK(policy_select_in(&parent->allot->set) != NULL); /* it has read the MMU's bits now */
	space_put(parent);
	for (unsigned i = 0; i < 16; i++) {
		struct pmap_entry e = pmap_lookup(&child->pmap, SPACE_AT + i * PAGE_SIZE);
		CHECK_EQ(frame_of(e.number)->set, child->allot->set.number);
		CHECK_EQ((frame_of(e.number)->flags & FRAME_REFERENCED) != 0, i >= 8);
	}
	CHECK_EQ(child->allot->charged, 16);
	space_put(child);
}

/*
 * Each space needs 8 pages in one instruction, and there are 32 frames for 10 spaces: 3 for each.
 * A space below the minimum may take from others until the instruction completes.
 */
TEST(an_instruction_ends_even_where_the_minima_do_not_fit)
{
	const char *name;
	enum { SPACES = 10 };
	struct aspace *as[SPACES];
	boot(32, "clock", true);
	for (unsigned i = 0; i < SPACES; i++) {
		as[i] = aspace_create();
		space_map(as[i], SPACE_AT, 16);
	}
	CHECK_EQ(a->allot->frames, ALLOT_MIN);
	for (unsigned k = 0; (name = policy_nth_name(k)) != NULL; k++) {
		CHECK_EQ(policy_switch(name), 0);
		for (unsigned turn = 0; turn < 5 * SPACES; turn++) {
			unsigned page = 0, faults = 0;
			while (page < 8) {
				uint32_t before = sim_faults;
				touch(as[turn % SPACES], page);
				page = sim_faults == before ? page + 1 : 0;
				faults += sim_faults != before;
				CHECK(faults < 500);
			}
			mm_check();
		}
	}
}

/* Device errors: a page that cannot be written stays, and another account gives a frame. */
TEST(a_write_error_locally_costs_no_page)
{
	boot(LIMIT, "clock", true);
	for (unsigned i = 0; i < 20; i++)
		touch(b, i);
	for (unsigned i = 0; i < 32; i++)
		touch(a, i);
	space_disk->fail_write = 0;
	space_disk->fail_count = 40; /* none of its own can be written */
	for (unsigned i = 32; i < 40; i++)
		touch(a, i);
	mm_check();
	CHECK(reclaim_stats.write_errors > 0);
	space_disk->fail_write = -1;
	for (unsigned i = 0; i < 40; i++)
		touch(a, i);
	for (unsigned i = 0; i < 20; i++)
		touch(b, i);
	mm_check();
}

/* Pages of two spaces, each with its own word; read and written at random in too few frames. */
static void one_access(uint32_t words[2][100], unsigned i)
{
	unsigned which = test_random_below(2);
	struct aspace *as = which ? b : a;
	unsigned page = test_random_below(3) ? test_random_below(100) : i % 100;
	uint32_t word;
	CHECK_EQ(sim_read32(as, SPACE_AT + page * PAGE_SIZE, &word), 0);
	CHECK_EQ(word, words[which][page]);
	if (test_random_below(2) == 0)
		return;
	words[which][page] = i + 1;
	CHECK_EQ(sim_write32(as, SPACE_AT + page * PAGE_SIZE, i + 1), 0);
}

TEST(memory_is_intact_while_policies_change_every_100_of_100000_faults)
{
	static uint32_t words[2][100];
	unsigned switches = 0, npolicies = 0;
	boot(LIMIT, "clock", false);
	while (policy_nth_name(npolicies) != NULL)
		npolicies++;
	for (unsigned i = 0; sim_faults < 100000; i++) {
		one_access(words, i);
		if (sim_faults / 100 == switches)
			continue;
		uint32_t known = policy_count();
		CHECK_EQ(policy_switch(policy_nth_name((switches * 7 + 1) % npolicies)), 0);
		if (switches % 5 == 4)
			reclaim_set_local(!policy_is_local());
		CHECK_EQ(policy_count(), known);
		mm_check();
		switches = sim_faults / 100;
	}
	CHECK_EQ(switches, 1000);
	CHECK(mmstat_read(swap_ins) > 30000);
	for (unsigned i = 0; i < 100; i++) {
		uint32_t word;
		CHECK_EQ(sim_read32(a, SPACE_AT + i * PAGE_SIZE, &word), 0);
		CHECK_EQ(word, words[0][i]);
		CHECK_EQ(sim_read32(b, SPACE_AT + i * PAGE_SIZE, &word), 0);
		CHECK_EQ(word, words[1][i]);
	}
}

/* What others do while a fault of a's sleeps in the disk. */
static void others_run(struct sim_disk *disk, uint32_t page, bool write)
{
	static unsigned calls;
	(void)disk, (void)page, (void)write;
	calls++;
	switch (calls % 8) {
	case 0: CHECK_EQ(policy_switch(policy_nth_name(calls / 8 % 12)), 0); break;
	case 1: reclaim_set_local(!policy_is_local()); break;
	case 2: allot_set_fixed(a->allot, 16 + calls % 32); break;
	case 3: allot_set_rule(calls % 16 < 8 ? ALLOT_PFF : ALLOT_EQUAL); break;
	case 4: /* b ends, and its account with it */
		aspace_put(b);
		b = aspace_create();
		space_map(b, SPACE_AT, PAGES);
		break;
	default:
		touch(b, calls * 7 % PAGES);
	}
}

TEST(memory_is_intact_when_all_changes_while_a_fault_sleeps)
{
	boot(LIMIT, "clock", true);
	space_disk->while_asleep = others_run;
	for (unsigned i = 0; i < 20000; i++) {
		unsigned page = test_random_below(120);
		uint32_t word;
		CHECK_EQ(sim_read32(a, SPACE_AT + page * PAGE_SIZE, &word), 0);
		CHECK(word == 0 || word == page + 1);
		CHECK_EQ(sim_write32(a, SPACE_AT + page * PAGE_SIZE, page + 1), 0);
		if (i % 16 == 0)
			mm_check();
	}
	space_disk->while_asleep = NULL;
	CHECK(mmstat_read(swap_ins) > 5000);
	for (unsigned page = 0; page < 120; page++) {
		uint32_t word;
		CHECK_EQ(sim_read32(a, SPACE_AT + page * PAGE_SIZE, &word), 0);
		CHECK_EQ(word, page + 1);
	}
	space_put(a);
	space_put(b);
	mm_check();
	CHECK_EQ(page_stats.charged, 0);
}

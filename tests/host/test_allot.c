/* Allotments by rule: equal parts, page-fault frequency, and the working set that is sampled. */
#include "mm/check.h"
#include "mm/mmstat.h"
#include "mm/reclaim.h"
#include "tests/host/sim.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { LIMIT = 128, PAGES = 300, MILLION = 1000000 };

static struct aspace *spaces[8]; /* the last ones made */

static struct aspace *new_space(void)
{
	static unsigned made;
	struct aspace *as = aspace_create();
	CHECK(as != NULL);
	spaces[made++ % ARRAY_SIZE(spaces)] = as;
	space_map(as, SPACE_AT, PAGES);
	return as;
}

static void boot(const char *policy)
{
	space_boot(4096, 4096, LIMIT, policy);
	reclaim_set_local(true);
}

/* @a takes @taken frames in @cycles. */
static void period(struct allotment *a, unsigned taken, uint32_t cycles)
{
	allot_run(a);
	for (unsigned i = 0; i < taken; i++) {
		sim_tsc += cycles / taken;
		allot_pause();
		allot_take(a);
		allot_resume();
	}
	sim_tsc += taken ? 0 : cycles;
	allot_stop(false);
	allot_run(a); /* its next turn */
	allot_stop(false);
	allot_check();
}

static void loop(struct aspace *as, unsigned pages, unsigned n, uint32_t cycles);

/*
 * Two spaces with half of the frames each, from now on by page-fault frequency. @used: they have
 * pages in all of them.
 */
static void boot_two(struct allotment **a, struct allotment **b, bool used)
{
	boot("clock");
	*a = new_space()->allot;
	*b = new_space()->allot;
	for (unsigned i = 0; used && i < 2; i++)
		loop(spaces[i], LIMIT / 2, LIMIT / 2, 1);
	allot_set_rule(ALLOT_PFF);
	period(*a, 10, MILLION); /* what they took to begin with does not count below */
	period(*b, 10, MILLION);
	CHECK_EQ((*a)->frames, LIMIT / 2);
	CHECK_EQ((*b)->frames, LIMIT / 2);
}

/* One use of a page, and @cycles of the program's own time. */
static void touch(struct aspace *as, unsigned page, uint32_t cycles)
{
	sim_use(as);
	sim_tsc += cycles;
	CHECK_EQ(sim_write32(as, SPACE_AT + page % PAGES * PAGE_SIZE, page), 0);
}

/* @n uses of @pages pages, one after the other. */
static void loop(struct aspace *as, unsigned pages, unsigned n, uint32_t cycles)
{
	for (unsigned i = 0; i < n; i++)
		touch(as, i % pages, cycles);
	allot_check();
}

/* --- equal --- */

TEST(equal_allotments_add_up_and_change_with_the_number_of_spaces)
{
	struct aspace *as[4];
	boot("clock");
	for (unsigned n = 1; n <= 4; n++) {
		as[n - 1] = new_space();
		for (unsigned i = 0; i < n; i++)
			CHECK_EQ(as[i]->allot->frames, LIMIT / n);
		allot_check();
	}
	space_put(as[1]);
	CHECK_EQ(as[0]->allot->frames, 42);
	allot_check();
	reclaim_stats.limit = 48; /* seen by the next fault */
	touch(as[0], 0, 1);
	CHECK_EQ(as[3]->allot->frames, 16);
	reclaim_stats.limit = 40;
	touch(as[0], 1, 1);
	CHECK_EQ(as[3]->allot->frames, ALLOT_MIN); /* they do not fit */
	mm_check();
}

TEST(hand_set_allotments_leave_the_others_their_minimum)
{
	boot("clock");
	struct aspace *a = new_space(), *b = new_space(), *c = new_space();
	allot_set_fixed(a->allot, 1000);
	CHECK_EQ(a->allot->frames, LIMIT - 2 * ALLOT_MIN);
	CHECK_EQ(b->allot->frames, ALLOT_MIN);
	CHECK_EQ(c->allot->frames, ALLOT_MIN);
	allot_set_fixed(a->allot, 1);
	CHECK_EQ(a->allot->frames, ALLOT_MIN);
	CHECK_EQ(b->allot->frames, (LIMIT - ALLOT_MIN) / 2);
	allot_set_fixed(a->allot, 0);
	CHECK_EQ(a->allot->frames, LIMIT / 3);
	mm_check();
}

TEST(without_a_limit_all_there_is_is_shared_out)
{
	space_boot(256, 4096, 0, "clock");
	reclaim_set_local(true);
	struct aspace *a = new_space(), *b = new_space();
	for (unsigned i = 0; i < PAGES; i++) {
		touch(a, i, 1);
		touch(b, i, 1);
	}
	uint32_t most = frame_stats.free + frame_stats.owned[FRAME_ANON] - reclaim_stats.reserve;
	CHECK(a->allot->charged <= most / 2);
	CHECK(a->allot->charged + 4 > most / 2);
	CHECK(frame_stats.free >= reclaim_stats.reserve);
	mm_check();
}

TEST(spaces_beyond_the_number_of_sets_share_nobodys_account)
{
	static struct pmap pm;
	static struct allotment *all[POLICY_SETS - 1];
	space_boot(8192, 1024, LIMIT, "lru");
	reclaim_set_local(true);
	for (unsigned i = 0; i < POLICY_SETS - 1; i++) {
		all[i] = allot_create(&pm);
		CHECK(all[i] != NULL && all[i] != &allot_unowned);
	}
	struct aspace *as = new_space();
	CHECK(as->allot == &allot_unowned);
	loop(as, 2 * LIMIT, 1000, 1);
	CHECK_EQ(allot_unowned.charged, LIMIT);
	mm_check();
	space_put(as);
	for (unsigned i = 0; i < POLICY_SETS - 1; i++)
		allot_destroy(all[i]);
	CHECK_EQ(allot_stats.count, 0);
	mm_check();
}

/* --- page-fault frequency --- */

/* Faults of the last quarter of a run of two spaces, one of whose working sets needs more. */
static uint32_t late_faults(const char *policy, enum allot_rule rule)
{
	boot(policy);
	allot_set_rule(rule);
	allot_stats.pff_low = 1;
	allot_stats.pff_high = 2;
	struct aspace *large = new_space(), *small = new_space();
	uint32_t before = 0;
	for (unsigned turn = 0; turn < 200; turn++) {
		if (turn == 150)
			before = sim_faults;
		loop(large, 90, 180, 10000);
		loop(small, 20, 180, 10000);
		CHECK(allot_stats.sum <= LIMIT);
	}
	mm_check();
	return sim_faults - before;
}

/* 90 pages and 20 fit into 128 frames, but not into two times 64. */
#define FREQUENCY_FINDS_THE_ROOM(noun, name) \
	TEST(under_##noun##_page_fault_frequency_finds_the_room_that_equal_parts_do_not) \
	{ \
		CHECK_EQ(late_faults(name, ALLOT_PFF), 0); \
	} \
	TEST(under_##noun##_equal_parts_are_too_small_for_one) \
	{ \
		CHECK(late_faults(name, ALLOT_EQUAL) > 500); \
	}

FREQUENCY_FINDS_THE_ROOM(clock, "clock")
FREQUENCY_FINDS_THE_ROOM(fifo, "fifo")
FREQUENCY_FINDS_THE_ROOM(second_chance, "second-chance")
FREQUENCY_FINDS_THE_ROOM(enhanced_clock, "enhanced-clock")
FREQUENCY_FINDS_THE_ROOM(nru, "nru")
FREQUENCY_FINDS_THE_ROOM(lru, "lru")
FREQUENCY_FINDS_THE_ROOM(lfu, "lfu")
FREQUENCY_FINDS_THE_ROOM(lfu_nodecay, "lfu-nodecay")
FREQUENCY_FINDS_THE_ROOM(wsclock, "wsclock")
FREQUENCY_FINDS_THE_ROOM(random, "random")
FREQUENCY_FINDS_THE_ROOM(sieve, "sieve")
FREQUENCY_FINDS_THE_ROOM(twoq, "2q")

/* @a goes through its pages, with a fault in every 10000 cycles, until a period has ended. */
static void hungry_period(struct allotment *a)
{
	static unsigned pages[8];
	unsigned *page = &pages[a->set.number % ARRAY_SIZE(pages)];
	struct aspace *as = NULL;
	for (unsigned i = 0; i < ARRAY_SIZE(spaces); i++)
		if (spaces[i] != NULL && spaces[i]->allot == a)
			as = spaces[i];
	sim_use(as);
	allot_run(a);
	uint64_t before = a->period_time;
	while (a->period_time == before) {
		touch(as, LIMIT / 2 + *page, 10000);
		(*page)++;
	}
	allot_stop(false);
	CHECK(a->rate > 90 && a->rate <= 100);
}

TEST(an_allotment_follows_the_fault_rate_between_its_bounds)
{
	struct allotment *a, *b;
	boot_two(&a, &b, false);
	allot_stats.pff_low = 5;
	allot_stats.pff_high = 10;
	period(a, 4, MILLION); /* below the lower bound, and it uses nothing */
	CHECK_EQ(a->rate, 3);  /* readings of the clock take time too */
	CHECK_EQ(a->frames, ALLOT_MIN);
	CHECK_EQ(b->frames, LIMIT / 2);
	period(a, 6, MILLION); /* between the bounds */
	CHECK_EQ(a->rate, 5);
	period(a, 11, MILLION);
	CHECK_EQ(a->rate, 10);
	CHECK_EQ(a->frames, ALLOT_MIN);
	period(a, 12, MILLION);
	CHECK_EQ(a->rate, 11);
	CHECK_EQ(a->frames, ALLOT_MIN + ALLOT_MIN / 4);
	period(a, 32, 10000); /* so many end a period early */
	CHECK(a->rate > 3000);
	CHECK_EQ(a->frames, 25);
	for (unsigned i = 0; i < 20; i++)
		period(a, 12, MILLION);
	CHECK_EQ(a->frames, LIMIT / 2); /* all that b does not have */
	CHECK_EQ(b->frames, LIMIT / 2);
	period(b, 0, MILLION);
	CHECK_EQ(b->frames, ALLOT_MIN);
	period(a, 12, MILLION);
	CHECK_EQ(a->frames, LIMIT / 2 + LIMIT / 8);
}

TEST(an_allotment_shrinks_no_further_than_the_space_has_come_down)
{
	boot("clock");
	struct aspace *as = new_space();
	struct allotment *a = as->allot;
	allot_set_rule(ALLOT_PFF);
	loop(as, 100, 100, 1);
	period(a, 0, MILLION); /* what it took to begin with counts */
	period(a, 0, MILLION);
	CHECK_EQ(a->frames, 100); /* slack went */
	for (unsigned i = 0; i < 50; i++)
		period(a, 0, MILLION);
	CHECK_EQ(a->frames, 100 - 100 / 16);
	CHECK_EQ(a->charged, 100); /* nobody has asked for them */
	struct aspace *other = new_space();
	CHECK(a->frames + other->allot->frames >= LIMIT - 2); /* rounded down */
	loop(other, 40, 40, 1);
	CHECK(a->charged <= 100 - 100 / 16);
	mm_check();
}

TEST(page_faults_are_not_virtual_time)
{
	boot("clock");
	struct allotment *a = new_space()->allot;
	allot_run(a);
	uint64_t before = a->time;
	sim_tsc += 1000;
	allot_pause();
	sim_tsc += MILLION;
	allot_resume();
	sim_tsc += 1000;
	allot_stop(false);
	CHECK(a->time - before >= 2000 && a->time - before < 2010);
	sim_tsc += MILLION; /* nobody runs */
	allot_run(a);
	CHECK(a->time - before < 2010);
	allot_stop(false);
}

TEST(a_sleeper_lends_and_one_awake_does_not)
{
	struct allotment *a, *b;
	boot_two(&a, &b, true);
	hungry_period(a);
	CHECK(a->wants);
	CHECK_EQ(b->frames, LIMIT / 2);
	allot_run(b);
	allot_stop(true); /* it waits for something */
	hungry_period(a);
	CHECK(!a->wants);
	CHECK_EQ(a->frames, LIMIT / 2 + 16);
	CHECK_EQ(b->frames, LIMIT / 2 - 24); /* half of what it had above the minimum */
	for (unsigned i = 0; i < 100; i++)
		hungry_period(a);
	CHECK_EQ(b->frames, ALLOT_MIN);
	CHECK_EQ(a->frames, LIMIT - ALLOT_MIN);
	CHECK(a->wants);
}

TEST(a_newcomer_takes_from_nobody_but_gets_its_equal_part_if_it_wants_it)
{
	struct allotment *a, *b;
	boot_two(&a, &b, true);
	for (unsigned i = 0; i < 60; i++) {
		period(b, 0, MILLION); /* it needs nothing */
		hungry_period(a);
	}
	CHECK_EQ(b->frames, ALLOT_MIN);
	CHECK_EQ(a->frames, LIMIT - ALLOT_MIN);
	struct allotment *c = new_space()->allot;
	CHECK_EQ(c->frames, ALLOT_MIN); /* the minimum has to come from somewhere */
	CHECK(a->frames >= LIMIT - 2 * ALLOT_MIN - 1);
	for (unsigned i = 0; i < 30; i++)
		hungry_period(c);
	CHECK_EQ(c->frames, LIMIT / 3);
	CHECK(c->wants && a->frames >= LIMIT / 3);
	for (unsigned i = 0; i < 30; i++)
		hungry_period(a);
	CHECK_EQ(c->frames, LIMIT / 3);
}

TEST(load_control_is_asked_for_when_all_want_more_and_there_is_none)
{
	struct allotment *a, *b;
	boot_two(&a, &b, true);
	CHECK(!allot_wants_suspend());
	hungry_period(a);
	CHECK(a->wants && !allot_wants_suspend()); /* b is content */
	hungry_period(b);
	CHECK(b->wants && allot_wants_suspend());
	period(b, 10, MILLION); /* between the bounds */
	CHECK(!allot_wants_suspend());
	hungry_period(b);
	CHECK(allot_wants_suspend());
	allot_run(b);
	allot_stop(true);
	CHECK(!allot_wants_suspend()); /* one alone has nobody to make room */
	allot_run(b);
	allot_stop(false);
	CHECK(allot_wants_suspend());
	allot_set_rule(ALLOT_EQUAL);
	CHECK(!allot_wants_suspend()); /* not known yet */
	hungry_period(a);
	CHECK(a->wants && !allot_wants_suspend());
	hungry_period(b);
	CHECK(allot_wants_suspend());
	reclaim_set_local(false);
	CHECK(!allot_wants_suspend());
}

/* --- the working set --- */

TEST(the_working_set_is_what_was_used_in_the_last_window)
{
	boot("clock");
	struct aspace *a = new_space();
	allot_stats.window = 1;
	for (unsigned used = 10; used <= 50; used += 10) {
		loop(a, 60, 60, 1);
		sim_tsc += MILLION;
		allot_sample(a->allot);
		CHECK_EQ(a->allot->working_set, 60);
		loop(a, used, 500, 10);
		allot_sample(a->allot); /* too early: nothing happens */
		CHECK_EQ(a->allot->working_set, 60);
		sim_tsc += MILLION;
		allot_sample(a->allot);
		CHECK_EQ(a->allot->working_set, used);
	}
	allot_stats.window = 0;
	sim_tsc += 100 * (uint64_t)MILLION;
	allot_sample(a->allot);
	CHECK_EQ(a->allot->working_set, 50);
}

/* Which pages are in memory after a run of random uses, sampled or not; then everything goes. */
static void run_sampled(const char *policy, bool sampled, bool *there)
{
	CHECK_EQ(policy_switch("fifo"), 0);
	CHECK_EQ(policy_switch(policy), 0);
	uint32_t random = 7;
	struct aspace *a = new_space();
	for (unsigned i = 0; i < 4000; i++) {
		random = random * 1664525 + 1013904223;
		touch(a, (random >> 16) % PAGES * (random >> 8 & 255) / 256, 1000);
		if (sampled)
			allot_sample(a->allot);
	}
	/* Most of 1000 uses go to 64 pages. */
	CHECK(!sampled || a->allot->working_set > 30);
	for (unsigned i = 0; i < PAGES; i++)
		there[i] = pmap_lookup(&a->pmap, SPACE_AT + i * PAGE_SIZE).kind == PMAP_FRAME;
	space_put(a);
}

TEST(no_policy_decides_otherwise_for_being_watched)
{
	const char *name;
	static bool with[PAGES], without[PAGES];
	space_boot(2048, 4096, 64, "clock");
	allot_stats.window = 1;
	for (unsigned k = 0; (name = policy_nth_name(k)) != NULL; k++) {
		run_sampled(name, false, without);
		run_sampled(name, true, with);
		for (unsigned i = 0; i < PAGES; i++)
			CHECK_EQ(with[i], without[i]);
	}
}

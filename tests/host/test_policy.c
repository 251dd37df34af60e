/*
 * The policies against short independent models: the same victims, on random traces and on every
 * trace of a small machine; and the textbook's figures.
 */
#include <string.h>

#include "tests/host/policy_models.h"
#include "tests/host/policy_sim.h"
#include "tests/host/test.h"

/* One page number after the other: some pages far more often than others, now and then a run. */
static int next_page(int last, int pages)
{
	if (test_random_below(4) == 0)
		return (last + 1) % pages;
	int page = (int)test_random_below((uint32_t)pages);
	return test_random_below(2) ? page : (int)test_random_below((uint32_t)page + 1);
}

static void random_traces(const char *policy, int traces)
{
	for (int t = 0; t < traces; t++) {
		int n = 1 + (int)test_random_below(POLICY_SIM_FRAMES);
		int pages = 2 + (int)test_random_below(POLICY_SIM_PAGES - 2);
		int length = t % 64 == 0 ? 2000 : 60; /* long ones: counts and times run on */
		policy_sim_start(policy);
		model_start(policy, n);
		for (int i = 0, page = 0; i < length; i++) {
			page = next_page(page, pages);
			bool write = test_random_below(3) == 0;
			CHECK_EQ(policy_sim_touch(page, write, n), model_touch(page, write));
			if (i % 16 == 0)
				policy_check();
		}
		policy_sim_stop();
	}
}

static void every_short_trace(const char *policy)
{
	enum { FRAMES = 3, PAGES = 5, LENGTH = 7 };
	int traces = 1;
	for (int i = 0; i < LENGTH; i++)
		traces *= PAGES;
	for (int t = 0; t < traces; t++) {
		policy_sim_start(policy);
		model_start(policy, FRAMES);
		for (int i = 0, rest = t; i < LENGTH; i++) {
			bool write = (t + i) % 3 == 0;
			CHECK_EQ(policy_sim_touch(rest % PAGES, write, FRAMES),
				 model_touch(rest % PAGES, write));
			rest /= PAGES;
		}
		policy_sim_stop();
	}
}

/* Three tests for each policy; each in a process of its own. */
#define AGAINST_MODEL(noun, name, traces) \
	TEST(noun##_picks_the_model_s_victims_on_random_traces) \
	{ \
		random_traces(name, traces); \
	} \
	TEST(noun##_picks_the_model_s_victims_on_every_short_trace) \
	{ \
		every_short_trace(name); \
	}

AGAINST_MODEL(clock, "clock", 100000)
AGAINST_MODEL(fifo, "fifo", 100000)
AGAINST_MODEL(second_chance, "second-chance", 100000)
AGAINST_MODEL(enhanced_clock, "enhanced-clock", 4000)
AGAINST_MODEL(nru, "nru", 4000)
AGAINST_MODEL(lru, "lru", 4000)
AGAINST_MODEL(lfu, "lfu", 4000)
AGAINST_MODEL(lfu_nodecay, "lfu-nodecay", 4000)
AGAINST_MODEL(wsclock, "wsclock", 4000)
AGAINST_MODEL(random, "random", 4000)
AGAINST_MODEL(sieve, "sieve", 4000)
AGAINST_MODEL(twoq, "2q", 4000)

static int faults(const char *policy, const int *string, int length, int n)
{
	int count = 0;
	policy_sim_start(policy);
	for (int i = 0; i < length; i++)
		count += policy_sim_touch(string[i], false, n) != POLICY_SIM_HIT;
	policy_sim_stop();
	return count;
}

TEST(fifo_shows_belady_s_anomaly)
{
	static const int string[] = { 1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5 };
	CHECK_EQ(faults("fifo", string, 12, 3), 9);
	CHECK_EQ(faults("fifo", string, 12, 4), 10);
}

TEST(fifo_takes_fifteen_faults_on_the_textbook_string)
{
	static const int string[] = { 7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1 };
	CHECK_EQ(faults("fifo", string, 20, 3), 15);
}

/* All pages but @page are idle as soon as they are loaded. */
static void others_are_idle(int page)
{
	for (int k = 0; k < POLICY_SIM_FRAMES; k++)
		policy_sim[k].referenced = policy_sim[k].referenced && policy_sim[k].page == page;
}

TEST(a_page_in_steady_use_stays_where_bits_are_read)
{
	static const char *const names[] = { "clock", "second-chance", "enhanced-clock",
					     "nru", "lru", "lfu", "lfu-nodecay", "wsclock",
					     "sieve" };
	for (size_t k = 0; k < ARRAY_SIZE(names); k++) {
		policy_sim_start(names[k]);
		for (int i = 0; i < 200; i++) {
			policy_sim_touch(0, false, 4);
			CHECK(policy_sim_touch(1 + i % 20, false, 4) != 0);
			others_are_idle(0);
		}
		policy_sim_stop();
	}
}

TEST(clock_takes_turns_when_every_page_is_referenced)
{
	policy_sim_start("clock");
	for (int i = 0; i < 40; i++)
		CHECK_EQ(policy_sim_touch(i, false, 4), i < 4 ? -1 : i - 4);
	policy_sim_stop();
}

/* Is page 0, used in the first half of 400 rounds, still there? */
static bool old_favourite_stays(const char *policy)
{
	policy_sim_start(policy);
	for (int i = 0; i < 400; i++) {
		policy_sim_touch(1 + i % 20, false, 4);
		if (i < 200)
			policy_sim_touch(0, false, 4);
	}
	bool there = policy_sim_touch(0, false, 4) == POLICY_SIM_HIT;
	policy_sim_stop();
	return there;
}

TEST(lfu_lets_an_old_favourite_go_by_decay_alone)
{
	CHECK(!old_favourite_stays("lfu"));
	CHECK(old_favourite_stays("lfu-nodecay"));
}

TEST(enhanced_clock_and_nru_take_the_clean_one_of_two_idle_pages)
{
	static const char *const names[] = { "enhanced-clock", "nru" };
	for (size_t k = 0; k < ARRAY_SIZE(names); k++) {
		policy_sim_start(names[k]);
		for (int i = 0; i < 4; i++)
			policy_sim_touch(i, i < 3, 4);
		others_are_idle(-1);
		CHECK_EQ(policy_sim_next_victim(), 3);
		policy_sim_stop();
	}
}

/* Faults on 8 hot pages used all the time while a scan of 4000 pages runs past, in 16 frames. */
static int hot_faults(const char *policy)
{
	int count = 0;
	policy_sim_start(policy);
	for (int i = 0; i < 4000; i++) {
		count += policy_sim_touch(i * 5 % 8, false, 16) != POLICY_SIM_HIT;
		if (i % 16 < 12)
			policy_sim_touch(100 + i, false, 16);
	}
	policy_sim_stop();
	return count;
}

TEST(sieve_and_2q_are_not_impressed_by_a_scan)
{
	int clock = hot_faults("clock");
	CHECK(hot_faults("sieve") <= clock / 2);
	CHECK(hot_faults("2q") <= clock / 2);
}

TEST(policies_skip_pinned_frames_and_give_up_when_all_are)
{
	const char *name;
	for (unsigned k = 0; (name = policy_nth_name(k)) != NULL; k++) {
		policy_sim_start(name);
		CHECK(policy_select() == NULL);
		for (int i = 0; i < 4; i++)
			policy_sim_touch(i, false, 4);
		frame_pin(policy_sim[0].frame);
		frame_pin(policy_sim[2].frame);
		for (int i = 0; i < 8; i++)
			CHECK(policy_sim_next_victim() % 2 == 1);
		frame_pin(policy_sim[1].frame);
		frame_pin(policy_sim[3].frame);
		CHECK(policy_select() == NULL);
		policy_check();
		for (int i = 0; i < 4; i++)
			frame_unpin(policy_sim[i].frame);
		policy_sim_stop();
	}
}

/*
 * An x86 instruction may need 8 pages at once. It touches them in turn until a fault, and begins
 * again; the pages in the other frames were all used a lot.
 */
TEST(an_instruction_that_needs_eight_pages_ends_under_every_policy)
{
	const char *name;
	for (unsigned k = 0; (name = policy_nth_name(k)) != NULL; k++) {
		policy_sim_start(name);
		for (int i = 0; i < 16 * 300; i++)
			policy_sim_touch(i % 300 ? i % 16 : i / 16, true, 16);
		int page = 0, faults = 0;
		while (page < 8) {
			bool hit = policy_sim_touch(1000 + page, false, 16) == POLICY_SIM_HIT;
			page = hit ? page + 1 : 0;
			faults += !hit;
			CHECK(faults < 1000);
		}
		policy_sim_stop();
	}
}

/* Frames also leave without having been selected: processes end, pages are locked. */
TEST(policies_bear_any_frame_leaving_at_any_time)
{
	const char *name;
	for (unsigned k = 0; (name = policy_nth_name(k)) != NULL; k++) {
		policy_sim_start(name);
		for (int i = 0; i < 3000; i++) {
			struct policy_sim_frame *s = &policy_sim[test_random_below(16)];
			if (s->page >= 0 && test_random_below(4) == 0) {
				policy_remove(s->frame);
				s->page = -1;
			}
			policy_sim_touch((int)test_random_below(24), i % 3 == 0, 16);
			policy_check();
		}
		policy_sim_stop();
	}
}

TEST(policy_names_are_known_and_others_refused)
{
	policy_sim_start("clock");
	CHECK(policy_start("nosuch", NULL) < 0);
	CHECK(strcmp(policy_name(), "clock") == 0);
	CHECK(strcmp(policy_nth_name(0), "clock") == 0);
	CHECK_STR(policy_nth_name(11), "2q");
	CHECK(policy_nth_name(12) == NULL);
}

TEST(switching_keeps_every_frame_and_the_order_of_a_queue)
{
	policy_sim_start("fifo");
	for (int i = 0; i < 16; i++)
		policy_sim_touch(i, false, 16);
	for (int k = 0; k < 200; k++) {
		static const char *const queues[] = { "fifo", "clock", "sieve", "random",
						      "second-chance", "wsclock", "nru", "lfu" };
		CHECK_EQ(policy_switch(queues[test_random_below(ARRAY_SIZE(queues))]), 0);
		policy_check();
		CHECK_EQ(policy_count(), 16);
	}
	CHECK_EQ(policy_switch("nosuch"), -22);
	CHECK_EQ(policy_switch("fifo"), 0);
	for (int i = 16; i < 32; i++)
		CHECK_EQ(policy_sim_touch(i, false, 16), i - 16);
	policy_sim_stop();
}

TEST(switching_hands_over_references_the_old_policy_has_read)
{
	policy_sim_start("enhanced-clock");
	for (int i = 0; i < 4; i++)
		policy_sim_touch(i, true, 4);
	others_are_idle(-1);
	policy_sim[0].referenced = true;
	CHECK_EQ(policy_sim_next_victim(), 1); /* frame 0's bit was read, and cleared, on the way */
	CHECK(!policy_sim[0].referenced);
	for (int i = 1; i < 4; i++)
		policy_sim[i].modified = false;
	CHECK_EQ(policy_switch("clock"), 0);
	CHECK_EQ(policy_sim_next_victim(), 1);
	policy_sim_stop();
}

TEST(switching_leaves_the_mmu_s_bits_alone)
{
	const char *name;
	policy_sim_start("clock");
	for (int i = 0; i < 16; i++)
		policy_sim_touch(i, i % 2, 16);
	for (unsigned k = 0; (name = policy_nth_name(k)) != NULL; k++) {
		for (int i = 0; i < 16; i++)
			policy_sim[i].referenced = i % 3 == 0;
		CHECK_EQ(policy_switch(name), 0);
		for (int i = 0; i < 16; i++) {
			CHECK_EQ(policy_sim[i].referenced ||
				 policy_sim[i].frame->flags & FRAME_REFERENCED, i % 3 == 0);
			CHECK_EQ(policy_sim[i].modified, i % 2);
		}
	}
	policy_sim_stop();
}

/* Numbers of the frames that policy_each has told of, in its order. */
static int each_seen[64], each_count;

static bool each_note(void *context, const struct frame *f)
{
	each_seen[each_count++] = policy_sim_number(f);
	return each_count < *(int *)context;
}

TEST(each_tells_every_frame_once_and_changes_nothing)
{
	const char *name;
	policy_sim_start("clock");
	for (int i = 0; i < 40; i++)
		policy_sim_touch(i, i % 2, 16);
	for (unsigned k = 0; (name = policy_nth_name(k)) != NULL; k++) {
		CHECK_EQ(policy_switch(name), 0);
		bool told[64] = { false };
		int enough = 64;
		each_count = 0;
		policy_each(each_note, &enough);
		CHECK_EQ(each_count, 16);
		for (int i = 0; i < each_count; i++) {
			CHECK(!told[each_seen[i]]);
			told[each_seen[i]] = true;
		}
		int first = each_seen[0];
		enough = 5;
		each_count = 0;
		policy_each(each_note, &enough);
		CHECK(each_count == 5 && each_seen[0] == first);
		CHECK(policy_hand() == NULL || policy_sim_number(policy_hand()) == first);
		policy_check();
	}
	policy_sim_stop();
}

/* Nothing was referenced, so the frame that is looked at first is the one that goes. */
TEST(each_begins_with_the_next_victim)
{
	const char *name;
	for (unsigned k = 0; (name = policy_nth_name(k)) != NULL; k++) {
		int enough = 1;
		if (strcmp(name, "random") == 0)
			continue; /* it looks nowhere in particular */
		policy_sim_start(name);
		for (int i = 0; i < 40; i++)
			policy_sim_touch(i, false, 16);
		for (int i = 0; i < 16; i++)
			policy_sim[i].referenced = false;
		each_count = 0;
		policy_each(each_note, &enough);
		struct frame *victim = policy_select();
		/* What was sampled when it was referenced may still be spared. */
		bool samples = strcmp(name, "lru") == 0 || strncmp(name, "lfu", 3) == 0 ||
			       strcmp(name, "nru") == 0;
		CHECK(samples || each_seen[0] == policy_sim_number(victim));
		policy_sim_stop();
	}
}

/* A name says where a page was in one set; another set's page of the same name is new there. */
TEST(twoq_sets_do_not_know_each_other_s_names)
{
	static void *states[2][POLICY_STATE_WORDS];
	static struct policy_set sets[2] = { { .state = states[0] }, { .state = states[1] } };
	policy_sim_start("2q");
	CHECK(policy_set_add(&sets[0]) && policy_set_add(&sets[1]));
	policy_set_local(true);
	struct frame *f = policy_sim[0].frame;
	policy_sim[0].page = 7; /* its name */
	static const struct {
		unsigned set, queue; /* queue 0: the small one, the name was not known */
	} steps[] = { { 0, 0 }, { 1, 0 }, { 0, 1 } };
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		f->set = sets[steps[i].set].number;
		policy_insert(f);
		CHECK_EQ(sets[steps[i].set].nframes, 1);
		CHECK_EQ(f->policy_bits, steps[i].queue);
		policy_check();
		if (i == 0)
			policy_evicted(f);
		policy_remove(f);
	}
	policy_sim[0].page = -1;
	f->set = 0;
	policy_set_local(false);
	policy_set_remove(&sets[1]);
	policy_set_remove(&sets[0]);
	policy_sim_stop();
}

/* Of frames in two sets, each set's order stays when they become one, and one when they part. */
TEST(going_local_and_back_keeps_each_set_s_order)
{
	static void *states[2][POLICY_STATE_WORDS];
	static struct policy_set sets[2] = { { .state = states[0] }, { .state = states[1] } };
	policy_sim_start("fifo");
	CHECK(policy_set_add(&sets[0]) && policy_set_add(&sets[1]));
	for (int i = 0; i < 16; i++) {
		policy_sim[i].frame->set = sets[i % 2].number;
		policy_sim_touch(i, false, 16);
	}
	policy_set_local(true);
	policy_check();
	for (int k = 0; k < 2; k++) {
		CHECK_EQ(sets[k].nframes, 8);
		CHECK_EQ(policy_sim_number(policy_select_in(&sets[k])), k);
	}
	policy_move(policy_sim[0].frame, sets[1].number); /* to the end of the other */
	CHECK_EQ(sets[1].nframes, 9);
	CHECK_EQ(policy_sim_number(policy_select_in(&sets[0])), 2);
	policy_set_local(false);
	policy_check();
	static const int order[] = { 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 15, 0 };
	for (int i = 0; i < 16; i++) {
		CHECK_EQ(policy_sim_next_victim(), order[i]);
		policy_sim[order[i]].page = -1;
		policy_remove(policy_sim[order[i]].frame);
		policy_sim[order[i]].frame->set = 0;
	}
	policy_set_remove(&sets[0]);
	policy_set_remove(&sets[1]);
	policy_sim_stop();
}

/*
 * The policies against short independent models: the same victims, on random traces and on every
 * trace of a small machine; and the textbook's figures.
 */
#include <string.h>

#include "mm/policy.h"
#include "tests/host/sim.h"
#include "tests/host/test.h"

enum { MAX_FRAMES = 16, MAX_PAGES = 32 };

/* --- a simulated process: pages in frames, a referenced bit for each frame --- */

static struct frame *frames[MAX_FRAMES];
static bool referenced[MAX_FRAMES];
static int page_in[MAX_FRAMES]; /* -1: empty */

static int frame_number(const struct frame *f)
{
	for (int i = 0; i < MAX_FRAMES; i++)
		if (frames[i] == f)
			return i;
	return -1;
}

static bool view_test_clear(struct frame *f)
{
	int i = frame_number(f);
	bool was = referenced[i];
	referenced[i] = false;
	return was;
}

static bool view_modified(const struct frame *f)
{
	(void)f;
	return false;
}

static const struct policy_view view = { view_test_clear, view_modified };

static void start(const char *name)
{
	if (frame_table == NULL)
		sim_start_frames(64);
	for (int i = 0; i < MAX_FRAMES; i++) {
		if (frames[i] == NULL)
			frames[i] = frame_alloc(0, FRAME_ANON);
		referenced[i] = false;
		page_in[i] = -1;
	}
	CHECK_EQ(policy_start(name, &view), 0);
}

static void stop(void)
{
	for (int i = 0; i < MAX_FRAMES; i++)
		if (page_in[i] >= 0)
			policy_remove(frames[i]);
	CHECK_EQ(policy_count(), 0);
}

/* Touch @page with @n frames: the evicted page, -1 if there was room, -2 if it was there. */
static int touch(int page, int n)
{
	int at = -1, victim = -1;
	for (int i = 0; i < n; i++) {
		if (page_in[i] == page) {
			referenced[i] = true;
			return -2;
		}
		if (page_in[i] < 0 && at < 0)
			at = i;
	}
	if (at < 0) {
		struct frame *f = policy_select();
		at = frame_number(f);
		victim = page_in[at];
		policy_remove(f);
	}
	page_in[at] = page;
	referenced[at] = true;
	policy_insert(frames[at]);
	policy_check();
	return victim;
}

/* --- reference models: a ring of pages and a hand; a queue --- */

struct model {
	bool clock;
	int n, used, hand;
	int page[MAX_FRAMES];
	bool bit[MAX_FRAMES];
};

static int model_touch(struct model *m, int page)
{
	for (int i = 0; i < m->used; i++)
		if (m->page[i] == page) {
			m->bit[i] = true;
			return -2;
		}
	if (m->used < m->n) {
		m->page[m->used] = page;
		m->bit[m->used++] = true;
		return -1;
	}
	while (m->clock && m->bit[m->hand]) {
		m->bit[m->hand] = false;
		m->hand = (m->hand + 1) % m->n;
	}
	int victim = m->page[m->hand];
	m->page[m->hand] = page;
	m->bit[m->hand] = true;
	m->hand = (m->hand + 1) % m->n;
	return victim;
}

static int faults(const char *policy, const int *string, int length, int n)
{
	int count = 0;
	start(policy);
	for (int i = 0; i < length; i++)
		count += touch(string[i], n) != -2;
	stop();
	return count;
}

static void random_traces(const char *policy, int traces)
{
	for (int t = 0; t < traces; t++) {
		int n = 1 + test_random() % MAX_FRAMES, pages = 2 + test_random() % (MAX_PAGES - 2);
		struct model m = { .clock = strcmp(policy, "clock") == 0, .n = n };
		start(policy);
		for (int i = 0; i < 60; i++) {
			int page = test_random() % pages;
			CHECK_EQ(touch(page, n), model_touch(&m, page));
		}
		stop();
	}
}

TEST(clock_picks_the_model_s_victims_on_random_traces)
{
	random_traces("clock", 3000);
}

TEST(fifo_picks_the_model_s_victims_on_random_traces)
{
	random_traces("fifo", 3000);
}

TEST(clock_picks_the_model_s_victims_on_every_short_trace)
{
	enum { FRAMES = 3, PAGES = 5, LENGTH = 6 };
	int traces = 1;
	for (int i = 0; i < LENGTH; i++)
		traces *= PAGES;
	for (int t = 0; t < traces; t++) {
		struct model m = { .clock = true, .n = FRAMES };
		start("clock");
		for (int i = 0, rest = t; i < LENGTH; i++) {
			CHECK_EQ(touch(rest % PAGES, FRAMES), model_touch(&m, rest % PAGES));
			rest /= PAGES;
		}
		stop();
	}
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

TEST(clock_never_takes_a_page_referenced_on_every_lap)
{
	start("clock");
	for (int i = 0; i < 200; i++) {
		touch(0, 4);
		CHECK(touch(1 + i % 20, 4) != 0);
		for (int k = 0; k < 4; k++) /* the others are idle once they are loaded */
			referenced[k] = referenced[k] && page_in[k] == 0;
	}
	stop();
}

TEST(clock_takes_turns_when_every_page_is_referenced)
{
	start("clock");
	for (int i = 0; i < 40; i++)
		CHECK_EQ(touch(i, 4), i < 4 ? -1 : i - 4);
	stop();
}

TEST(policies_skip_pinned_frames_and_give_up_when_all_are)
{
	static const char *const names[] = { "clock", "fifo" };
	for (int k = 0; k < 2; k++) {
		start(names[k]);
		for (int i = 0; i < 4; i++)
			touch(i, 4);
		frame_pin(frames[0]);
		CHECK_EQ(frame_number(policy_select()), 1);
		for (int i = 1; i < 4; i++)
			frame_pin(frames[i]);
		CHECK(policy_select() == NULL);
		for (int i = 0; i < 4; i++)
			frame_unpin(frames[i]);
		stop();
	}
}

TEST(policy_names_are_known_and_others_refused)
{
	CHECK_EQ(policy_start("clock", &view), 0);
	CHECK(policy_start("nosuch", &view) < 0);
	CHECK(strcmp(policy_name(), "clock") == 0);
	CHECK(strcmp(policy_nth_name(0), "clock") == 0);
	CHECK(policy_nth_name(99) == NULL);
}

#include "tests/host/policy_sim.h"

#include "tests/host/sim.h"
#include "tests/host/test.h"

struct policy_sim_frame policy_sim[POLICY_SIM_FRAMES];

int policy_sim_number(const struct frame *f)
{
	for (int i = 0; i < POLICY_SIM_FRAMES; i++)
		if (policy_sim[i].frame == f)
			return i;
	return -1;
}

static bool view_test_clear(struct frame *f)
{
	struct policy_sim_frame *s = &policy_sim[policy_sim_number(f)];
	bool was = s->referenced;
	s->referenced = false;
	return was;
}

static bool view_modified(const struct frame *f)
{
	return policy_sim[policy_sim_number(f)].modified;
}

static uint32_t view_page_name(const struct frame *f)
{
	return (uint32_t)policy_sim[policy_sim_number(f)].page + 1;
}

void policy_sim_start(const char *name)
{
	static const struct policy_view view = { view_test_clear, view_modified, view_page_name };
	if (frame_table == NULL)
		sim_start_frames(64);
	for (int i = 0; i < POLICY_SIM_FRAMES; i++) {
		struct frame *f = policy_sim[i].frame;
		policy_sim[i] = (struct policy_sim_frame){
			.frame = f != NULL ? f : frame_alloc(0, FRAME_ANON),
			.page = -1,
		};
	}
	CHECK_EQ(policy_start(name, &view), 0);
}

void policy_sim_stop(void)
{
	policy_check();
	for (int i = 0; i < POLICY_SIM_FRAMES; i++)
		if (policy_sim[i].page >= 0)
			policy_remove(policy_sim[i].frame);
	CHECK_EQ(policy_count(), 0);
}

int policy_sim_next_victim(void)
{
	struct frame *f = policy_select();
	CHECK(f != NULL);
	return policy_sim[policy_sim_number(f)].page;
}

static int sim_evict(int *victim)
{
	struct frame *f = policy_select();
	CHECK(f != NULL);
	int at = policy_sim_number(f);
	*victim = policy_sim[at].page;
	policy_evicted(f);
	policy_remove(f);
	return at;
}

int policy_sim_touch(int page, bool write, int nframes)
{
	int at = -1, victim = POLICY_SIM_ROOM;
	for (int i = 0; i < nframes; i++) {
		struct policy_sim_frame *s = &policy_sim[i];
		if (s->page == page) {
			s->referenced = true;
			s->modified = s->modified || write;
			return POLICY_SIM_HIT;
		}
		if (s->page < 0 && at < 0)
			at = i;
	}
	if (at < 0)
		at = sim_evict(&victim);
	struct policy_sim_frame *s = &policy_sim[at];
	s->page = page;
	s->referenced = false; /* as pmap_map leaves it, until the instruction runs again */
	s->modified = false;
	policy_insert(s->frame);
	s->referenced = true;
	s->modified = write;
	return victim;
}

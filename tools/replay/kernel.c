/*
 * The kernel's policies on a reference string: the files of mm/policy/ unchanged, with frames that
 * hold nothing and bits that this file keeps as the MMU would. A page that comes in is used right
 * after it, as the instruction that faulted runs again.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lib/assert.h"
#include "mm/policy/policy.h"
#include "tools/replay/replay.h"

/* What a frame holds, and its MMU bits; index as in frame_table. */
struct replay_frame {
	uint32_t page;
	bool referenced, modified;
};

struct frame *frame_table;
static struct replay_frame *replay_frames;

static struct replay_frame *replay_frame(const struct frame *f)
{
	return &replay_frames[frame_pfn(f)];
}

void frame_set_evictable(struct frame *f)
{
	f->state = FRAME_EVICTABLE;
}

void frame_set_owned(struct frame *f)
{
	f->state = FRAME_OWNED;
}

void assert_fail(const char *expression, const char *file, int line)
{
	fprintf(stderr, "replay: %s:%d: not true: %s\n", file, line, expression);
	abort();
}

static bool view_test_clear_referenced(struct frame *f)
{
	bool was = replay_frame(f)->referenced;
	replay_frame(f)->referenced = false;
	return was;
}

static bool view_modified(const struct frame *f)
{
	return replay_frame(f)->modified;
}

static uint32_t view_page_name(const struct frame *f)
{
	return replay_frame(f)->page + 1;
}

static struct frame *evict_one(struct replay_result *result)
{
	struct frame *f = policy_select();
	ASSERT(f != NULL);
	result->writes += replay_frame(f)->modified;
	policy_evicted(f);
	policy_remove(f);
	return f;
}

static void bring_in(struct frame *f, uint32_t page)
{
	*replay_frame(f) = (struct replay_frame){ .page = page };
	policy_insert(f);
}

struct replay_result replay_kernel(const char *name, const struct reference_string *s,
				   uint32_t nframes, replay_step *step)
{
	static const struct policy_view view = { view_test_clear_referenced, view_modified,
						 view_page_name };
	struct replay_result result = { 0 };
	struct frame **frame_with = replay_alloc(s->npages, sizeof(struct frame *));
	uint32_t used = 0;
	frame_table = replay_alloc(nframes, sizeof(struct frame));
	replay_frames = replay_alloc(nframes, sizeof(*replay_frames));
	int err = policy_start(name, &view);
	ASSERT(err == 0);
	for (uint32_t i = 0; i < s->length; i++) {
		uint32_t page = reference_page(s, i), victim = REPLAY_NOTHING;
		struct frame *f = frame_with[page];
		bool hit = f != NULL;
		if (!hit) {
			if (used < nframes) {
				f = &frame_table[used];
				used++;
			} else {
				f = evict_one(&result);
				victim = replay_frame(f)->page;
				frame_with[victim] = NULL;
			}
			bring_in(f, page);
			frame_with[page] = f;
			result.faults++;
		}
		replay_frame(f)->referenced = true;
		replay_frame(f)->modified |= reference_writes(s, i);
		if (step != NULL)
			step(i, hit, victim);
	}
	policy_check();
	for (uint32_t i = 0; i < used; i++)
		policy_remove(&frame_table[i]);
	free(frame_with);
	free(replay_frames);
	free(frame_table);
	return result;
}

/*
 * The replacement policies there are, and the one in use.
 *
 * Reclaim says which frames may be victims and asks for one; which one is the policy's whole
 * business. This file keeps the list of policies, counts the frames, and moves a frame between
 * OWNED and EVICTABLE exactly when the policy learns of it or forgets it.
 *
 * The policy may change while the machine runs. The old one gives up its frames in its own order
 * and the new one takes them in that order, so what would have gone next still goes early. The
 * MMU's bits are left alone. What the old policy has already read out of them and not yet used
 * it hands over as FRAME_REFERENCED, which counts as the MMU's bit when the frame is next looked
 * at. So a switch loses no frame, no order and no reference; counts and registers of the old
 * policy are its own and end with it.
 *
 * Always true (policy_check):
 *   L1  the frames the policy knows are EVICTABLE and not on reclaim's list of cached pages
 */
#include "mm/policy.h"

#include "kernel/panic.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/trace.h"

static const struct policy_ops *const policies[] = {
	&policy_clock,
	&policy_fifo,
	&policy_second_chance,
	&policy_enhanced_clock,
	&policy_nru,
	&policy_lru,
	&policy_lfu,
	&policy_lfu_nodecay,
	&policy_wsclock,
	&policy_random,
	&policy_sieve,
	&policy_2q,
};

static const struct policy_ops *policy_now;
static const struct policy_view *policy_machine; /* the kernel's answers, or a simulator's */
static uint32_t policy_frames;
static bool policy_switching;

/* The MMU's answer, and what the policy before this one has left. */
static bool policy_test_clear_referenced(struct frame *f)
{
	bool referenced = policy_machine->test_clear_referenced(f);
	if (f->flags & FRAME_REFERENCED) {
		f->flags &= ~FRAME_REFERENCED;
		referenced = true;
	}
	trace(TRACE_SCAN, frame_pfn(f), referenced, 0);
	return referenced;
}

static bool policy_modified(const struct frame *f)
{
	return policy_machine->modified(f);
}

static uint32_t policy_page_name(const struct frame *f)
{
	return policy_machine->page_name(f);
}

static const struct policy_view policy_view = {
	.test_clear_referenced = policy_test_clear_referenced,
	.modified = policy_modified,
	.page_name = policy_page_name,
};

/* NULL: there is none. */
static const struct policy_ops *policy_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++)
		if (strcmp(policies[i]->name, name) == 0)
			return policies[i];
	return NULL;
}

int policy_start(const char *name, const struct policy_view *view)
{
	ASSERT(policy_frames == 0);
	const struct policy_ops *found = policy_find(name);
	if (found == NULL)
		return -EINVAL;
	policy_machine = view;
	policy_now = found;
	policy_now->start(&policy_view);
	return 0;
}

int policy_switch(const char *name)
{
	struct list_node frames = LIST_HEAD_INIT(frames);
	const struct policy_ops *found = policy_find(name);
	if (found == NULL)
		return -EINVAL;
	if (found == policy_now)
		return 0;
	policy_now->drain(&frames);
	policy_now = found;
	policy_now->start(&policy_view);
	policy_switching = true;
	list_for_each_safe(node, &frames) {
		list_remove(node);
		policy_now->insert(list_entry(node, struct frame, link));
	}
	policy_switching = false;
	trace(TRACE_POLICY, POLICY_SWITCH, 0, 0);
	return 0;
}

bool policy_handing_over(void)
{
	return policy_switching;
}

const char *policy_name(void)
{
	return policy_now != NULL ? policy_now->name : "none";
}

const char *policy_nth_name(unsigned k)
{
	return k < ARRAY_SIZE(policies) ? policies[k]->name : NULL;
}

void policy_insert(struct frame *f)
{
	trace(TRACE_POLICY, POLICY_INSERT, frame_pfn(f), 0);
	frame_set_evictable(f);
	policy_now->insert(f);
	policy_frames++;
}

void policy_remove(struct frame *f)
{
	trace(TRACE_POLICY, POLICY_REMOVE, frame_pfn(f), 0);
	policy_now->remove(f);
	frame_set_owned(f);
	policy_frames--;
}

struct frame *policy_select(void)
{
	struct frame *f = policy_now->select();
	ASSERT(f == NULL || (f->state == FRAME_EVICTABLE && f->pins == 0));
	return f;
}

void policy_evicted(const struct frame *f)
{
	if (policy_now->evicted != NULL)
		policy_now->evicted(f);
}

uint32_t policy_count(void)
{
	return policy_frames;
}

void policy_check(void)
{
	policy_now->check();
}

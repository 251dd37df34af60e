/*
 * The replacement policies there are, and the one in use.
 *
 * Reclaim says which frames may be victims and asks for one; which one is the policy's whole
 * business. This file keeps the list of policies, counts the frames, and moves a frame between
 * OWNED and EVICTABLE exactly when the policy learns of it or forgets it.
 *
 * Always true (policy_check):
 *   L1  the frames the policy knows are EVICTABLE and not on reclaim's list of cached pages
 */
#include "mm/policy.h"

#include "kernel/panic.h"
#include "lib/errno.h"
#include "lib/string.h"

static const struct policy_ops *const policies[] = {
	&policy_clock,
	&policy_fifo,
};

static const struct policy_ops *policy_now;
static uint32_t policy_frames;

int policy_start(const char *name, const struct policy_view *view)
{
	ASSERT(policy_frames == 0);
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		if (strcmp(policies[i]->name, name) != 0)
			continue;
		policy_now = policies[i];
		policy_now->start(view);
		return 0;
	}
	return -EINVAL;
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
	frame_set_evictable(f);
	policy_now->insert(f);
	policy_frames++;
}

void policy_remove(struct frame *f)
{
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

uint32_t policy_count(void)
{
	return policy_frames;
}

void policy_check(void)
{
	policy_now->check();
}

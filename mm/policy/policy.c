/*
 * The replacement policies there are, and the one in use.
 *
 * Reclaim says which frames may be victims and asks for one; which one is the policy's whole
 * business. This file keeps the list of policies, counts the frames, and moves a frame between
 * OWNED and EVICTABLE exactly when the policy learns of it or forgets it.
 *
 * The policy may change while the machine runs. The old one gives up its frames in its own order
 * and the new one takes them in that order, so what would have been evicted next still is soon. The
 * MMU's bits are left alone. What the old policy has already read out of them and not yet used
 * it hands over as FRAME_REFERENCED, which counts as the MMU's bit when the frame is next looked
 * at. So a switch loses no frame, no order and no reference; counts and registers of the old
 * policy are its own and end with it.
 *
 * Sets. A policy keeps its notes about one set of frames in one piece of memory, and there may be
 * many: the common set, number 0, and one for each account that has frames (allot.c). Global
 * replacement has all frames in the common set, so any page may be evicted for any other. Local
 * replacement has each frame in the set its frame.set names, and a victim is asked of one set
 * alone. Going from one to the other is like changing the policy: all frames out, all frames in,
 * nothing lost.
 *
 * Always true (policy_check):
 *   [policy.1]  the frames the policy knows are EVICTABLE and not on reclaim's list of cached pages
 *   [policy.2]  each is in exactly one set: with global replacement in the common one
 *   [policy.3]  a set has as many frames as were put in and not taken out; all sets together have
 *       all
 *   [policy.4]  the common set, and with local replacement every other one, has memory for any
 *       policy's notes
 * Left out: allocation. That memory is the owner's, who provides it before replacement becomes
 * local, so a switch cannot fail.
 */
#include "mm/policy/policy.h"

#include "lib/assert.h"
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

bool policy_local;
static const struct policy_ops *policy_now;
static const struct policy_view *policy_machine; /* the kernel's answers, or a simulator's */
static uint32_t policy_frames;
static bool policy_switching;
static void *policy_common_state[POLICY_STATE_WORDS];
static struct policy_set policy_common = { .state = policy_common_state };
static struct policy_set *policy_asked = &policy_common; /* whose hand moved last */
static struct policy_set *policy_sets[POLICY_SETS] = { &policy_common };
static unsigned policy_sets_end = 1; /* no set has this number or a higher one */

/* The MMU's answer, and what the policy before this one has left. */
static bool policy_test_clear_referenced(struct frame *f)
{
	bool referenced = policy_machine->test_clear_referenced(f);
	if (referenced)
		f->flags |= FRAME_USED;
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

/* The set that @f is in, or would be. */
static struct policy_set *policy_set_of(const struct frame *f)
{
	return policy_sets[policy_local ? f->set : 0];
}

/* Does @set, if there is one, have a policy's notes? */
static bool policy_in_use(const struct policy_set *set)
{
	return set != NULL && (policy_local || set == &policy_common);
}

static void policy_set_start(struct policy_set *set)
{
	ASSERT(set->state != NULL); /* [policy.4] */
	policy_now->start(set->state, &policy_view);
}

int policy_start(const char *name, const struct policy_view *view)
{
	ASSERT(policy_frames == 0 && policy_sets_end == 1);
	const struct policy_ops *found = policy_find(name);
	if (found == NULL)
		return -EINVAL;
	policy_machine = view;
	policy_now = found;
	list_init(&policy_common.drained);
	policy_set_start(&policy_common);
	return 0;
}

/* Into its set, as a frame that was there before. */
static void policy_hand_over(struct frame *f)
{
	struct policy_set *set = policy_set_of(f);
	policy_switching = true;
	policy_now->insert(set->state, f);
	policy_switching = false;
	set->nframes++;
}

/* What only the policy knows of @f goes with the frame. */
static void policy_mark(const struct policy_set *set, struct frame *f)
{
	if (policy_now->referenced != NULL && policy_now->referenced(set->state, f))
		f->flags |= FRAME_REFERENCED;
}

static void policy_drain(struct policy_set *set)
{
	policy_now->drain(set->state, &set->drained);
	list_for_each(node, &set->drained)
		policy_mark(set, list_entry(node, struct frame, link));
	set->nframes = 0;
}

/* Every drained frame into its set: of each list one in turn. */
static void policy_refill(void)
{
	for (uint32_t left = policy_frames; left > 0;) {
		for (unsigned i = 0; i < policy_sets_end; i++) {
			struct policy_set *set = policy_sets[i];
			struct list_node *node = set ? list_pop_front(&set->drained) : NULL;
			if (node == NULL)
				continue;
			policy_hand_over(list_entry(node, struct frame, link));
			left--;
		}
	}
}

/* All frames out, then in again under the policy @next. */
static void policy_change(const struct policy_ops *next, bool local)
{
	policy_asked = &policy_common;
	for (unsigned i = 0; i < policy_sets_end; i++)
		if (policy_in_use(policy_sets[i]))
			policy_drain(policy_sets[i]);
	policy_now = next;
	policy_local = local;
	for (unsigned i = 0; i < policy_sets_end; i++)
		if (policy_in_use(policy_sets[i]))
			policy_set_start(policy_sets[i]);
	policy_refill();
}

int policy_switch(const char *name)
{
	const struct policy_ops *found = policy_find(name);
	if (found == NULL)
		return -EINVAL;
	if (found == policy_now)
		return 0;
	policy_change(found, policy_local);
	trace(TRACE_POLICY, TRACE_POLICY_SWITCH, 0, 0);
	return 0;
}

void policy_set_local(bool local)
{
	if (local != policy_local)
		policy_change(policy_now, local);
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

bool policy_set_add(struct policy_set *set)
{
	unsigned number = 1;
	while (number < policy_sets_end && policy_sets[number] != NULL)
		number++;
	if (number == POLICY_SETS)
		return false;
	policy_sets_end = MAX(policy_sets_end, number + 1);
	policy_sets[number] = set;
	set->number = (uint16_t)number;
	set->nframes = 0;
	list_init(&set->drained);
	if (policy_local)
		policy_set_start(set);
	return true;
}

void policy_set_drop(struct policy_set *set, uint16_t (*heir)(const struct frame *f))
{
	if (!policy_local)
		return; /* all frames are in the common set */
	policy_drain(set);
	for (;;) {
		struct list_node *node = list_pop_front(&set->drained);
		if (node == NULL)
			return;
		struct frame *f = list_entry(node, struct frame, link);
		f->set = heir(f);
		ASSERT(f->set != set->number);
		policy_hand_over(f);
	}
}

void policy_set_remove(struct policy_set *set)
{
	ASSERT(set->nframes == 0);
	policy_sets[set->number] = NULL;
	if (policy_asked == set)
		policy_asked = &policy_common;
	while (policy_sets[policy_sets_end - 1] == NULL)
		policy_sets_end--;
}

struct policy_set *policy_set_find(uint16_t number)
{
	return number < policy_sets_end ? policy_sets[number] : NULL;
}

unsigned policy_set_limit(void)
{
	return policy_sets_end;
}

void policy_move(struct frame *f, uint16_t number)
{
	bool known = f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED);
	if (LIKELY(!policy_local) || !known || f->set == number) {
		f->set = number;
		return;
	}
	ASSERT(policy_set_find(number) != NULL);
	struct policy_set *from = policy_set_of(f);
	policy_mark(from, f);
	policy_now->remove(from->state, f);
	from->nframes--;
	f->set = number;
	policy_hand_over(f);
}

void policy_insert(struct frame *f)
{
	struct policy_set *set = policy_set_of(f);
	trace(TRACE_POLICY, TRACE_POLICY_INSERT, frame_pfn(f), 0);
	frame_set_evictable(f);
	policy_now->insert(set->state, f);
	set->nframes++;
	policy_frames++;
}

void policy_remove(struct frame *f)
{
	struct policy_set *set = policy_set_of(f);
	trace(TRACE_POLICY, TRACE_POLICY_REMOVE, frame_pfn(f), 0);
	policy_now->remove(set->state, f);
	frame_set_owned(f);
	set->nframes--;
	policy_frames--;
}

struct frame *policy_select_in(struct policy_set *set)
{
	struct frame *f = policy_now->select(set->state);
	policy_asked = set;
	ASSERT(f == NULL || (f->state == FRAME_EVICTABLE && f->pins == 0));
	ASSERT(f == NULL || policy_set_of(f) == set);
	return f;
}

struct frame *policy_select(void)
{
	return policy_select_in(&policy_common);
}

void policy_evicted(const struct frame *f)
{
	if (policy_now->evicted != NULL)
		policy_now->evicted(policy_set_of(f)->state, f);
}

const struct frame *policy_hand(void)
{
	if (policy_now == NULL || policy_now->hand == NULL)
		return NULL;
	return policy_now->hand(policy_asked->state);
}

void policy_each(policy_each_fn *fn, void *context)
{
	if (policy_now != NULL)
		(void)policy_now->each(policy_asked->state, fn, context);
}

uint32_t policy_count(void)
{
	return policy_frames;
}

void policy_check(void)
{
	uint32_t known = 0;
	for (unsigned i = 0; i < policy_sets_end; i++) {
		struct policy_set *set = policy_sets[i];
		if (set == NULL)
			continue;
		ASSERT(set->number == i && list_empty(&set->drained));
		ASSERT(policy_local || i == 0 || set->nframes == 0); /* [policy.2] */
		if (policy_in_use(set))
			policy_now->check(set->state, set->nframes);
		known += set->nframes;
	}
	ASSERT(known == policy_frames); /* [policy.3] */
}

/*
 * Enhanced clock: a clock that would rather take a clean page.
 *
 * A modified page has to be written before its frame is free, so it costs two transfers where a
 * clean one costs one. Referenced (R) and modified (M) make four classes:
 *
 *   R=0 M=0  idle and clean: the best victim        R=1 M=0  in use, clean
 *   R=0 M=1  idle, but has to be written            R=1 M=1  in use and modified: the worst
 *
 * The hand makes up to four turns: a turn that looks for an idle clean page and changes nothing; a
 * turn that takes an idle modified one and takes back R of whatever it passes; and, now that all
 * are idle, both turns again. The first turn has to look at R without losing it, and asking the
 * MMU clears it, so the answer is kept in policy_bits until the second turn takes it back.
 *
 * Always true (enhanced_check):
 *   EC1 the ring has exactly as many members as were inserted and not removed; all are EVICTABLE
 *   EC2 the hand points at a member, or the ring is empty
 *   EC3 the victim is of the lowest class among the unpinned frames, bits as they were when select
 *       was called
 * Left out: stopping in the second turn at a page whose writing has begun. Nothing is written here
 * before it is chosen.
 * Source: the Macintosh's virtual memory; every textbook.
 */
#include "kernel/panic.h"
#include "mm/policy.h"

enum { ENHANCED_REFERENCED = 1 }; /* frame.policy_bits */

static const struct policy_view *enhanced_view;
static struct list_node *enhanced_hand; /* a frame's link, or NULL: the ring is empty */
static uint32_t enhanced_size;

static struct frame *enhanced_frame(struct list_node *node)
{
	return list_entry(node, struct frame, link);
}

static void enhanced_start(const struct policy_view *view)
{
	enhanced_view = view;
	enhanced_hand = NULL;
	enhanced_size = 0;
}

static void enhanced_insert(struct frame *f)
{
	f->policy_bits = 0;
	if (enhanced_hand == NULL) {
		list_init(&f->link);
		enhanced_hand = &f->link;
	} else {
		list_insert_before(&f->link, enhanced_hand);
	}
	enhanced_size++;
}

static void enhanced_remove(struct frame *f)
{
	if (enhanced_hand == &f->link)
		enhanced_hand = list_node_linked(&f->link) ? f->link.next : NULL;
	list_remove(&f->link);
	enhanced_size--;
}

static bool enhanced_referenced(struct frame *f)
{
	if (enhanced_view->test_clear_referenced(f))
		f->policy_bits = ENHANCED_REFERENCED;
	return f->policy_bits == ENHANCED_REFERENCED;
}

/* One turn for an idle page that is @modified or not; with @take_back no page keeps its R. */
static struct frame *enhanced_turn(bool modified, bool take_back)
{
	for (uint32_t looks = enhanced_size; looks > 0; looks--) {
		struct frame *f = enhanced_frame(enhanced_hand);
		if (f->pins == 0) {
			/* The turn before has asked the MMU, and no program has run since. */
			bool referenced = take_back ? f->policy_bits : enhanced_referenced(f);
			if (!referenced && enhanced_view->modified(f) == modified)
				return f;
			if (take_back)
				f->policy_bits = 0;
		}
		enhanced_hand = enhanced_hand->next;
	}
	return NULL;
}

static struct frame *enhanced_select(void)
{
	for (int i = 0; i < 2; i++) {
		struct frame *f = enhanced_turn(false, false);
		if (f == NULL)
			f = enhanced_turn(true, true);
		if (f != NULL)
			return f;
	}
	return NULL;
}

static void enhanced_drain(struct list_node *to)
{
	while (enhanced_hand != NULL) {
		struct frame *f = enhanced_frame(enhanced_hand);
		if (f->policy_bits == ENHANCED_REFERENCED)
			f->flags |= FRAME_REFERENCED;
		enhanced_remove(f);
		list_push_back(to, &f->link);
	}
}

static void enhanced_check(void)
{
	uint32_t n = 0;
	struct list_node *node = enhanced_hand;
	for (; node != NULL && n < enhanced_size; node = node->next) {
		const struct frame *f = enhanced_frame(node);
		ASSERT(f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED));
		ASSERT(f->policy_bits <= ENHANCED_REFERENCED);
		n++;
	}
	ASSERT(n == enhanced_size && n == policy_count());
	ASSERT(node == enhanced_hand);
}

const struct policy_ops policy_enhanced_clock = {
	.name = "enhanced-clock",
	.start = enhanced_start,
	.insert = enhanced_insert,
	.remove = enhanced_remove,
	.select = enhanced_select,
	.drain = enhanced_drain,
	.check = enhanced_check,
};

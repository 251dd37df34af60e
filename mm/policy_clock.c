/*
 * Clock: the default policy.
 *
 * The frames stand in a ring, in the order in which they came; a hand points at one of them.
 * When a victim is wanted the hand looks at its frame: referenced since the hand last came by?
 * Then it is spared: its bit is cleared and the hand moves on. Not referenced: it is the victim.
 * So a page in steady use stays as long as there is one that is not, and one that nobody touches
 * goes after one turn. New frames are put right behind the hand, so they are looked at last. If
 * every frame was referenced, the hand comes round to where it began and takes that one: then
 * clock is first in, first out.
 *
 *          hand
 *           v
 *     ... b   c   d ...      new frames go between b and c
 *
 * Always true (clock_check):
 *   C1  the ring has exactly as many members as were inserted and not removed; all are EVICTABLE
 *   C2  the hand points at a member, or the ring is empty
 *   C3  select looks at each frame at most twice: on the second turn every bit is clear, so only
 *       pinned frames can be left, and the answer is NULL
 *   C4  while any unpinned frame was not referenced since the hand last came by, no referenced
 *       one is taken
 * Source: F. J. Corbato, A paging experiment with the Multics system, 1968; second chance with
 * a pointer, in every textbook.
 */
#include "kernel/panic.h"
#include "mm/policy.h"

static const struct policy_view *clock_view;
static struct list_node *clock_hand; /* a frame's link, or NULL: the ring is empty */
static uint32_t clock_size;

static struct frame *clock_frame(struct list_node *node)
{
	return list_entry(node, struct frame, link);
}

static void clock_start(const struct policy_view *view)
{
	clock_view = view;
	clock_hand = NULL;
	clock_size = 0;
}

static void clock_insert(struct frame *f)
{
	if (clock_hand == NULL) {
		list_init(&f->link);
		clock_hand = &f->link;
	} else {
		list_insert_before(&f->link, clock_hand);
	}
	clock_size++;
}

static void clock_remove(struct frame *f)
{
	if (clock_hand == &f->link)
		clock_hand = list_node_linked(&f->link) ? f->link.next : NULL;
	list_remove(&f->link);
	clock_size--;
}

static struct frame *clock_select(void)
{
	for (uint32_t looks = 2 * clock_size; looks > 0; looks--) {
		struct frame *f = clock_frame(clock_hand);
		if (f->pins == 0 && !clock_view->test_clear_referenced(f))
			return f;
		clock_hand = clock_hand->next;
	}
	return NULL;
}

static void clock_drain(struct list_node *to)
{
	while (clock_hand != NULL) {
		struct frame *f = clock_frame(clock_hand);
		clock_remove(f);
		list_push_back(to, &f->link);
	}
}

static void clock_check(void)
{
	uint32_t n = 0;
	struct list_node *node = clock_hand;
	for (; node != NULL && n < clock_size; node = node->next) {
		const struct frame *f = clock_frame(node);
		ASSERT(f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED));
		n++;
	}
	ASSERT(n == clock_size && n == policy_count());
	ASSERT(node == clock_hand);
}

static const struct frame *clock_points_at(void)
{
	return clock_hand != NULL ? clock_frame(clock_hand) : NULL;
}

const struct policy_ops policy_clock = {
	.name = "clock",
	.start = clock_start,
	.insert = clock_insert,
	.remove = clock_remove,
	.select = clock_select,
	.drain = clock_drain,
	.check = clock_check,
	.hand = clock_points_at,
};

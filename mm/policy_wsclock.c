/*
 * WSClock: a clock that keeps working sets.
 *
 * The working set is what was used in the last tau units of a program's own time; pages outside it
 * can go, pages inside should not even if everything else is busy. A clock's hand walks over the
 * frames; each has the time of its last known use. Referenced since the hand last came by? Then it
 * was used just now: the time is noted and the hand goes on. Not referenced, and the note is older
 * than tau? Outside the working set: clean, it goes at once; modified, it is remembered, for a
 * clean one may come soon and saves the write. After a whole turn the first old modified page is
 * taken; if there was none every page is in the working set, memory is too small for it, and the
 * oldest note goes.
 *
 * Time is virtual: it counts selections, and passes only for programs that page. A tick is the
 * 256th part of a turnover and tau is half of one, so a page has to be idle while half of memory
 * is replaced. Time notes are 16 bits. The hand sees every frame once in 256 ticks and makes an old
 * note exactly tau + 1 old, so differences never wrap.
 *
 * Always true (wsclock_check):
 *   W1  the ring has exactly as many members as were inserted and not removed; all are EVICTABLE
 *   W2  the hand points at a member, or the ring is empty
 *   W3  select looks at each frame at most once
 * Left out: writing the old modified pages in the background while the hand goes on; and a clock of
 * its own for each process, as the paper has it.
 * Source: R. W. Carr and J. L. Hennessy, WSClock, 1981.
 */
#include "kernel/panic.h"
#include "mm/policy.h"

enum { WSCLOCK_TURNOVER_TICKS = 256, WSCLOCK_TAU_TICKS = WSCLOCK_TURNOVER_TICKS / 2 };

static const struct policy_view *wsclock_view;
static struct list_node *wsclock_hand; /* a frame's link, or NULL: the ring is empty */
static uint32_t wsclock_size;
static uint16_t wsclock_now;	/* ticks */
static uint32_t wsclock_parts;	/* of a tick: wsclock_size make one */

static struct frame *wsclock_frame(struct list_node *node)
{
	return list_entry(node, struct frame, link);
}

static void wsclock_start(const struct policy_view *view)
{
	wsclock_view = view;
	wsclock_hand = NULL;
	wsclock_size = 0;
	wsclock_now = 0;
	wsclock_parts = 0;
}

static void wsclock_insert(struct frame *f)
{
	f->policy_bits = wsclock_now;
	if (policy_handing_over())
		f->policy_bits -= WSCLOCK_TAU_TICKS + 1;
	if (wsclock_hand == NULL) {
		list_init(&f->link);
		wsclock_hand = &f->link;
	} else {
		list_insert_before(&f->link, wsclock_hand);
	}
	wsclock_size++;
}

static void wsclock_remove(struct frame *f)
{
	if (wsclock_hand == &f->link)
		wsclock_hand = list_node_linked(&f->link) ? f->link.next : NULL;
	list_remove(&f->link);
	wsclock_size--;
}

/* A selection is the wsclock_size-th part of a turnover. */
static void wsclock_advance(void)
{
	if (wsclock_size == 0)
		return;
	wsclock_parts += WSCLOCK_TURNOVER_TICKS;
	wsclock_now += (uint16_t)(wsclock_parts / wsclock_size);
	wsclock_parts %= wsclock_size;
}

/* Ticks since the last known use of @f; up to tau + 1. */
static unsigned wsclock_age(struct frame *f)
{
	if (wsclock_view->test_clear_referenced(f))
		f->policy_bits = wsclock_now;
	uint16_t age = wsclock_now - f->policy_bits;
	if (age <= WSCLOCK_TAU_TICKS)
		return age;
	f->policy_bits = wsclock_now - (WSCLOCK_TAU_TICKS + 1);
	return WSCLOCK_TAU_TICKS + 1;
}

static struct frame *wsclock_select(void)
{
	struct frame *oldest = NULL; /* what goes if the turn finds nothing better */
	unsigned oldest_age = 0;
	wsclock_advance();
	for (uint32_t looks = wsclock_size; looks > 0; looks--) {
		struct frame *f = wsclock_frame(wsclock_hand);
		wsclock_hand = wsclock_hand->next;
		if (f->pins != 0)
			continue;
		unsigned age = wsclock_age(f);
		if (age > WSCLOCK_TAU_TICKS && !wsclock_view->modified(f))
			return f;
		if (oldest == NULL || age > oldest_age) {
			oldest = f;
			oldest_age = age;
		}
	}
	return oldest;
}

static void wsclock_drain(struct list_node *to)
{
	while (wsclock_hand != NULL) {
		struct frame *f = wsclock_frame(wsclock_hand);
		if ((uint16_t)(wsclock_now - f->policy_bits) <= WSCLOCK_TAU_TICKS)
			f->flags |= FRAME_REFERENCED; /* in the working set: it would be spared */
		wsclock_remove(f);
		list_push_back(to, &f->link);
	}
}

static void wsclock_check(void)
{
	uint32_t n = 0;
	struct list_node *node = wsclock_hand;
	for (; node != NULL && n < wsclock_size; node = node->next) {
		const struct frame *f = wsclock_frame(node);
		ASSERT(f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED));
		n++;
	}
	ASSERT(n == wsclock_size && n == policy_count());
	ASSERT(node == wsclock_hand);
}

const struct policy_ops policy_wsclock = {
	.name = "wsclock",
	.start = wsclock_start,
	.insert = wsclock_insert,
	.remove = wsclock_remove,
	.select = wsclock_select,
	.drain = wsclock_drain,
	.check = wsclock_check,
};

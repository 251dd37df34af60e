/*
 * 2Q: a page has to come twice before it is believed.
 *
 * A new page goes into a small queue, first in, first out, whatever use it sees there: a burst of
 * uses right after the first says nothing about tomorrow. When it leaves that queue only its name
 * is kept. If it comes back while its name is remembered, it was wanted again after a while, and
 * now goes into the main queue, where pages get second chances. A scan passes through the small
 * queue and its names, and never touches the main one.
 *
 *      new ---> small (a quarter of the frames) ---> names (as many as half the frames)
 *                                                      |
 *               main (the rest, second chance)  <------+ comes back
 *
 * The names lie in a table at the place their value says, each with the number of its eviction. A
 * name is remembered while fewer than half as many pages as there are frames (the one for the page
 * that comes back included) have left the small queue since. Two names of one place: the newer one
 * stays. All sets of frames share the table; a set knows its own names by its era, a number that it
 * gets when it starts and no other set ever had.
 *
 * Always true (twoq_check):
 *   [2q.1]  both queues together have exactly the frames that were inserted and not removed; all
 *       are EVICTABLE, and policy_bits says in which queue a frame stands
 *   [2q.2]  the small queue gives up frames while it has more than its quarter, else the main one
 *       does; each helps out where the other has only pinned frames
 * Left out: exact LRU in the main queue, as the paper has it; the MMU does not tell.
 * Source: T. Johnson and D. Shasha, 2Q, VLDB 1994.
 */
#include "lib/assert.h"
#include "mm/policy/queue.h"

enum { TWOQ_SMALL, TWOQ_MAIN, TWOQ_QUEUE_COUNT }; /* frame.policy_bits */
enum { TWOQ_NAMES = 8192, TWOQ_SMALL_PART = 4, TWOQ_NAMES_PART = 2 };

struct twoq_name {
	uint32_t name; /* 0: none */
	uint32_t left; /* its number among the pages that left the small queue */
	uint32_t era;  /* of the set it left */
};

/* One set of frames. */
struct twoq_set {
	const struct policy_view *view;
	struct policy_queue queue[TWOQ_QUEUE_COUNT];
	uint32_t left; /* pages that left the small queue */
	uint32_t era;  /* no other set ever had it */
};
POLICY_STATE_FITS(struct twoq_set);
static struct twoq_name twoq_names[TWOQ_NAMES];
static uint32_t twoq_eras; /* given out */

static void twoq_start(void *state, const struct policy_view *view)
{
	struct twoq_set *s = state;
	s->view = view;
	for (unsigned q = 0; q < TWOQ_QUEUE_COUNT; q++)
		queue_start(&s->queue[q]);
	s->left = 0;
	twoq_eras++;
	s->era = twoq_eras;
}

static uint32_t twoq_total(const struct twoq_set *s)
{
	return s->queue[TWOQ_SMALL].size + s->queue[TWOQ_MAIN].size;
}

/* Did the page called @name leave not long ago? Asking forgets it. */
static bool twoq_remembers(struct twoq_set *s, uint32_t name)
{
	struct twoq_name *n = &twoq_names[name % TWOQ_NAMES];
	if (name == 0 || n->name != name || n->era != s->era)
		return false;
	n->name = 0;
	return s->left - n->left <= MAX((twoq_total(s) + 1) / TWOQ_NAMES_PART, 1u);
}

static void twoq_insert(void *state, struct frame *f)
{
	struct twoq_set *s = state;
	unsigned q = twoq_remembers(s, s->view->page_name(f)) ? TWOQ_MAIN : TWOQ_SMALL;
	f->policy_bits = (uint16_t)q;
	queue_insert(&s->queue[q], f);
}

static void twoq_remove(void *state, struct frame *f)
{
	struct twoq_set *s = state;
	queue_remove(&s->queue[f->policy_bits], f);
}

static void twoq_evicted(void *state, const struct frame *f)
{
	struct twoq_set *s = state;
	uint32_t name = s->view->page_name(f);
	if (f->policy_bits != TWOQ_SMALL || name == 0)
		return;
	twoq_names[name % TWOQ_NAMES] = (struct twoq_name){ name, s->left, s->era };
	s->left++;
}

static struct frame *twoq_select_from(struct twoq_set *s, unsigned q)
{
	return q == TWOQ_SMALL ? queue_oldest(&s->queue[q])
			       : queue_second_chance(&s->queue[q], s->view);
}

/* The queue that gives up a frame next, if it can. */
static unsigned twoq_turn(const struct twoq_set *s)
{
	bool small = s->queue[TWOQ_SMALL].size > twoq_total(s) / TWOQ_SMALL_PART;
	return small ? TWOQ_SMALL : TWOQ_MAIN;
}

static struct frame *twoq_select(void *state)
{
	struct twoq_set *s = state;
	unsigned first = twoq_turn(s);
	struct frame *f = twoq_select_from(s, first);
	return f != NULL ? f : twoq_select_from(s, TWOQ_SMALL + TWOQ_MAIN - first);
}

static void twoq_drain(void *state, struct list_node *to)
{
	struct twoq_set *s = state;
	queue_drain(&s->queue[TWOQ_SMALL], to);
	queue_drain(&s->queue[TWOQ_MAIN], to);
}

static bool twoq_each(const void *state, policy_each_fn *fn, void *context)
{
	const struct twoq_set *s = state;
	unsigned first = twoq_turn(s);
	return queue_each(&s->queue[first], fn, context) &&
	       queue_each(&s->queue[TWOQ_SMALL + TWOQ_MAIN - first], fn, context);
}

static void twoq_check(void *state, uint32_t nframes)
{
	struct twoq_set *s = state;
	for (unsigned q = 0; q < TWOQ_QUEUE_COUNT; q++) {
		queue_check(&s->queue[q]);
		list_for_each(node, &s->queue[q].list)
			ASSERT(list_entry(node, struct frame, link)->policy_bits == q); /* [2q.1] */
	}
	ASSERT(twoq_total(s) == nframes); /* [2q.1] */
}

const struct policy_ops policy_2q = {
	.name = "2q",
	.start = twoq_start,
	.insert = twoq_insert,
	.remove = twoq_remove,
	.select = twoq_select,
	.evicted = twoq_evicted,
	.drain = twoq_drain,
	.each = twoq_each,
	.check = twoq_check,
};

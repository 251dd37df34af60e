/*
 * SIEVE: a queue whose hand leaves what it spares where it stands.
 *
 * New pages come in at the young end of a queue. The hand walks from the oldest towards the
 * youngest: a page that was used again loses its bit and stays in its place, one that was not is
 * evicted. At the young end the hand starts again at the old one. Against clock the difference is
 * one line: clock puts new pages right behind the hand, hence a full turn away from it; here the
 * hand soon meets the newcomers, and sifts out those that were used only once, while the pages it
 * has spared collect at the old end and are looked at rarely. So one scan through a large array
 * takes few frames from the pages in steady use.
 *
 *      oldest                 hand                youngest
 *        a   b   c   d   e     v    x   y   z   <- new
 *        spared: used again         not yet sifted
 *
 * "Used again" needs care on a real MMU: the access that brings a page in sets its bit as well. So
 * the first use is cleared when the next page comes in, or the next victim is wanted. What
 * happens in between, one burst of the program, counts as one use.
 *
 * Always true (sieve_check):
 *   [sieve.1]  the hand points at a member, or at the queue's head: the next to look at is the
 *       oldest
 *   [sieve.2]  select looks at each frame at most twice
 * Source: Y. Zhang et al., SIEVE is simpler than LRU, NSDI 2024.
 */
#include "lib/assert.h"
#include "mm/policy/queue.h"

/* One set of frames. */
struct sieve_set {
	const struct policy_view *view;
	struct policy_queue queue;
	struct list_node *hand;
	struct frame *newest; /* its first use still shows; NULL: none */
};
POLICY_STATE_FITS(struct sieve_set);

static void sieve_start(void *state, const struct policy_view *view)
{
	struct sieve_set *s = state;
	s->view = view;
	queue_start(&s->queue);
	s->hand = &s->queue.list;
	s->newest = NULL;
}

static void sieve_forget_first_use(struct sieve_set *s)
{
	if (s->newest != NULL)
		(void)s->view->test_clear_referenced(s->newest);
	s->newest = NULL;
}

static void sieve_insert(void *state, struct frame *f)
{
	struct sieve_set *s = state;
	sieve_forget_first_use(s);
	queue_insert(&s->queue, f);
	if (!policy_handing_over())
		s->newest = f;
}

static void sieve_remove(void *state, struct frame *f)
{
	struct sieve_set *s = state;
	if (s->hand == &f->link)
		s->hand = f->link.next;
	if (s->newest == f)
		s->newest = NULL;
	queue_remove(&s->queue, f);
}

/* The node that is looked at next: after the young end comes the oldest. */
static struct list_node *sieve_next(const struct sieve_set *s)
{
	return s->hand == &s->queue.list ? s->queue.list.next : s->hand;
}

static struct frame *sieve_select(void *state)
{
	struct sieve_set *s = state;
	sieve_forget_first_use(s);
	for (uint32_t looks = 2 * s->queue.size; looks > 0; looks--) { /* [sieve.2] */
		s->hand = sieve_next(s);
		struct frame *f = list_entry(s->hand, struct frame, link);
		if (f->pins == 0 && !s->view->test_clear_referenced(f))
			return f;
		s->hand = s->hand->next;
	}
	return NULL;
}

/* From the hand on, then what it has spared. */
static void sieve_drain(void *state, struct list_node *to)
{
	struct sieve_set *s = state;
	while (s->queue.size > 0) {
		struct frame *f = list_entry(sieve_next(s), struct frame, link);
		s->hand = &f->link;
		sieve_remove(s, f);
		list_push_back(to, &f->link);
	}
}

static bool sieve_each(const void *state, policy_each_fn *fn, void *context)
{
	const struct sieve_set *s = state;
	const struct list_node *node = sieve_next(s);
	for (uint32_t n = s->queue.size; n > 0; n--) {
		if (!fn(context, list_entry(node, const struct frame, link)))
			return false;
		node = node->next == &s->queue.list ? s->queue.list.next : node->next;
	}
	return true;
}

static void sieve_check(void *state, uint32_t nframes)
{
	struct sieve_set *s = state;
	bool hand_found = s->hand == &s->queue.list;
	queue_check(&s->queue);
	ASSERT(s->queue.size == nframes);
	list_for_each(node, &s->queue.list)
		hand_found = hand_found || node == s->hand;
	ASSERT(hand_found); /* [sieve.1] */
}

static const struct frame *sieve_points_at(const void *state)
{
	const struct sieve_set *s = state;
	return s->hand != &s->queue.list ? list_entry(s->hand, struct frame, link) : NULL;
}

const struct policy_ops policy_sieve = {
	.name = "sieve",
	.start = sieve_start,
	.insert = sieve_insert,
	.remove = sieve_remove,
	.select = sieve_select,
	.drain = sieve_drain,
	.each = sieve_each,
	.check = sieve_check,
	.hand = sieve_points_at,
};

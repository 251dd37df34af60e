/*
 * Random: any page is evicted, each as likely as another.
 *
 * It needs no bit of the MMU and no history, and no pattern of use is bad for it as a loop one page
 * too long is for FIFO, clock and LRU: what they miss always, it hits sometimes. A policy that does
 * worse than this on some workload has learned something wrong. The generator starts with the same
 * seed each time, so a run can be repeated.
 *
 * Always true (random_check):
 *   [random.1]  the victim depends on the queue, on pins and on how many were chosen before, on
 *       nothing else
 * Left out: an array of the frames, which would find the k-th at once. The walk is expensive with
 * many frames; nobody should choose this policy for its speed.
 * Source: the generator is G. Marsaglia's xorshift, 2003.
 */
#include "lib/assert.h"
#include "mm/policy/queue.h"

enum { RANDOM_SEED = 2463534242u };

/* One set of frames. */
struct random_set {
	struct policy_queue queue;
	uint32_t state;
};
POLICY_STATE_FITS(struct random_set);

static uint32_t random_next(struct random_set *s)
{
	s->state ^= s->state << 13;
	s->state ^= s->state >> 17;
	s->state ^= s->state << 5;
	return s->state;
}

static void random_start(void *state, const struct policy_view *view)
{
	struct random_set *s = state;
	(void)view; /* it never asks */
	queue_start(&s->queue);
	s->state = RANDOM_SEED;
}

static void random_insert(void *state, struct frame *f)
{
	struct random_set *s = state;
	queue_insert(&s->queue, f);
}

static void random_remove(void *state, struct frame *f)
{
	struct random_set *s = state;
	queue_remove(&s->queue, f);
}

/* The k-th of the queue, or the first unpinned one after it, around the end. */
static struct frame *random_select(void *state)
{
	struct random_set *s = state;
	const struct list_node *head = &s->queue.list;
	if (s->queue.size == 0)
		return NULL;
	struct list_node *node = head->next;
	for (uint32_t k = random_next(s) % s->queue.size; k > 0; k--)
		node = node->next;
	for (uint32_t looks = s->queue.size; looks > 0; looks--) {
		struct frame *f = list_entry(node, struct frame, link);
		if (f->pins == 0)
			return f;
		node = node->next == head ? head->next : node->next;
	}
	return NULL;
}

static void random_drain(void *state, struct list_node *to)
{
	struct random_set *s = state;
	queue_drain(&s->queue, to);
}

static bool random_each(const void *state, policy_each_fn *fn, void *context)
{
	const struct random_set *s = state;
	return queue_each(&s->queue, fn, context);
}

static void random_check(void *state, uint32_t nframes)
{
	struct random_set *s = state;
	queue_check(&s->queue);
	ASSERT(s->queue.size == nframes);
}

const struct policy_ops policy_random = {
	.name = "random",
	.start = random_start,
	.insert = random_insert,
	.remove = random_remove,
	.select = random_select,
	.drain = random_drain,
	.each = random_each,
	.check = random_check,
};

/*
 * Random: any page goes, each as likely as another.
 *
 * It needs no bit of the MMU and no history, and no pattern of use is bad for it as a loop one page
 * too long is for FIFO, clock and LRU: what they miss always, it hits sometimes. A policy that does
 * worse than this on some workload has learned something wrong. The generator starts with the same
 * seed each time, so a run can be repeated.
 *
 * Always true (random_check):
 *   R1  the list has exactly as many members as were inserted and not removed; all are EVICTABLE
 *   R2  the victim depends on the list, on pins and on how many were chosen before, on nothing else
 * Left out: an array of the frames, which would find the k-th at once. The walk is dear with many
 * frames; nobody should choose this policy for its speed.
 * Source: the generator is G. Marsaglia's xorshift, 2003.
 */
#include "kernel/panic.h"
#include "mm/policy.h"

enum { RANDOM_SEED = 2463534242u };

static struct list_node random_list = LIST_HEAD_INIT(random_list); /* oldest first */
static uint32_t random_size;
static uint32_t random_state;

static uint32_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

static void random_start(const struct policy_view *view)
{
	(void)view; /* it never asks */
	list_init(&random_list);
	random_size = 0;
	random_state = RANDOM_SEED;
}

static void random_insert(struct frame *f)
{
	list_push_back(&random_list, &f->link);
	random_size++;
}

static void random_remove(struct frame *f)
{
	list_remove(&f->link);
	random_size--;
}

/* The k-th of the list, or the first unpinned one behind it, around the end. */
static struct frame *random_select(void)
{
	if (random_size == 0)
		return NULL;
	struct list_node *node = random_list.next;
	for (uint32_t k = random_next() % random_size; k > 0; k--)
		node = node->next;
	for (uint32_t looks = random_size; looks > 0; looks--) {
		struct frame *f = list_entry(node, struct frame, link);
		if (f->pins == 0)
			return f;
		node = node->next == &random_list ? random_list.next : node->next;
	}
	return NULL;
}

static void random_drain(struct list_node *to)
{
	list_append_all(to, &random_list);
	random_size = 0;
}

static void random_check(void)
{
	uint32_t n = 0;
	list_for_each(node, &random_list) {
		const struct frame *f = list_entry(node, struct frame, link);
		ASSERT(f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED));
		n++;
	}
	ASSERT(n == random_size && n == policy_count());
}

const struct policy_ops policy_random = {
	.name = "random",
	.start = random_start,
	.insert = random_insert,
	.remove = random_remove,
	.select = random_select,
	.drain = random_drain,
	.check = random_check,
};

/*
 * SIEVE: a queue whose hand leaves what it spares where it stands.
 *
 * New pages come in at the young end of a queue. The hand walks from the oldest towards the
 * youngest: a page that was used again loses its bit and stays in its place, one that was not goes.
 * At the young end the hand starts again at the old one. Against clock the difference is one line:
 * clock puts new pages right behind the hand, hence a full turn away from it; here the hand soon
 * meets the newcomers, and sifts out those that were used only once, while the pages it has spared
 * collect at the old end and are looked at rarely. So one scan through a large array takes few
 * frames from the pages in steady use.
 *
 *      oldest                 hand                youngest
 *        a   b   c   d   e     v    x   y   z   <- new
 *        spared: used again         not yet sifted
 *
 * "Used again" needs care on a real MMU: the access that brings a page in sets its bit as well. So
 * the first use is taken back when the next page comes in, or the next victim is wanted. What
 * happens in between, one burst of the program, counts as one use.
 *
 * Always true (sieve_check):
 *   S1  the queue has exactly as many members as were inserted and not removed; all are EVICTABLE
 *   S2  the hand points at a member, or at the queue's head: the next to look at is the oldest
 *   S3  select looks at each frame at most twice
 * Source: Y. Zhang et al., SIEVE is simpler than LRU, NSDI 2024.
 */
#include "kernel/panic.h"
#include "mm/policy.h"

static const struct policy_view *sieve_view;
static struct list_node sieve_queue = LIST_HEAD_INIT(sieve_queue); /* oldest first */
static struct list_node *sieve_hand;
static struct frame *sieve_newest; /* its first use still shows; NULL: none */
static uint32_t sieve_size;

static void sieve_start(const struct policy_view *view)
{
	sieve_view = view;
	list_init(&sieve_queue);
	sieve_hand = &sieve_queue;
	sieve_newest = NULL;
	sieve_size = 0;
}

static void sieve_forget_first_use(void)
{
	if (sieve_newest != NULL)
		(void)sieve_view->test_clear_referenced(sieve_newest);
	sieve_newest = NULL;
}

static void sieve_insert(struct frame *f)
{
	sieve_forget_first_use();
	list_push_back(&sieve_queue, &f->link);
	sieve_size++;
	if (!policy_handing_over())
		sieve_newest = f;
}

static void sieve_remove(struct frame *f)
{
	if (sieve_hand == &f->link)
		sieve_hand = f->link.next;
	if (sieve_newest == f)
		sieve_newest = NULL;
	list_remove(&f->link);
	sieve_size--;
}

static struct frame *sieve_select(void)
{
	sieve_forget_first_use();
	for (uint32_t looks = 2 * sieve_size; looks > 0; looks--) {
		if (sieve_hand == &sieve_queue)
			sieve_hand = sieve_queue.next;
		struct frame *f = list_entry(sieve_hand, struct frame, link);
		if (f->pins == 0 && !sieve_view->test_clear_referenced(f))
			return f;
		sieve_hand = sieve_hand->next;
	}
	return NULL;
}

/* From the hand on, then what it has spared. */
static void sieve_drain(struct list_node *to)
{
	while (sieve_size > 0) {
		if (sieve_hand == &sieve_queue)
			sieve_hand = sieve_queue.next;
		struct frame *f = list_entry(sieve_hand, struct frame, link);
		sieve_remove(f);
		list_push_back(to, &f->link);
	}
}

static void sieve_check(void)
{
	uint32_t n = 0;
	bool hand_found = sieve_hand == &sieve_queue;
	list_for_each(node, &sieve_queue) {
		const struct frame *f = list_entry(node, struct frame, link);
		ASSERT(f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED));
		hand_found = hand_found || node == sieve_hand;
		n++;
	}
	ASSERT(n == sieve_size && n == policy_count());
	ASSERT(hand_found);
}

const struct policy_ops policy_sieve = {
	.name = "sieve",
	.start = sieve_start,
	.insert = sieve_insert,
	.remove = sieve_remove,
	.select = sieve_select,
	.drain = sieve_drain,
	.check = sieve_check,
};

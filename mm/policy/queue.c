/*
 * Frames in the order in which they came.
 *
 * Half of the policies keep their frames so: a new one at the young end, victims from the old one.
 * They differ in whether a frame that was referenced is spared, and where it stands then. What they
 * have in common is here: the list, its length, and the two ways of choosing that more than one of
 * them uses, the plain one and the one with a second chance.
 *
 * Always true (queue_check):
 *   [queue.1]  the queue has exactly as many members as were put in and not taken out; each is
 *       EVICTABLE and on no list of cached pages
 *   [queue.2]  queue_second_chance looks at each frame at most twice
 */
#include "mm/policy/queue.h"

#include "lib/assert.h"

void queue_start(struct policy_queue *q)
{
	list_init(&q->list);
	q->size = 0;
}

void queue_insert(struct policy_queue *q, struct frame *f)
{
	list_push_back(&q->list, &f->link);
	q->size++;
}

void queue_remove(struct policy_queue *q, struct frame *f)
{
	list_remove(&f->link);
	q->size--;
}

struct frame *queue_oldest(const struct policy_queue *q)
{
	list_for_each_entry(struct frame, f, &q->list, link)
		if (f->pins == 0)
			return f;
	return NULL;
}

struct frame *queue_second_chance(struct policy_queue *q, const struct policy_view *view)
{
	for (uint32_t looks = 2 * q->size; looks > 0; looks--) { /* [queue.2] */
		struct frame *f = list_entry(q->list.next, struct frame, link);
		if (f->pins == 0 && !view->test_clear_referenced(f))
			return f;
		list_remove(&f->link);
		list_push_back(&q->list, &f->link);
	}
	return NULL;
}

void queue_drain(struct policy_queue *q, struct list_node *to)
{
	list_append_all(to, &q->list);
	q->size = 0;
}

bool queue_each(const struct policy_queue *q, policy_each_fn *fn, void *context)
{
	list_for_each(node, &q->list)
		if (!fn(context, list_entry(node, const struct frame, link)))
			return false;
	return true;
}

void queue_check(const struct policy_queue *q)
{
	uint32_t n = 0;
	list_for_each_entry(const struct frame, f, &q->list, link) {
		/* [queue.1] */
		ASSERT(f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED));
		n++;
	}
	ASSERT(n == q->size); /* [queue.1] */
}

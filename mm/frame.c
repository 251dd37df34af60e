/*
 * Physical frames: the buddy allocator (Knowlton 1965; Knuth, vol. 1, 2.5, algorithms R and S).
 *
 * Problem: frames are wanted one at a time, and now and then many contiguous ones. Idea: memory is
 * cut only into blocks of 2^order frames, each at a multiple of its size. A block's buddy is then
 * the block whose number differs in one bit, so whether two free blocks are halves of one larger
 * block is seen from the number alone, without a search. A request takes the smallest block that
 * fits and splits it, giving half after half back; freeing merges with the buddy as long as that is
 * free too. A request is rounded up to a power of two: 66 KB get a block of 128 KB, and 62 KB of
 * it go unused. That is the price (internal fragmentation).
 *
 * Which block: the one freed last of the smallest order that fits, as it is likely still in the
 * CPU's cache. Of a block that is split always the lower half goes on, the upper half becomes
 * free. So a fresh machine allocates frames in rising order.
 *
 * States and moves:
 *   RESERVED -> FREE        frame_add_range, at boot, once
 *   FREE -> OWNED           frame_alloc
 *   OWNED -> FREE           frame_free
 *   OWNED <-> EVICTABLE     frame_set_evictable, frame_set_owned: single user pages
 *
 * Always true (frame_check):
 *   [frame.1]  every FREE frame lies in exactly one free block; only the first frame of a block is
 *       linked
 *   [frame.2]  a free block of order k starts at a multiple of 2^k, ends below frame_count, and all
 *       of it is FREE
 *   [frame.3]  no two buddies are free blocks of the same order, except at FRAME_MAX_ORDER: what
 *       can be merged is merged. So a request fails only if no aligned row of that many frames is
 *       free
 *   [frame.4]  list k holds exactly the free blocks of order k, and free_blocks[k] is their number
 *   [frame.5]  bit k of frame_orders is set exactly when list k is not empty
 *   [frame.6]  the frames of an allocated block have one owner; all but the first have order
 *       INSIDE, so that freeing one of them is noticed. EVICTABLE frames are single, ANON or OBJECT
 *   [frame.7]  free + owned by each owner = total
 *
 * Merging needs no mark for "first of a free block": if block b is being freed and its buddy's
 * first frame is FREE, that frame cannot lie inside a larger free block, as that would contain b
 * too. So it starts a free block, and its order field is valid.
 *
 * Left out: lists per CPU (there is one CPU); merging later rather than at once (it would hide
 * large blocks from the requests that need them, and a merge costs a dozen instructions).
 */
#include "mm/frame.h"

#include "kernel/base/panic.h"
#include "lib/assert.h"
#include "mm/mmstat.h"

enum { FRAME_INSIDE = 0xff }; /* order of a frame inside an allocated block */

struct frame *frame_table;
pfn_t frame_count;
struct frame_stats frame_stats;

static struct list_node frame_lists[FRAME_MAX_ORDER + 1];
static uint32_t frame_orders; /* bit k: list k is not empty */

void frame_init(struct frame *table, pfn_t count)
{
	frame_table = table;
	frame_count = count;
	frame_orders = 0;
	frame_stats = (struct frame_stats){ 0 };
	for (unsigned order = 0; order <= FRAME_MAX_ORDER; order++)
		list_init(&frame_lists[order]);
	for (pfn_t pfn = 0; pfn < count; pfn++)
		list_init(&table[pfn].link);
}

/* Put a block, all of it FREE, on its list. */
static inline void block_insert(struct frame *f, unsigned order)
{
	f->order = (uint8_t)order;
	list_push_front(&frame_lists[order], &f->link);
	frame_orders |= 1u << order;
	frame_stats.free_blocks[order]++;
}

static inline void block_remove(struct frame *f, unsigned order)
{
	list_remove(&f->link);
	if (list_empty(&frame_lists[order]))
		frame_orders &= ~(1u << order);
	frame_stats.free_blocks[order]--;
}

/* Make a free block of @pfn's, merged with its buddies as far as they are free. */
static inline void block_merge(pfn_t pfn, unsigned order)
{
	for (; order < FRAME_MAX_ORDER; order++) {
		pfn_t buddy = pfn ^ 1u << order;
		if (buddy >= frame_count)
			break;
		struct frame *b = frame_of(buddy);
		if (b->state != FRAME_FREE || b->order != order)
			break;
		block_remove(b, order);
		frame_stats.merges++;
		pfn &= buddy;
	}
	block_insert(frame_of(pfn), order);
}

/* The largest order of an aligned block that starts at @start and ends at or before @end. */
static unsigned block_fit(pfn_t start, pfn_t end)
{
	unsigned order = 0;
	while (order < FRAME_MAX_ORDER && !(start & 1u << order) && end - start >= 2u << order)
		order++;
	return order;
}

void frame_add_range(pfn_t start, pfn_t end)
{
	ASSERT(start <= end && end <= frame_count);
	for (pfn_t pfn = start; pfn < end; pfn++) {
		ASSERT(frame_of(pfn)->state == FRAME_RESERVED);
		frame_of(pfn)->state = FRAME_FREE;
	}
	frame_stats.total += end - start;
	frame_stats.free += end - start;
	while (start < end) {
		unsigned order = block_fit(start, end);
		block_merge(start, order);
		start += 1u << order;
	}
}

/* Cut @f, off its list, from order @from down to @order; the upper halves become free. */
static inline void block_split(struct frame *f, unsigned from, unsigned order)
{
	frame_stats.splits += from - order;
	while (from > order) {
		from--;
		block_insert(f + (1u << from), from);
	}
}

static inline void frame_hand_out(struct frame *f, unsigned order, enum frame_owner owner)
{
	f->state = FRAME_OWNED;
	f->owner = (uint8_t)owner;
	f->order = (uint8_t)order;
	f->flags = 0;
	f->pins = 0;
	f->policy_bits = 0;
	f->set = 0;
	f->mappers = 0;
	f->rmap = 0;
	f->slot = 0;
	f->object = NULL;
	f->index = 0;
}

static __attribute__((noinline)) struct frame *frame_alloc_failed(void)
{
	frame_stats.failures++;
	mmstat_count(frame_failures);
	return NULL;
}

struct frame *frame_alloc(unsigned order, enum frame_owner owner)
{
	uint32_t fitting = order <= FRAME_MAX_ORDER ? frame_orders >> order : 0;
	if (UNLIKELY(!fitting))
		return frame_alloc_failed();
	unsigned from = order + (unsigned)__builtin_ctz(fitting);
	struct frame *f = list_entry(frame_lists[from].next, struct frame, link);
	block_remove(f, from);
	block_split(f, from, order);
	frame_hand_out(f, order, owner);
	for (unsigned i = 1; i < 1u << order; i++)
		frame_hand_out(f + i, FRAME_INSIDE, owner);
	frame_stats.allocs++;
	frame_stats.free -= 1u << order;
	frame_stats.owned[owner] += 1u << order;
	return f;
}

static __attribute__((noinline, cold)) void frame_free_panic(const struct frame *f)
{
	pfn_t pfn = frame_pfn(f);
	if (f->state == FRAME_FREE)
		panic("frame %u: freed twice", pfn);
	if (f->state != FRAME_OWNED)
		panic("frame %u: freed while %s", pfn,
		      f->state == FRAME_EVICTABLE ? "evictable" : "reserved");
	if (f->order > FRAME_MAX_ORDER)
		panic("frame %u: freed, but it lies inside a block", pfn);
	panic("frame %u: freed with %u pins and %u mappers", pfn, f->pins, f->mappers);
}

void frame_free(struct frame *f)
{
	unsigned order = f->order;
	if (UNLIKELY(f->state != FRAME_OWNED || order > FRAME_MAX_ORDER || f->pins | f->mappers))
		frame_free_panic(f);
	ASSERT(!list_node_linked(&f->link));
	for (unsigned i = 0; i < 1u << order; i++)
		f[i].state = FRAME_FREE;
	frame_stats.frees++;
	frame_stats.free += 1u << order;
	frame_stats.owned[f->owner] -= 1u << order;
	block_merge(frame_pfn(f), order);
}

void frame_set_evictable(struct frame *f)
{
	ASSERT(f->state == FRAME_OWNED && f->order == 0 && frame_is_user_page(f));
	f->state = FRAME_EVICTABLE;
}

void frame_set_owned(struct frame *f)
{
	ASSERT(f->state == FRAME_EVICTABLE);
	f->state = FRAME_OWNED;
}

void frame_pin(struct frame *f)
{
	ASSERT(f->pins < UINT32_MAX);
	f->pins++;
}

void frame_unpin(struct frame *f)
{
	ASSERT(f->pins > 0);
	f->pins--;
}

void frame_lock(struct frame *f)
{
	ASSERT(f->flags & FRAME_LOCKED || !list_node_linked(&f->link));
	if (!(f->flags & FRAME_LOCKED))
		f->locks = 0; /* where the link was */
	f->flags |= FRAME_LOCKED;
	f->locks++;
}

void frame_unlock(struct frame *f)
{
	ASSERT(frame_locks(f) > 0);
	f->locks--;
	if (f->locks > 0)
		return;
	f->flags &= ~FRAME_LOCKED;
	list_init(&f->link);
}

unsigned frame_order_for(size_t bytes)
{
	ASSERT(bytes > 0);
	size_t last_page = (bytes - 1) >> PAGE_SHIFT;
	unsigned order = last_page ? 32 - (unsigned)__builtin_clz(last_page) : 0;
	return MIN(order, FRAME_MAX_ORDER + 1u);
}

/* [frame.1] to [frame.3] for the free block at @pfn. */
static void frame_check_free(pfn_t pfn)
{
	const struct frame *f = frame_of(pfn);
	pfn_t size = 1u << f->order;
	ASSERT(f->order <= FRAME_MAX_ORDER && list_node_linked(&f->link)); /* [frame.1] */
	ASSERT(pfn % size == 0 && frame_count - pfn >= size); /* [frame.2] */
	for (pfn_t i = 1; i < size; i++)
		ASSERT(f[i].state == FRAME_FREE && !list_node_linked(&f[i].link)); /* [frame.1] */
	pfn_t buddy = pfn ^ size;
	/* [frame.3] */
	if (f->order < FRAME_MAX_ORDER && buddy < frame_count)
		ASSERT(frame_of(buddy)->state != FRAME_FREE || frame_of(buddy)->order != f->order);
}

/* [frame.6] for the block at @pfn. Returns its size in frames. */
static pfn_t frame_check_owned(pfn_t pfn)
{
	const struct frame *f = frame_of(pfn);
	ASSERT(f->order <= FRAME_MAX_ORDER && f->owner < FRAME_OWNER_COUNT);
	ASSERT(f->state != FRAME_EVICTABLE || (f->order == 0 && frame_is_user_page(f)));
	pfn_t size = 1u << f->order;
	ASSERT(pfn % size == 0 && frame_count - pfn >= size);
	for (pfn_t i = 1; i < size; i++) {
		ASSERT(f[i].state == FRAME_OWNED && f[i].order == FRAME_INSIDE); /* [frame.6] */
		ASSERT(f[i].owner == f->owner); /* [frame.6] */
	}
	return size;
}

/* As many on the list as the walk over all frames has found, each of them in its place. */
static void frame_check_list(unsigned order, uint32_t found)
{
	uint32_t length = 0;
	list_for_each(node, &frame_lists[order]) {
		const struct frame *f = list_entry(node, struct frame, link);
		ASSERT(node->next->prev == node && node->prev->next == node);
		ASSERT(frame_pfn(f) < frame_count && f->state == FRAME_FREE && f->order == order);
		length++;
		ASSERT(length <= found);
	}
	ASSERT(length == found && frame_stats.free_blocks[order] == found); /* [frame.4] */
	ASSERT((frame_orders >> order & 1) == (found > 0)); /* [frame.5] */
}

void frame_check(void)
{
	uint32_t blocks[FRAME_MAX_ORDER + 1] = { 0 };
	uint32_t owned[FRAME_OWNER_COUNT] = { 0 };
	uint32_t nfree = 0;
	uint32_t total = 0;
	pfn_t size;
	for (pfn_t pfn = 0; pfn < frame_count; pfn += size) {
		const struct frame *f = frame_of(pfn);
		size = 1;
		if (f->state == FRAME_RESERVED)
			continue;
		if (f->state == FRAME_FREE) {
			frame_check_free(pfn);
			size = 1u << f->order;
			blocks[f->order]++;
			nfree += size;
		} else {
			size = frame_check_owned(pfn);
			owned[f->owner] += size;
		}
		total += size;
	}
	for (unsigned order = 0; order <= FRAME_MAX_ORDER; order++)
		frame_check_list(order, blocks[order]);
	ASSERT(nfree == frame_stats.free && total == frame_stats.total); /* [frame.7] */
	for (unsigned owner = 0; owner < FRAME_OWNER_COUNT; owner++)
		ASSERT(owned[owner] == frame_stats.owned[owner]); /* [frame.7] */
}

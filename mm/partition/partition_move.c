/*
 * Contiguous memory under base and limit: partitions that change their size or place.
 *
 * A program that was bound to addresses at execution time has a base register between itself and
 * memory, so its bytes may be copied and its base rewritten while it is stopped, without its
 * noticing. Compaction does that to each block with a hole right below it, from the lowest up: the
 * block and the hole change places, and the hole merges with what is free above it. So every hole
 * between two immovable blocks ends up above the movable ones there. No block moves twice.
 *
 * The invariants are in partition.c.
 * Left out: moving a block over an immovable one into a hole below, and moving as little as
 * necessary. Sliding keeps the order, and its cost is easy to predict.
 * Source: Knuth, The Art of Computer Programming, vol. 1, section 2.5, exercise 33.
 */
#include "mm/partition/partition_internal.h"

#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/layout.h"
#include "mm/slab.h"

/* @p, on the list, to where its address belongs. */
static void block_sort_in(struct partition *p)
{
	list_remove(&p->link);
	struct list_node *at = partition_region.blocks.next;
	while (at != &partition_region.blocks && partition_block_of(at)->start < p->start)
		at = at->next;
	list_insert_before(&p->link, at);
}

/* Variable: @p takes @more bytes from the hole after it. */
static int resize_grow(struct partition *p, uint32_t more)
{
	struct partition *after = partition_block_after(p);
	if (after == NULL || !partition_block_free(after) || after->size < more)
		return -ENOMEM;
	memset(phys_to_virt(partition_region.start + partition_block_end(p)), 0, more);
	p->size += more;
	after->start += more;
	after->size -= more;
	if (after->size == 0)
		partition_block_drop(after);
	return 0;
}

static int resize_shrink(struct partition *p, uint32_t less)
{
	struct partition *hole = partition_block_new(partition_block_end(p) - less, less);
	if (hole == NULL)
		return -ENOMEM;
	p->size -= less;
	list_insert_before(&hole->link, p->link.next);
	partition_block_merge(hole);
	return 0;
}

int partition_resize(struct partition *p, uint32_t bytes)
{
	ASSERT(!partition_block_free(p) && bytes > 0);
	if (bytes > partition_region.bytes)
		return -ENOMEM;
	uint32_t size = ROUND_UP(bytes, PAGE_SIZE);
	int error = 0;
	if (partition_region.mode == PARTITION_VARIABLE && size > p->size)
		error = resize_grow(p, size - p->size);
	else if (partition_region.mode == PARTITION_VARIABLE && size < p->size)
		error = resize_shrink(p, p->size - size);
	else if (size > p->size || (partition_region.mode == PARTITION_SINGLE && size != p->size))
		error = -ENOMEM;
	if (!error)
		p->wanted = bytes;
	return error;
}

static void move_done(struct partition *p, uint32_t from, uint32_t bytes)
{
	memmove(partition_bytes(p), phys_to_virt(partition_region.start + from), bytes);
	partition_counts.moves++;
	partition_counts.bytes_moved += bytes;
	partition_on_move(p, from);
}

/* The owner keeps its descriptor: it and the free one exchange places. */
static int move_fixed(struct partition *p, uint32_t to)
{
	struct partition *target = partition_block_find_free(to, p->wanted);
	if (target == NULL)
		return -EBUSY;
	const struct partition old = *p;
	p->start = target->start;
	p->size = target->size;
	target->start = old.start;
	target->size = old.size;
	block_sort_in(p);
	block_sort_in(target);
	move_done(p, old.start, ROUND_UP(p->wanted, PAGE_SIZE));
	return 0;
}

/* Its own place counts as free, so it may slide over itself. */
static int move_variable(struct partition *p, uint32_t to)
{
	uint32_t from = p->start;
	struct partition *left = partition_block_new(from, p->size);
	struct partition *spare = partition_block_new(0, 0);
	if (left == NULL || spare == NULL) {
		kfree(left);
		kfree(spare);
		return -ENOMEM;
	}
	list_insert_before(&left->link, &p->link);
	list_remove(&p->link);
	partition_block_merge(left);
	struct partition *hole = partition_block_find_free(to, p->size);
	if (hole != NULL)
		p->start = to;
	else
		hole = partition_block_find_free(from, p->size);
	partition_block_carve(hole, p, spare);
	if (p->start == from)
		return -EBUSY;
	move_done(p, from, p->size);
	return 0;
}

int partition_move(struct partition *p, uint32_t to)
{
	ASSERT(!partition_block_free(p));
	if (!p->movable)
		return -EPERM;
	if (!partition_place_valid(to, ROUND_UP(p->wanted, PAGE_SIZE)))
		return -EINVAL;
	if (to == p->start)
		return 0;
	return partition_region.mode == PARTITION_FIXED ? move_fixed(p, to) : move_variable(p, to);
}

uint32_t partition_slide_largest(void)
{
	uint32_t largest = 0, here = 0;
	list_for_each(node, &partition_region.blocks) {
		const struct partition *p = partition_block_of(node);
		if (partition_block_free(p)) {
			here += p->size;
			largest = MAX(largest, here);
		} else if (!p->movable) {
			here = 0;
		}
	}
	return largest;
}

/* @hole and the movable block right above it change places. The hole, perhaps merged. */
static struct partition *compact_step(struct partition *hole, struct partition *p)
{
	uint32_t from = p->start;
	list_remove(&hole->link);
	list_insert_before(&hole->link, p->link.next);
	p->start = hole->start;
	hole->start = partition_block_end(p);
	move_done(p, from, p->size);
	return partition_block_merge(hole);
}

uint32_t partition_compact(void)
{
	uint64_t before = partition_counts.bytes_moved;
	if (partition_region.mode != PARTITION_VARIABLE || list_empty(&partition_region.blocks))
		return 0;
	struct partition *p = partition_block_of(partition_region.blocks.next);
	while (p != NULL) {
		struct partition *after = partition_block_after(p);
		if (after != NULL && partition_block_free(p) && after->movable)
			p = compact_step(p, after);
		else
			p = after;
	}
	partition_counts.compactions += partition_counts.bytes_moved != before;
	return (uint32_t)(partition_counts.bytes_moved - before);
}

/*
 * Contiguous memory under base and limit.
 *
 * Before there was paging, a program got one piece of memory. A base register added where the piece
 * began, a limit register said where it ended, and the whole problem was where to put the pieces.
 * This is that memory: a region of consecutive frames that paging leaves alone, used in one of
 * three historical ways.
 *
 *   single     | resident part |        hole         | program |
 *   fixed      | resident part | partition | partition | partition |      cut once
 *   variable   | resident part | P1 | hole | P4 | hole | P3 | hole |      cut on load
 *
 * Single: the program sits at the high end, so that the hole is in the middle and the resident part
 * can grow and shrink below it. Fixed: a program takes the smallest (best), the first or the
 * largest (worst) free partition that holds it; what it does not need is lost inside, internal
 * fragmentation. Variable: a program is cut from the low end of a hole; when it ends, its block
 * becomes one with the holes beside it. What is lost there lies between: holes whose sum would do
 * and none of which does, external fragmentation.
 *
 * First fit takes the lowest hole that is large enough, best fit the smallest, worst fit the
 * largest; of equals the lowest. None is best for every sequence of requests; the self-tests play
 * one that each of them answers differently.
 *
 * Compaction cures external fragmentation where programs may move: it slides each one down over the
 * hole below it and tells its owner, who has nothing to change but the base. A program bound to its
 * addresses when it was loaded cannot move; what lies above it slides down to its end and no
 * further. A request that fits the sum of holes but no single hole triggers compaction, if that
 * would help: partition_slide_largest predicts it before anything moves.
 *
 * Everything a change can fail for (descriptors) is allocated before the first list is changed.
 *
 * Always true (partition_check):
 *   [partition.1]  blocks are whole pages, not empty, sorted by address, inside the region, and do
 *       not overlap each other or the resident part
 *   [partition.2]  single and variable: they leave no byte out, and no free block lies beside
 *       another
 *   [partition.3]  a used block is what its owner asked for, rounded up to pages; in fixed mode at
 *       least that
 *   [partition.4]  single: at most one block is used, and it ends with the region
 *   [partition.5]  placed less released is the number of used blocks
 * Left out: a list of holes sorted by size. There are a few dozen blocks.
 * Source: Knuth, The Art of Computer Programming, vol. 1, section 2.5, for fits and merging;
 * IBM's OS/360 MFT and MVT for fixed and variable partitions.
 */
#include "mm/partition/partition_internal.h"

#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/layout.h"
#include "mm/slab.h"

const char *const partition_mode_names[] = { "single", "fixed", "variable" };
const char *const partition_fit_names[] = { "first", "best", "worst" };

struct partition_region partition_region = {
	.blocks = LIST_HEAD_INIT(partition_region.blocks),
};

partition_moved_fn *partition_on_move;
struct partition_stats partition_counts;

struct partition *partition_block_new(uint32_t start, uint32_t size)
{
	struct partition *p = kmalloc(sizeof(*p));
	if (p != NULL)
		*p = (struct partition){ .start = start, .size = size };
	return p;
}

void partition_block_drop(struct partition *p)
{
	list_remove(&p->link);
	kfree(p);
}

struct partition *partition_block_merge(struct partition *p)
{
	struct partition *after = partition_block_after(p), *before = partition_block_before(p);
	if (after != NULL && partition_block_free(after)) {
		p->size += after->size;
		partition_block_drop(after);
	}
	if (before == NULL || !partition_block_free(before))
		return p;
	before->size += p->size;
	partition_block_drop(p);
	return before;
}

void partition_block_carve(struct partition *hole, struct partition *p, struct partition *spare)
{
	uint32_t below = p->start - hole->start;
	uint32_t above = partition_block_end(hole) - partition_block_end(p);
	list_insert_before(&p->link, hole->link.next);
	hole->size = below;
	*spare = (struct partition){ .start = partition_block_end(p), .size = above };
	if (above != 0)
		list_insert_before(&spare->link, p->link.next);
	else
		kfree(spare);
	if (below == 0)
		partition_block_drop(hole);
}

struct partition *partition_block_find_free(uint32_t start, uint32_t size)
{
	list_for_each(node, &partition_region.blocks) {
		struct partition *p = partition_block_of(node);
		if (partition_block_free(p) && p->start <= start && size <= p->size &&
		    start - p->start <= p->size - size)
			return p;
	}
	return NULL;
}

static bool block_better(const struct partition *p, const struct partition *than)
{
	if (than == NULL)
		return true;
	if (partition_region.fit == FIT_BEST)
		return p->size < than->size;
	return partition_region.fit == FIT_WORST && p->size > than->size;
}

/* The free block that the current fit chooses for @size bytes, or NULL. */
static struct partition *block_choose(uint32_t size)
{
	struct partition *chosen = NULL;
	list_for_each(node, &partition_region.blocks) {
		struct partition *p = partition_block_of(node);
		if (partition_block_free(p) && p->size >= size && block_better(p, chosen))
			chosen = p;
	}
	return chosen;
}

static bool region_used(void)
{
	list_for_each(node, &partition_region.blocks)
		if (!partition_block_free(partition_block_of(node)))
			return true;
	return false;
}

/* --- the region --- */

int partition_init(paddr_t start, uint32_t bytes, partition_moved_fn *moved)
{
	partition_region.start = start;
	partition_region.bytes = bytes;
	partition_region.mode = PARTITION_VARIABLE;
	partition_region.auto_compact = true;
	partition_on_move = moved;
	if (bytes == 0)
		return 0;
	struct partition *all = partition_block_new(0, bytes);
	if (all == NULL) {
		partition_region.bytes = 0;
		return -ENOMEM;
	}
	list_push_back(&partition_region.blocks, &all->link);
	return 0;
}

static int region_sizes_valid(const uint32_t *sizes, unsigned nsizes)
{
	uint32_t left = partition_region.bytes - partition_region.system;
	if (nsizes == 0 || nsizes > PARTITION_FIXED_MAX)
		return -EINVAL;
	for (unsigned i = 0; i < nsizes; i++) {
		if (sizes[i] == 0 || (sizes[i] & PAGE_MASK) || sizes[i] > left)
			return -EINVAL;
		left -= sizes[i];
	}
	return 0;
}

static void blocks_drop_all(struct list_node *blocks)
{
	list_for_each_safe(node, blocks)
		partition_block_drop(partition_block_of(node));
}

/* New blocks, all free, contiguous from the resident part up. 0 or -ENOMEM. */
static int blocks_cut(struct list_node *blocks, const uint32_t *sizes, unsigned nsizes)
{
	uint32_t at = partition_region.system;
	for (unsigned i = 0; i < nsizes; i++) {
		struct partition *p = partition_block_new(at, sizes[i]);
		if (p == NULL) {
			blocks_drop_all(blocks);
			return -ENOMEM;
		}
		list_push_back(blocks, &p->link);
		at += sizes[i];
	}
	return 0;
}

int partition_set_mode(enum partition_mode mode, const uint32_t *sizes, unsigned nsizes)
{
	const uint32_t all = partition_region.bytes - partition_region.system;
	struct list_node blocks = LIST_HEAD_INIT(blocks);
	if (partition_region.bytes == 0)
		return -ENODEV;
	if (region_used())
		return -EBUSY;
	if (mode != PARTITION_FIXED) {
		sizes = &all;
		nsizes = all != 0;
	} else if (region_sizes_valid(sizes, nsizes)) {
		return -EINVAL;
	}
	if (blocks_cut(&blocks, sizes, nsizes))
		return -ENOMEM;
	blocks_drop_all(&partition_region.blocks);
	list_append_all(&partition_region.blocks, &blocks);
	partition_region.mode = mode;
	return 0;
}

void partition_end(void)
{
	ASSERT(!region_used());
	blocks_drop_all(&partition_region.blocks);
	partition_region.bytes = 0;
	partition_region.system = 0;
	partition_region.fit = FIT_FIRST;
}

void partition_set_fit(enum partition_fit fit)
{
	partition_region.fit = fit;
}

/* The first block, a hole, begins @grown bytes later. */
static int system_grow(struct partition *first, uint32_t grown)
{
	if (first == NULL || !partition_block_free(first) || first->size < grown)
		return -EBUSY;
	first->start += grown;
	first->size -= grown;
	if (first->size == 0)
		partition_block_drop(first);
	return 0;
}

/* @freed bytes right below @first, which may be NULL, are a hole now. */
static int system_shrink(struct partition *first, uint32_t freed)
{
	if (first != NULL && partition_block_free(first)) {
		first->start -= freed;
		first->size += freed;
		return 0;
	}
	struct partition *hole = partition_block_new(partition_region.system - freed, freed);
	if (hole == NULL)
		return -ENOMEM;
	list_push_front(&partition_region.blocks, &hole->link);
	return 0;
}

int partition_set_system(uint32_t bytes)
{
	struct partition *first = NULL;
	if (!list_empty(&partition_region.blocks))
		first = partition_block_of(partition_region.blocks.next);
	if (partition_region.bytes == 0)
		return -ENODEV;
	if (bytes > partition_region.bytes)
		return -EINVAL;
	bytes = ROUND_UP(bytes, PAGE_SIZE);
	int error = 0;
	if (partition_region.mode == PARTITION_FIXED)
		error = first != NULL && bytes > first->start ? -EBUSY : 0;
	else if (bytes > partition_region.system)
		error = system_grow(first, bytes - partition_region.system);
	else if (bytes < partition_region.system)
		error = system_shrink(first, partition_region.system - bytes);
	if (!error)
		partition_region.system = bytes;
	return error;
}

void *partition_bytes(const struct partition *p)
{
	return phys_to_virt(partition_region.start + p->start);
}

/* --- in and out --- */

/* Can @size bytes ever be allocated? */
static bool request_possible(uint32_t size)
{
	if (partition_region.mode != PARTITION_FIXED)
		return size <= partition_region.bytes - partition_region.system;
	list_for_each(node, &partition_region.blocks)
		if (partition_block_of(node)->size >= size)
			return true;
	return false;
}

bool partition_place_valid(uint32_t at, uint32_t size)
{
	if ((at & PAGE_MASK) || at < partition_region.system || at > partition_region.bytes - size)
		return false;
	if (partition_region.mode == PARTITION_SINGLE)
		return at == partition_region.bytes - size;
	if (partition_region.mode == PARTITION_VARIABLE)
		return true;
	list_for_each(node, &partition_region.blocks)
		if (partition_block_of(node)->start == at && partition_block_of(node)->size >= size)
			return true;
	return false;
}

static struct partition *request_choose(uint32_t size)
{
	if (partition_region.mode == PARTITION_SINGLE && region_used())
		return NULL;
	struct partition *hole = block_choose(size);
	if (hole != NULL || partition_region.mode != PARTITION_VARIABLE ||
	    !partition_region.auto_compact || partition_slide_largest() < size)
		return hole;
	partition_compact();
	return block_choose(size);
}

/* Fixed: @p is allocated as it is. */
static int place_fixed(const struct partition_request *r, struct partition *p,
		       struct partition **out)
{
	p->wanted = r->bytes;
	p->owner = r->owner;
	p->movable = r->movable;
	*out = p;
	return 0;
}

static int place_cut(const struct partition_request *r, struct partition *hole, uint32_t size,
		     struct partition **out)
{
	uint32_t start = r->at;
	if (partition_region.mode == PARTITION_SINGLE)
		start = partition_block_end(hole) - size;
	else if (start == PARTITION_ANYWHERE)
		start = hole->start;
	struct partition *p = partition_block_new(start, size), *spare = partition_block_new(0, 0);
	if (p == NULL || spare == NULL) {
		kfree(p);
		kfree(spare);
		return -ENOMEM;
	}
	partition_block_carve(hole, p, spare);
	return place_fixed(r, p, out);
}

static int place_found(const struct partition_request *r, struct partition *hole, uint32_t size,
		       struct partition **out)
{
	int error = partition_region.mode == PARTITION_FIXED ? place_fixed(r, hole, out)
						   : place_cut(r, hole, size, out);
	if (error)
		return error;
	memset(partition_bytes(*out), 0, (*out)->size);
	partition_counts.placed++;
	return 0;
}

static int place_try(const struct partition_request *r, struct partition **out)
{
	if (partition_region.bytes == 0)
		return -ENODEV;
	if (r->bytes == 0)
		return -EINVAL;
	if (r->bytes > partition_region.bytes || !request_possible(ROUND_UP(r->bytes, PAGE_SIZE)))
		return -E2BIG;
	uint32_t size = ROUND_UP(r->bytes, PAGE_SIZE);
	if (r->at == PARTITION_ANYWHERE) {
		struct partition *hole = request_choose(size);
		return hole != NULL ? place_found(r, hole, size, out) : -ENOMEM;
	}
	if (!partition_place_valid(r->at, size))
		return -EINVAL;
	struct partition *hole = partition_block_find_free(r->at, size);
	return hole != NULL ? place_found(r, hole, size, out) : -EBUSY;
}

int partition_place(const struct partition_request *r, struct partition **out)
{
	ASSERT(r->owner != NULL);
	int error = place_try(r, out);
	partition_counts.refused += error != 0;
	return error;
}

void partition_release(struct partition *p)
{
	ASSERT(!partition_block_free(p));
	p->owner = NULL;
	p->wanted = 0;
	p->movable = false;
	partition_counts.released++;
	if (partition_region.mode != PARTITION_FIXED)
		partition_block_merge(p);
}

/* --- figures and checks --- */

static void stats_add(struct partition_stats *s, const struct partition *p)
{
	if (!partition_block_free(p)) {
		s->used += p->size;
		s->nused++;
		s->internal += p->size - p->wanted;
		return;
	}
	s->free += p->size;
	s->nholes++;
	s->largest = MAX(s->largest, p->size);
}

void partition_get_stats(struct partition_stats *s)
{
	*s = partition_counts;
	list_for_each(node, &partition_region.blocks)
		stats_add(s, partition_block_of(node));
	s->unused = partition_region.bytes - partition_region.system - s->used - s->free;
}

static void block_check(const struct partition *p, uint32_t end, bool after_hole)
{
	ASSERT(p->size > 0 && !((p->start | p->size) & PAGE_MASK)); /* [partition.1] */
	ASSERT(p->start >= end && p->start <= partition_region.bytes);
	ASSERT(p->size <= partition_region.bytes - p->start);
	if (partition_region.mode != PARTITION_FIXED) {
		ASSERT(p->start == end); /* [partition.2] */
		ASSERT(!(after_hole && partition_block_free(p)));
	}
	if (partition_block_free(p)) {
		ASSERT(p->wanted == 0 && !p->movable);
		return;
	}
	ASSERT(p->wanted > 0 && p->wanted <= p->size); /* [partition.3] */
	if (partition_region.mode != PARTITION_FIXED)
		ASSERT(ROUND_UP(p->wanted, PAGE_SIZE) == p->size);
	if (partition_region.mode == PARTITION_SINGLE)
		ASSERT(partition_block_end(p) == partition_region.bytes); /* [partition.4] */
}

void partition_check(void)
{
	uint32_t end = partition_region.system, nused = 0;
	bool after_hole = false;
	list_for_each(node, &partition_region.blocks) {
		const struct partition *p = partition_block_of(node);
		block_check(p, end, after_hole);
		end = partition_block_end(p);
		after_hole = partition_block_free(p);
		nused += !after_hole;
	}
	if (partition_region.mode != PARTITION_FIXED)
		ASSERT(end == partition_region.bytes); /* [partition.2] */
	ASSERT(nused == partition_counts.placed - partition_counts.released); /* [partition.5] */
}

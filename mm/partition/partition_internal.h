/*
 * Shared by partition.c and partition_move.c only. Blocks are the entries of
 * partition_region.blocks. Context: process.
 */
#ifndef MM_PARTITION_PARTITION_INTERNAL_H
#define MM_PARTITION_PARTITION_INTERNAL_H

#include "mm/partition/partition.h"

extern partition_moved_fn *partition_on_move;
/* Only what has happened; partition_get_stats counts the rest. */
extern struct partition_stats partition_counts;

static inline struct partition *partition_block_of(struct list_node *node)
{
	return list_entry(node, struct partition, link);
}

static inline uint32_t partition_block_end(const struct partition *p)
{
	return p->start + p->size;
}

static inline bool partition_block_free(const struct partition *p)
{
	return p->owner == NULL;
}

/* The neighbour, or NULL. */
static inline struct partition *partition_block_before(const struct partition *p)
{
	return p->link.prev == &partition_region.blocks ? NULL : partition_block_of(p->link.prev);
}

static inline struct partition *partition_block_after(const struct partition *p)
{
	return p->link.next == &partition_region.blocks ? NULL : partition_block_of(p->link.next);
}

/* A free block in no list. NULL: no memory. */
struct partition *partition_block_new(uint32_t start, uint32_t size);
/* Off the list, and freed. */
void partition_block_drop(struct partition *p);
/* Merge @p, on the list and free, with free neighbours. Returns the remaining block. */
struct partition *partition_block_merge(struct partition *p);
/*
 * @p, on no list, takes its range out of @hole. @spare is for what is left above it; what is not
 * needed in the end, @spare or @hole, is freed.
 */
void partition_block_carve(struct partition *hole, struct partition *p, struct partition *spare);
/* The free block that holds all of [@start, @start + @size), or NULL. */
struct partition *partition_block_find_free(uint32_t start, uint32_t size);

/* Is @at a place where a program of @size bytes can be, free or not? */
bool partition_place_valid(uint32_t at, uint32_t size);
/* The largest hole there would be if everything movable had slid down. */
uint32_t partition_slide_largest(void);

#endif

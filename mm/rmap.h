/*
 * The reverse map: from a frame to the page-table entries that name it. Theory in rmap.c.
 * Context: process. Never allocates, never fails.
 */
#ifndef MM_RMAP_H
#define MM_RMAP_H

#include "mm/frame.h"
#include "mm/pmap.h"

/* @va of @pm now maps @f: right after pmap_map. */
void rmap_add(struct frame *f, struct pmap *pm, vaddr_t va);
/* @va of @pm no longer maps @f: right after pmap_unmap. */
void rmap_remove(struct frame *f, struct pmap *pm, vaddr_t va);

struct rmap_mapper {
	struct pmap *pmap; /* NULL: no mapper left */
	vaddr_t va;
};
/* @m is each mapper of @f, the newest first, until the list changes. */
#define rmap_for_each(m, f) \
	for (mapping_t m = (f)->rmap; m != 0; m = *pmap_mapping_next(m))

/* One of the mappers, to be unmapped and removed; .pmap NULL when there is none. */
struct rmap_mapper rmap_first(const struct frame *f);

/* Was it used through any mapping since the last call? Clears every accessed bit. */
bool rmap_test_clear_accessed(struct frame *f);
/* Is it modified, by the frame's own mark or any mapping's dirty bit? */
bool rmap_dirty(const struct frame *f);
/*
 * Was it used through any mapping since a policy last asked, or marked so by the policy before?
 * Changes nothing. @most: ask at most so many mappings, the newest first.
 */
struct rmap_facts {
	bool accessed, dirty;
};
struct rmap_facts rmap_query(const struct frame *f, uint32_t most);
/* The same of every mapping, the first fact alone. */
bool rmap_referenced(const struct frame *f);
/* Asserts [rmap.1] for one frame. */
void rmap_check(const struct frame *f);

#endif

/*
 * Kinds of address space: the operations in which they differ. One table per kind: paged (paged.c),
 * or one partition under base and limit (mm/partition/contiguous.c). Everything else, areas and
 * limits, is common to all.
 * Context of all: process; the space's lock is held, exclusively unless said. May reclaim.
 */
#ifndef MM_ASPACE_OPS_H
#define MM_ASPACE_OPS_H

#include "mm/types.h"

struct aspace;
struct aspace_map;
struct aspace_move;
struct vma;

struct aspace_ops {
	const char *name;
	/*
	 * Its memory is pages that are faulted in, have permissions, and are evicted one by one.
	 * False: all of it is present from the start and is swapped out as a whole.
	 */
	bool paged;
	/* Drop what is at [start, end) of @v, which is about to be removed. */
	void (*drop_pages)(struct aspace *as, const struct vma *v, vaddr_t start, vaddr_t end);
	/* The last reference was dropped, and the areas are removed. */
	void (*destroy)(struct aspace *as);
	/* Give @to, which has @from's attributes, memory of its own. 0 or -ENOMEM. */
	int (*fork)(struct aspace *from, struct aspace *to);
	/* Copy what is at the pages of @v to @to, which has such an area. 0 or -ENOMEM. */
	int (*fork_area)(struct aspace *from, struct aspace *to, const struct vma *v);
	/* As aspace_map, aspace_remap, aspace_advise, after the checks common to all kinds. */
	long (*map)(struct aspace *as, const struct aspace_map *request);
	long (*remap)(struct aspace *as, struct aspace_move *m);
	int (*advise)(struct aspace *as, vaddr_t start, vaddr_t end, unsigned advice);
	/* The permissions of @v have changed, or the end of one with PROT_X. */
	void (*protect_pages)(struct aspace *as, const struct vma *v);
	void (*code_changed)(struct aspace *as);
	/* As aspace_populate, aspace_mlock, aspace_munlock and aspace_mlock_all. */
	int (*populate)(struct aspace *as, vaddr_t start, size_t length);
	int (*mlock)(struct aspace *as, vaddr_t start, vaddr_t end, bool on_fault);
	int (*munlock)(struct aspace *as, vaddr_t start, vaddr_t end);
	int (*mlock_all)(struct aspace *as, bool on_fault);
	/* The lock is held: is the page at @va in memory? How many are on swap? */
	bool (*in_core)(const struct aspace *as, vaddr_t va);
	uint32_t (*swapped)(const struct aspace *as);
	/* Asserts the kind's own invariants. */
	void (*check)(struct aspace *as);
};

/* The arguments of mremap, for @remap. */
struct aspace_move {
	vaddr_t from, to;
	size_t old_length, new_length;
	unsigned flags;
	bool populate; /* result: the added part has to be brought in */
};

/* The default kind of a space. mm/aspace/paged.c. */
extern const struct aspace_ops aspace_paged;

#endif

/*
 * Address spaces that are one partition: a base, a limit, and nothing else. Theory in contiguous.c.
 * Context: process. Knows address spaces and partitions, no processes.
 */
#ifndef MM_PARTITION_CONTIGUOUS_H
#define MM_PARTITION_CONTIGUOUS_H

#include "mm/aspace/space.h"
#include "mm/partition/partition.h"

/* When a program's addresses were bound. */
enum contiguous_binding {
	BOUND_EXECUTION, /* never: offsets, and the base register. Runs anywhere, moves */
	BOUND_LOAD,	 /* when it was loaded: relocated for its place */
	BOUND_COMPILE,	 /* when it was linked: one place fits */
	CONTIGUOUS_NBINDINGS,
};
extern const char *const contiguous_binding_names[CONTIGUOUS_NBINDINGS];

enum contiguous_state {
	CONTIGUOUS_NEW, /* no place yet */
	CONTIGUOUS_IN,
	CONTIGUOUS_GOING, /* being written to slots, or read from them */
	CONTIGUOUS_OUT,
};

struct contiguous {
	struct list_node link; /* in contiguous_all */
	struct aspace *as;
	struct partition *place; /* NULL: NEW or OUT */
	uint8_t state;		 /* enum contiguous_state */
	uint8_t binding;	 /* enum contiguous_binding */
	uint32_t bytes;		 /* the limit, counted from the base of the partition */
	uint32_t position;	 /* in the region: now, or last */
	uint32_t pins;		 /* while not 0 it stays where it is */
	slot_t *slots;		 /* OUT: one a page */
	uint32_t outs, ins, moves;
	/* For the dispatcher (kernel/partition/dispatch.c). */
	int priority;
	bool has_run;	/* has run in user mode since it was loaded */
	uint64_t since; /* tick when it first did */
};

/* All of them, oldest first. */
extern struct list_node contiguous_all;

struct contiguous_hooks {
	/* The base of @as has changed by @delta: adjust kept linear addresses. */
	void (*rebased)(struct aspace *as, uint32_t delta);
	/* Load @as, which is not in memory: 0, or an error. Sleeps. */
	int (*bring_in)(struct aspace *as);
	/* A place has become free: somebody may wait for one. */
	void (*released)(void);
};
void contiguous_set_hooks(const struct contiguous_hooks *hooks); /* boot */

/*
 * Make @as, empty, a space of @bytes under base and limit: page tables and bookkeeping, no place
 * yet. 0, -ENOMEM, -EINVAL (no bytes, or more than the region has).
 */
MUST_CHECK int contiguous_create(struct aspace *as, uint32_t bytes,
				 enum contiguous_binding binding);
/*
 * Get a place (@at: PARTITION_ANYWHERE or the only one), map it, set base and limit; what is on
 * slots is read back. Fails as partition_place; -EIO (a slot cannot be read: the space stays out).
 */
MUST_CHECK int contiguous_enter(struct contiguous *c, uint32_t at);
/*
 * Write every page to slots and free the place. 0, -EBUSY (pinned, or not in), -ENOMEM (too few
 * slots), -EIO; then nothing has changed.
 */
MUST_CHECK int contiguous_roll_out(struct contiguous *c);
/* Pages on swap: all of them while it is OUT, else none. */
uint32_t contiguous_swapped(const struct aspace *as);
/* The operations of such a space (contiguous_map.c); the functions for them follow. */
extern const struct aspace_ops contiguous_ops;
/* Release everything: place, slots, page-table contents. By aspace_put. */
void contiguous_destroy(struct aspace *as);
/*
 * Give @to, a copy of @from's bookkeeping, a copy of its memory too, in a place of its own. 0, or
 * -ENOMEM: no place, or @from is bound to its own.
 */
MUST_CHECK int contiguous_fork(struct aspace *from, struct aspace *to);

/* Offsets a program may use: [contiguous_low, contiguous_high). */
uint32_t contiguous_low(const struct contiguous *c);
uint32_t contiguous_high(const struct contiguous *c);
/*
 * The kernel's address of the byte at @offset (between low and high). It is in memory, and pinned
 * unless nobody sleeps meanwhile.
 */
void *contiguous_bytes(const struct contiguous *c, uint32_t offset);
/* Bring it in, if it is out, and pin it at its place. 0 or bring_in's error. */
MUST_CHECK int contiguous_pin(struct contiguous *c);
void contiguous_unpin(struct contiguous *c);

static inline bool contiguous_is_in(const struct contiguous *c)
{
	return c->state == CONTIGUOUS_IN;
}

/* @as is not in memory: bring it in. 0 or -EFAULT on failure. */
MUST_CHECK int contiguous_bring_in(struct aspace *as);

/* Call before using @as's base: it may be out. 0 or -EFAULT. */
static inline int contiguous_need(struct aspace *as)
{
	if (LIKELY(as->contiguous == NULL) || contiguous_is_in(as->contiguous))
		return 0;
	return contiguous_bring_in(as);
}

/* Add an initial area of @bytes at @start. 0 or -ENOMEM. By exec. */
MUST_CHECK int contiguous_add_area(struct aspace *as, vaddr_t start, uint32_t bytes, unsigned prot);

/* For partition_init. */
void contiguous_moved(struct partition *p, uint32_t from);
/* Asserts the theory's [contiguous.1] to [contiguous.5]. */
void contiguous_check(struct aspace *as);

#endif

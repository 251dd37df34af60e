/*
 * The machine boundary, to look at: how the MMU translates an address, as facts. mm/x86/pmap_walk.c
 * does it for x86; procfs puts them into words.
 * Context: process or boot. Changes nothing, never allocates.
 */
#ifndef MM_PMAP_WALK_H
#define MM_PMAP_WALK_H

#include "mm/pmap.h"

/* What a bit of a present entry decides. */
enum pmap_bit {
	PMAP_BIT_PRESENT,
	PMAP_BIT_WRITE,
	PMAP_BIT_USER,
	PMAP_BIT_WRITE_THROUGH,
	PMAP_BIT_NOT_CACHED,
	PMAP_BIT_ACCESSED,
	PMAP_BIT_DIRTY,
	PMAP_BIT_LARGE,	    /* names a large page, not a table */
	PMAP_BIT_ATTRIBUTE, /* caching by the attribute table */
	PMAP_BIT_GLOBAL,
	PMAP_BIT_COUNT,
};

/* What an entry is. The MMU goes on at the first two; all others are not present to it. */
enum pmap_step_kind {
	PMAP_STEP_TABLE, /* names the next table */
	PMAP_STEP_PAGE,	 /* names the page */
	PMAP_STEP_NONE,
	PMAP_STEP_SLOT,	     /* the kernel's note: on swap */
	PMAP_STEP_HIDDEN,    /* ... a frame that nobody may touch (PROT_NONE) */
	PMAP_STEP_WITHDRAWN, /* ... a frame whose rights pmap_withdraw has revoked for now */
};

enum { PMAP_STEP_BITS = 9, PMAP_WALK_STEPS = 2 };

/* One entry on the way. */
struct pmap_step {
	uint8_t kind;  /* enum pmap_step_kind */
	uint8_t shift; /* TABLE and PAGE: the entry's bits from this one on are @target's */
	bool user, writable; /* TABLE and PAGE: what it allows */
	paddr_t at;	     /* where the entry is */
	uint32_t value;	     /* as the MMU reads it */
	paddr_t target;	     /* TABLE and PAGE: what it names */
	uint32_t number;     /* of the frame or slot; NONE: 0 */
	unsigned nbits;	     /* TABLE and PAGE; else 0 */
	struct {
		uint8_t place, what; /* bit number and enum pmap_bit */
		bool set;
	} bits[PMAP_STEP_BITS];
};

struct pmap_walk {
	paddr_t root;			   /* of the tables: CR3 */
	uint16_t index[PMAP_WALK_STEPS];   /* parts of the address: which entry of each table */
	unsigned nsteps;		   /* taken, at least 1; the last one is no TABLE */
	struct pmap_step steps[PMAP_WALK_STEPS];
	bool user, writable; /* all entries allow it */
};

/* @va, a user or a kernel address, by @pm's tables. */
struct pmap_walk pmap_walk(const struct pmap *pm, vaddr_t va);

/* The last step; it says what the translation comes to. */
static inline const struct pmap_step *pmap_walk_end(const struct pmap_walk *w)
{
	return &w->steps[w->nsteps - 1];
}

/* The byte of a page that @va is, by its last step, which is a PAGE. */
static inline uint32_t pmap_walk_offset(const struct pmap_walk *w, vaddr_t va)
{
	return va & ((1u << pmap_walk_end(w)->shift) - 1);
}

#endif

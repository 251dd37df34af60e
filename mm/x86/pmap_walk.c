/*
 * A walk of the page tables, entry by entry, as facts.
 *
 * The CPU splits a linear address into three: 10 bits choose an entry of the page directory, 10 an
 * entry of the page table that the first one names, and 12 are the byte in the page. This does the
 * same by hand and notes at each step what it read and where. What the facts mean to a person is
 * said elsewhere; which bit carries which fact is known here alone.
 *
 * An entry whose present bit is clear is nothing to the MMU and a note of the kernel's own: a slot,
 * a frame that nobody may touch, or one whose rights were revoked for a while (pmap_withdraw).
 *
 * Entries are read once, so the picture is of one moment although its reader may sleep.
 *
 * Always true:
 *   [pmap_walk.1]  a walk has at least one step, and its last step is no table
 * Source: Intel SDM vol. 3, 4.3 (32-bit paging).
 */
#include "mm/pmap_walk.h"

#include "lib/assert.h"
#include "mm/x86/pte.h"

/* Kinds of present entries: names a page table, a page of 4 MiB, a page of 4 KiB. */
enum { OF_TABLE = 1, OF_LARGE = 2, OF_SMALL = 4, OF_PAGE = 6, OF_ALL = 7 };

static const struct {
	uint8_t place, what, of;
} walk_bits[] = {
	{ 0, PMAP_BIT_PRESENT, OF_ALL },
	{ 1, PMAP_BIT_WRITE, OF_ALL },
	{ 2, PMAP_BIT_USER, OF_ALL },
	{ 3, PMAP_BIT_WRITE_THROUGH, OF_ALL },
	{ 4, PMAP_BIT_NOT_CACHED, OF_ALL },
	{ 5, PMAP_BIT_ACCESSED, OF_ALL },
	{ 6, PMAP_BIT_DIRTY, OF_PAGE },
	{ 7, PMAP_BIT_LARGE, OF_TABLE | OF_LARGE },
	{ 7, PMAP_BIT_ATTRIBUTE, OF_SMALL },
	{ 8, PMAP_BIT_GLOBAL, OF_PAGE },
};

static void step_add_bits(struct pmap_step *s, unsigned of)
{
	for (size_t i = 0; i < ARRAY_SIZE(walk_bits); i++) {
		if (!(walk_bits[i].of & of))
			continue;
		ASSERT(s->nbits < PMAP_STEP_BITS);
		s->bits[s->nbits].place = walk_bits[i].place;
		s->bits[s->nbits].what = walk_bits[i].what;
		s->bits[s->nbits].set = s->value >> walk_bits[i].place & 1;
		s->nbits++;
	}
}

static void step_present(struct pmap_step *s, unsigned of)
{
	s->kind = of == OF_TABLE ? PMAP_STEP_TABLE : PMAP_STEP_PAGE;
	s->shift = of == OF_LARGE ? TABLE_SHIFT : PAGE_SHIFT;
	s->target = s->value >> s->shift << s->shift;
	s->number = s->target >> PAGE_SHIFT;
	s->user = s->value & PTE_USER;
	s->writable = s->value & PTE_WRITE;
	step_add_bits(s, of);
}

static void step_absent(struct pmap_step *s)
{
	s->number = s->value >> PAGE_SHIFT;
	if (s->value == 0) {
		s->kind = PMAP_STEP_NONE;
	} else if (!(s->value & PTE_FRAME_KIND)) {
		s->kind = PMAP_STEP_SLOT;
		s->number = s->value >> PTE_SLOT_SHIFT;
	} else {
		s->kind = s->value & PTE_WITHDRAWN ? PMAP_STEP_WITHDRAWN : PMAP_STEP_HIDDEN;
	}
}

/* The next entry, of the table at @table. True: the walk goes on at its target. */
static bool walk_step(struct pmap_walk *w, paddr_t table)
{
	bool directory = w->nsteps == 0;
	struct pmap_step *s = &w->steps[w->nsteps];
	s->at = table + w->index[w->nsteps] * sizeof(pte_t);
	s->value = *(const pte_t *)phys_to_virt(s->at);
	w->nsteps++;
	if (!(s->value & PTE_PRESENT))
		step_absent(s);
	else if (!directory)
		step_present(s, OF_SMALL);
	else
		step_present(s, s->value & PTE_LARGE ? OF_LARGE : OF_TABLE);
	w->user = w->user && s->user;
	w->writable = w->writable && s->writable;
	return s->kind == PMAP_STEP_TABLE;
}

struct pmap_walk pmap_walk(const struct pmap *pm, vaddr_t va)
{
	struct pmap_walk w = {
		.root = pm->directory,
		.index = { (uint16_t)table_slot(va), (uint16_t)entry_slot(va) },
		.user = true,
		.writable = true,
	};
	if (walk_step(&w, w.root))
		(void)walk_step(&w, w.steps[0].target);
	ASSERT(pmap_walk_end(&w)->kind != PMAP_STEP_TABLE); /* [pmap_walk.1] */
	return w;
}

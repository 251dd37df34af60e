/*
 * The reverse map: which page-table entries name a frame.
 *
 * To evict a frame that several processes share, every entry that names it has to go. The page
 * tables lead from a page to its frame; this leads back. A frame holds the name of its first
 * entry (mapping_t), and each entry has one word beside its page table (pmap_mapping_word) that
 * holds the name of the next. So the list costs no allocation: fork stays cheap, and a fault cannot
 * fail here.
 *
 *      frame.rmap --> entry a | word --> entry b | word --> 0
 *
 * Always true (rmap_check):
 *   [rmap.1]  the list has exactly frame.mappers members, each an entry that maps this frame
 *   [rmap.2]  a frame that is not a user page has no list
 *
 * Left out: a second word for the way back. Removing walks the list from the front; the newest
 * mapper stands there, and with fork the newest mapper is the first to go.
 * Source: the idea of pte_chain in Linux 2.5, without its allocations.
 */
#include "mm/rmap.h"

#include "lib/assert.h"

void rmap_add(struct frame *f, struct pmap *pm, vaddr_t va)
{
	mapping_t m = pmap_mapping(pm, va);
	*pmap_mapping_word(m) = f->rmap;
	f->rmap = m;
	f->mappers++;
}

void rmap_remove(struct frame *f, struct pmap *pm, vaddr_t va)
{
	mapping_t gone = pmap_mapping(pm, va);
	mapping_t *at = &f->rmap;
	while (*at != gone) {
		ASSERT(*at != 0);
		at = pmap_mapping_word(*at);
	}
	*at = *pmap_mapping_word(gone);
	f->mappers--;
}

struct rmap_mapper rmap_first(const struct frame *f)
{
	struct rmap_mapper mapper = { 0 };
	if (f->rmap != 0)
		mapper.pmap = pmap_of_mapping(f->rmap, &mapper.va);
	return mapper;
}

bool rmap_test_clear_accessed(struct frame *f)
{
	bool accessed = false;
	for (mapping_t m = f->rmap; m != 0; m = *pmap_mapping_word(m)) {
		vaddr_t va;
		struct pmap *pm = pmap_of_mapping(m, &va);
		if (pmap_test_clear_accessed(pm, va))
			accessed = true;
	}
	return accessed;
}

bool rmap_dirty(const struct frame *f)
{
	if (f->flags & FRAME_DIRTY)
		return true;
	for (mapping_t m = f->rmap; m != 0; m = *pmap_mapping_word(m)) {
		vaddr_t va;
		struct pmap *pm = pmap_of_mapping(m, &va);
		if (pmap_lookup(pm, va).dirty)
			return true;
	}
	return false;
}

struct rmap_facts rmap_query(const struct frame *f, uint32_t most)
{
	struct rmap_facts facts = {
		.accessed = f->flags & FRAME_REFERENCED,
		.dirty = f->flags & FRAME_DIRTY,
	};
	for (mapping_t m = f->rmap; m != 0 && most > 0; m = *pmap_mapping_word(m)) {
		vaddr_t va;
		const struct pmap *pm = pmap_of_mapping(m, &va);
		struct pmap_entry e = pmap_lookup(pm, va);
		facts.accessed |= e.accessed;
		facts.dirty |= e.dirty;
		if (facts.accessed && facts.dirty)
			break;
		most--;
	}
	return facts;
}

bool rmap_referenced(const struct frame *f)
{
	return rmap_query(f, UINT32_MAX).accessed;
}

void rmap_check(const struct frame *f)
{
	uint32_t n = 0;
	for (mapping_t m = f->rmap; m != 0; m = *pmap_mapping_word(m)) {
		vaddr_t va;
		struct pmap *pm = pmap_of_mapping(m, &va);
		struct pmap_entry e = pmap_lookup(pm, va);
		ASSERT(e.kind == PMAP_FRAME && e.number == frame_pfn(f)); /* [rmap.1] */
		n++;
		ASSERT(n <= f->mappers);
	}
	ASSERT(n == f->mappers); /* [rmap.1] */
}

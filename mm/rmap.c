/*
 * The reverse map: which page-table entries name a frame.
 *
 * To evict a frame that several processes share, every entry that names it has to be cleared. The
 * page tables lead from a page to its frame; this leads back. A frame holds the name of its first
 * entry (mapping_t), and each entry has two words beside its page table that hold the names of the
 * next and the previous one. So the list costs no allocation: fork stays cheap, and a fault cannot
 * fail here.
 *
 *      frame.rmap --> entry a | next, - <--> entry b | next, prev <--> entry c | 0, prev
 *
 * The newest mapper stands in front: the one that eviction unmaps first, and, where the answer may
 * be limited (rmap_query), the one that says most. Adding and removing take the same few steps
 * wherever the entry stands. One word would save a frame for each page table, but then removing
 * searches: with the newest in front, a process that mapped a page 20,000 times ends by unmapping
 * from the oldest on, 200 million steps; with the oldest in front its child does, whose entries
 * stand behind all of the parent's.
 *
 * Always true (rmap_check):
 *   [rmap.1]  the list has exactly frame.mappers members, each an entry that maps this frame
 *   [rmap.2]  a frame that is not a user page has no list
 *   [rmap.3]  each member is the previous one of its next; the first one's own word for that means
 *       nothing, so that a page with one mapper costs no more than with one word
 *
 * Source: the idea of pte_chain in Linux 2.5, without its allocations.
 */
#include "mm/rmap.h"

#include "lib/assert.h"

void rmap_add(struct frame *f, struct pmap *pm, vaddr_t va)
{
	mapping_t m = pmap_mapping(pm, va);
	*pmap_mapping_next(m) = f->rmap;
	if (f->rmap != 0)
		*pmap_mapping_prev(f->rmap) = m;
	f->rmap = m;
	f->mappers++;
}

void rmap_remove(struct frame *f, struct pmap *pm, vaddr_t va)
{
	mapping_t gone = pmap_mapping(pm, va), next = *pmap_mapping_next(gone);
	f->mappers--;
	if (f->rmap == gone) {
		f->rmap = next;
		return;
	}
	mapping_t prev = *pmap_mapping_prev(gone);
	mapping_t *after = pmap_mapping_next(prev);
	ASSERT(*after == gone); /* [rmap.3] */
	*after = next;
	if (next != 0)
		*pmap_mapping_prev(next) = prev;
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
	rmap_for_each(m, f) {
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
	rmap_for_each(m, f) {
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
	rmap_for_each(m, f) {
		vaddr_t va;
		if (most == 0)
			break;
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
	mapping_t prev = 0;
	rmap_for_each(m, f) {
		vaddr_t va;
		struct pmap *pm = pmap_of_mapping(m, &va);
		struct pmap_entry e = pmap_lookup(pm, va);
		ASSERT(e.kind == PMAP_FRAME && e.number == frame_pfn(f)); /* [rmap.1] */
		ASSERT(prev == 0 || *pmap_mapping_prev(m) == prev); /* [rmap.3] */
		prev = m;
		n++;
		ASSERT(n <= f->mappers);
	}
	ASSERT(n == f->mappers); /* [rmap.1] */
}

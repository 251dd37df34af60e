/*
 * Page by page: /proc/PID/pagemap, /proc/kpagecount, /proc/kpageflags.
 *
 * Each is an array of 64-bit words, one per page or frame, in Linux's layout, so that its tools can
 * read them. pagemap has a word for each page of user space:
 *
 *   63 present     62 on swap     61 a page of a file, or shared     55 soft-dirty
 *   56 mapped only here     54-0 the frame; of a page on swap: 4-0 the area (0), 54-5 the slot
 *
 * Soft-dirty is never cleared here; a page has it while it differs from its slot or source, and
 * always on swap, as on Linux. The shared zero page is present and nothing else.
 *
 * kpagecount gives the number of page-table entries for a frame, kpageflags its use.
 * Source: Linux's Documentation/admin-guide/mm/pagemap.rst.
 */
#include "kernel/proc/process.h"
#include "kernel/procfs/proc_files.h"
#include "lib/string.h"
#include "mm/policy/policy.h"
#include "mm/rmap.h"
#include "mm/swap.h"

#define PAGEMAP_PRESENT (1ull << 63)
#define PAGEMAP_SWAP (1ull << 62)
#define PAGEMAP_FILE (1ull << 61)
#define PAGEMAP_EXCLUSIVE (1ull << 56)
#define PAGEMAP_SOFT_DIRTY (1ull << 55)
enum { PAGEMAP_SLOT_SHIFT = 5 };

/* Bit numbers of kpageflags. */
enum {
	KPF_LOCKED = 0, KPF_REFERENCED = 2, KPF_UPTODATE = 3, KPF_DIRTY = 4, KPF_LRU = 5,
	KPF_ACTIVE = 6, KPF_SLAB = 7, KPF_WRITEBACK = 8, KPF_BUDDY = 10, KPF_MMAP = 11,
	KPF_ANON = 12, KPF_SWAPCACHE = 13, KPF_SWAPBACKED = 14, KPF_COMPOUND_HEAD = 15,
	KPF_COMPOUND_TAIL = 16, KPF_UNEVICTABLE = 18, KPF_NOPAGE = 20, KPF_ZERO_PAGE = 24,
	KPF_PGTABLE = 26,
};

static uint64_t pagemap_word(const struct pmap_entry *e)
{
	uint64_t word;
	if (e->kind == PMAP_NONE)
		return 0;
	if (e->kind == PMAP_SLOT)
		return PAGEMAP_SWAP | PAGEMAP_SOFT_DIRTY |
		       (uint64_t)e->number << PAGEMAP_SLOT_SHIFT;
	word = PAGEMAP_PRESENT | e->number;
	if (e->number == object_zero_pfn)
		return word;
	const struct frame *f = frame_of(e->number);
	if (f->owner != FRAME_ANON)
		word |= PAGEMAP_FILE;
	if (f->mappers == 1)
		word |= PAGEMAP_EXCLUSIVE;
	if (e->dirty || f->flags & FRAME_DIRTY)
		word |= PAGEMAP_SOFT_DIRTY;
	return word;
}

bool proc_record_pagemap(struct process *p, uint64_t index, char *to)
{
	uint64_t word = 0;
	if (!p->aspace || index >= USER_TOP >> PAGE_SHIFT)
		return false;
	/* Pages are numbered as the program sees them: from its segment's base. */
	vaddr_t va = p->aspace->segment.base + ((vaddr_t)index << PAGE_SHIFT);
	if (va >= USER_BASE && va < USER_TOP) {
		struct pmap_entry e = pmap_lookup(&p->aspace->pmap, va);
		word = pagemap_word(&e);
	}
	memcpy(to, &word, sizeof(word));
	return true;
}

bool proc_record_kpagecount(struct process *p, uint64_t index, char *to)
{
	(void)p;
	if (index >= frame_count)
		return false;
	const struct frame *f = frame_of((pfn_t)index);
	uint64_t word = frame_is_user_page(f) ? f->mappers : 0;
	memcpy(to, &word, sizeof(word));
	return true;
}

static uint64_t flag(unsigned bit, bool on)
{
	return on ? 1ull << bit : 0;
}

/* Through any mapping, without clearing anything. */
static bool page_accessed(const struct frame *f)
{
	if (f->flags & FRAME_REFERENCED)
		return true;
	rmap_for_each(m, f) {
		vaddr_t va;
		const struct pmap *pm = pmap_of_mapping(m, &va);
		if (pmap_lookup(pm, va).accessed)
			return true;
	}
	return false;
}

static uint64_t page_flags(const struct frame *f)
{
	bool anon = f->owner == FRAME_ANON;
	bool backed = anon || f->slot != 0 || (f->object && !f->object->ops->read);
	return flag(KPF_LOCKED, f->flags & FRAME_BUSY) | flag(KPF_REFERENCED, page_accessed(f)) |
	       flag(KPF_UPTODATE, !(f->flags & FRAME_BUSY)) | flag(KPF_DIRTY, rmap_dirty(f)) |
	       flag(KPF_LRU, f->state == FRAME_EVICTABLE) |
	       flag(KPF_ACTIVE, f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED)) |
	       flag(KPF_MMAP, f->mappers > 0) | flag(KPF_ANON, anon) |
	       flag(KPF_SWAPCACHE, f->slot != 0) | flag(KPF_SWAPBACKED, backed) |
	       flag(KPF_UNEVICTABLE, f->flags & FRAME_LOCKED);
}

static uint64_t frame_flags_word(const struct frame *f)
{
	if (frame_pfn(f) == object_zero_pfn)
		return flag(KPF_ZERO_PAGE, true);
	if (f->state == FRAME_RESERVED)
		return flag(KPF_NOPAGE, true);
	if (f->state == FRAME_FREE)
		return flag(KPF_BUDDY, true);
	bool tail = f->order > FRAME_MAX_ORDER;
	uint64_t compound = flag(KPF_COMPOUND_TAIL, tail) |
			    flag(KPF_COMPOUND_HEAD, !tail && f->order > 0);
	switch (f->owner) {
	case FRAME_SLAB:
		return flag(KPF_SLAB, true) | compound;
	case FRAME_TABLE:
		return flag(KPF_PGTABLE, true);
	case FRAME_ANON:
	case FRAME_OBJECT:
		return page_flags(f);
	}
	return compound;
}

bool proc_record_kpageflags(struct process *p, uint64_t index, char *to)
{
	(void)p;
	if (index >= frame_count)
		return false;
	uint64_t word = frame_flags_word(frame_of((pfn_t)index));
	memcpy(to, &word, sizeof(word));
	return true;
}

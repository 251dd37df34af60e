/*
 * The machine boundary: what page tables can do. mm/x86/pmap.c does it for x86.
 *
 * An entry is one of three things, and only the implementation knows how it is stored: none;
 * frame (with protection and the facts accessed and dirty); slot (on swap).
 *
 * Every entry has a name, mapping_t, by which the reverse map finds it, and two words of its own
 * beside the page table, so that mapping a page never allocates for the reverse map.
 *
 * Context of all: process or boot, unless said. Never reclaims.
 */
#ifndef MM_PMAP_H
#define MM_PMAP_H

#include "mm/frame.h"
#include "mm/types.h"

enum pmap_kind { PMAP_NONE, PMAP_FRAME, PMAP_SLOT };

struct pmap_entry {
	uint8_t kind;	  /* enum pmap_kind */
	uint8_t prot;	  /* PMAP_FRAME: PROT_NONE, PROT_R or PROT_R | PROT_W */
	bool accessed;	  /* PMAP_FRAME */
	bool dirty;	  /* PMAP_FRAME */
	uint32_t number;  /* pfn or slot */
};

struct allotment;

struct pmap {
	paddr_t directory;
	struct allotment *allot; /* whom its pages are charged to, allot.c's; NULL: no one */
	uint32_t resident; /* entries that are frames */
	uint32_t swapped;  /* entries that are slots */
	uint32_t tables;   /* page tables of the user half */
};

/*
 * Build the kernel's own directory and switch to it: direct map of the first @direct_frames frames
 * of physical memory (at least frame_count), of which [@ro_start, @ro_end) (page aligned: text and
 * read-only data) cannot be written, and the tables of vmalloc and the windows. Panics without
 * frames for it. Context: boot.
 */
void pmap_init(paddr_t ro_start, paddr_t ro_end, pfn_t direct_frames);
/* The direct map has the frames below this one; beyond them there are windows. */
pfn_t pmap_direct_frames(void);
/* Physical address of the kernel's own directory. */
paddr_t pmap_kernel_directory(void);

/* An empty user half; the kernel half is shared. 0 or -ENOMEM. */
MUST_CHECK int pmap_create(struct pmap *pm);
/* Wants no user mapping left; gives the page tables back. Must not be the one in use. */
void pmap_destroy(struct pmap *pm);
/* Use @pm's user half from now on; NULL: none (the kernel's own directory). */
void pmap_activate(struct pmap *pm);

/*
 * Make sure that @va has a page table, so that pmap_map and pmap_set_slot there cannot fail. 0 or
 * -ENOMEM.
 */
MUST_CHECK int pmap_reserve(struct pmap *pm, vaddr_t va);
/*
 * Entry was not a frame; accessed and dirty are clear after. 0, or -ENOMEM (page table): nothing
 * changed.
 */
MUST_CHECK int pmap_map(struct pmap *pm, vaddr_t va, pfn_t pfn, unsigned prot);
/*
 * The old entry; it is none after. No CPU can use the mapping any more: accessed and dirty are
 * final.
 */
struct pmap_entry pmap_unmap(struct pmap *pm, vaddr_t va);
/* Entry was none, and its page table exists. */
void pmap_set_slot(struct pmap *pm, vaddr_t va, slot_t slot);
/* Entry was none or slot; none after. */
void pmap_clear(struct pmap *pm, vaddr_t va);
/* Entry is a frame. Flushes if it takes rights away; keeps accessed and dirty. */
void pmap_protect(struct pmap *pm, vaddr_t va, unsigned prot);
struct pmap_entry pmap_lookup(const struct pmap *pm, vaddr_t va);
/* Was the page used since the last call? Flushes, or the next use would not set the bit again. */
bool pmap_test_clear_accessed(struct pmap *pm, vaddr_t va);
/*
 * Revoke the rights of @va's entry: the next use faults, and pmap_grant restores them. Entries that
 * are no frame, or that nobody may touch, stay as they are. For all other functions a withdrawn
 * entry is what it was before, accessed and dirty included.
 */
void pmap_withdraw(struct pmap *pm, vaddr_t va);
/*
 * The right to read, or with @write to write, if the entry has it and it was revoked. False: it
 * was not, nothing has changed.
 */
bool pmap_grant(struct pmap *pm, vaddr_t va, bool write);
/*
 * The first address at or after @va and below @end whose entry is not none; @end if there is none.
 */
vaddr_t pmap_next(const struct pmap *pm, vaddr_t va, vaddr_t end);

/* @va is each address in [start, end) whose entry is not none; the body may change that entry. */
#define pmap_for_each(va, pm, start, end)                                                          \
	for (vaddr_t va = pmap_next(pm, start, end); va < (end);                                   \
	     va = pmap_next(pm, va + PAGE_SIZE, end))

/* Names of entries. The page table exists. */
mapping_t pmap_mapping(const struct pmap *pm, vaddr_t va);
struct pmap *pmap_of_mapping(mapping_t mapping, vaddr_t *va);
/* The entry's own two words, for the reverse map. */
mapping_t *pmap_mapping_next(mapping_t mapping);
mapping_t *pmap_mapping_prev(mapping_t mapping);

/*
 * Kernel mappings in [VMALLOC_START, VMALLOC_END): tables exist from boot, so these cannot fail.
 */
void pmap_kernel_map(vaddr_t va, pfn_t pfn, unsigned prot);
pfn_t pmap_kernel_unmap(vaddr_t va); /* returns the frame that was there */
bool pmap_kernel_mapped(vaddr_t va);

/*
 * A physical page seen through a short-lived window, anywhere below 4 GiB: frames of the direct
 * map by their address there, others through one of a few slots. Never across a sleep.
 */
void *pmap_window(pfn_t pfn);
void pmap_window_done(void *window);

/*
 * Asserts on one user half: counters, table ownership, nothing user-accessible outside [USER_BASE,
 * USER_TOP).
 */
void pmap_check(const struct pmap *pm);
/* Asserts on the kernel half: no user bit, text and read-only data unwritable. */
void pmap_check_kernel(void);

#endif

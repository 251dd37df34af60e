/*
 * The bits of x86 page directory and page table entries (Intel SDM vol. 3, 4.3, table 4-4 to 4-6).
 * mm/x86 only.
 */
#ifndef MM_X86_PTE_H
#define MM_X86_PTE_H

#include "mm/types.h"

typedef uint32_t pte_t;

enum {
	PTE_PRESENT = 1 << 0,
	PTE_WRITE = 1 << 1,
	PTE_USER = 1 << 2,
	PTE_ACCESSED = 1 << 5,
	PTE_DIRTY = 1 << 6,
	PTE_LARGE = 1 << 7, /* directory entry: a 4 MiB page */
	PTE_GLOBAL = 1 << 8,
};
#define PTE_FRAME 0xfffff000u
/*
 * With the present bit clear all other bits are ours: this one marks a frame that nobody may
 * touch (PROT_NONE). It stands where a present entry has the write bit, so that an entry names a
 * frame exactly if one of its two lowest bits is set.
 */
enum { PTE_HIDDEN = 1 << 1, PTE_FRAME_KIND = 3, PTE_SLOT_SHIFT = 2 };
/*
 * Of a frame entry only; the MMU leaves these bits to us. WITHDRAWN: hidden for a while although it
 * may be used. HELD_WRITE: it may be written, and that right is revoked.
 */
enum { PTE_WITHDRAWN = 1 << 9, PTE_HELD_WRITE = 1 << 10 };

enum {
	TABLE_SHIFT = 22, /* a page table translates 4 MiB */
	TABLE_ENTRIES = 1024,
	USER_TABLES = 768, /* directory entries of the user half */
};
#define TABLE_BYTES (1u << TABLE_SHIFT)

static inline unsigned table_slot(vaddr_t va)
{
	return va >> TABLE_SHIFT;
}

static inline unsigned entry_slot(vaddr_t va)
{
	return va >> PAGE_SHIFT & (TABLE_ENTRIES - 1);
}

#endif

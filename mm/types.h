/* The words of memory management: addresses, pages, frames, slots, protections. */
#ifndef MM_TYPES_H
#define MM_TYPES_H

#include "lib/base.h"

typedef uint32_t vaddr_t; /* virtual (linear) address */
typedef uint32_t paddr_t; /* physical address: RAM below 4 GiB only */
typedef uint32_t pfn_t;   /* physical frame number: paddr_t / PAGE_SIZE */
typedef uint32_t slot_t;  /* page of the swap area; 0 means none */
typedef uint32_t uptr_t;  /* a pointer as the user program gave it: an offset in its data segment */

enum { PAGE_SHIFT = 12 };
#define PAGE_SIZE (1u << PAGE_SHIFT)
#define PAGE_MASK (PAGE_SIZE - 1)

/* Protections; Linux's PROT_READ, PROT_WRITE, PROT_EXEC have the same values. */
enum { PROT_NONE = 0, PROT_R = 1, PROT_W = 2, PROT_X = 4 };

static inline vaddr_t page_down(vaddr_t va)
{
	return va & ~PAGE_MASK;
}

/* Wraps to 0 in the last page: callers check the range first. */
static inline vaddr_t page_up(vaddr_t va)
{
	return (va + PAGE_MASK) & ~PAGE_MASK;
}

#endif

/*
 * Kernel virtual ranges: pages side by side in addresses, wherever their frames are.
 *
 * Problem: a kernel stack that overflows must not run into something else unnoticed. In the
 * direct map there is always a neighbour. Idea: a window of kernel addresses of its own, in which
 * ranges of pages are mapped one by one, and at least one page between two ranges is never
 * mapped: a guard. Whoever runs over the end of a range traps on the first byte.
 *
 * All bookkeeping is one bit for each page of the window: set while the page is mapped. As there
 * is a guard on both sides of each range, a range is exactly a row of set bits: its start and
 * length need not be kept anywhere, and nothing is allocated to remember an allocation. Who asks
 * about an address from the double-fault handler reads the same bits and needs nothing else.
 *
 * A search starts at the hint, below which there is little room, and goes round once.
 *
 * Always true (vmalloc_check):
 *   [vmalloc.1]  a bit is set exactly when its page is mapped, to a frame of owner FRAME_VMALLOC
 *   [vmalloc.2]  the first and the last page of the window are never mapped, and no two ranges
 *       touch
 *   [vmalloc.3]  vmalloc_used is the number of set bits
 * Left out: mapping ranges without frames, or by large pages; nothing needs them yet.
 */
#include "mm/vmalloc.h"

#include "kernel/base/panic.h"
#include "lib/assert.h"
#include "lib/bitmap.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/pmap.h"

enum { VMALLOC_PAGES = (VMALLOC_END - VMALLOC_START) >> PAGE_SHIFT };

static uint32_t vmalloc_map[BITMAP_WORDS(VMALLOC_PAGES)];
static uint32_t vmalloc_used;
static size_t vmalloc_hint; /* page number */

static inline vaddr_t vmalloc_address(size_t page)
{
	return VMALLOC_START + ((vaddr_t)page << PAGE_SHIFT);
}

void vmalloc_init(void)
{
	memset(vmalloc_map, 0, sizeof(vmalloc_map));
	vmalloc_used = 0;
	vmalloc_hint = 0;
}

/* The first page of @npages free ones in [from, end), else @end. */
static size_t vmalloc_find(size_t npages, size_t from, size_t end)
{
	size_t start = bitmap_find_clear(vmalloc_map, end, from);
	for (size_t page = start; page < end; page++) {
		if (bitmap_test(vmalloc_map, page)) {
			start = bitmap_find_clear(vmalloc_map, end, page);
			page = start;
		}
		if (page < end && page - start + 1 == npages)
			return start;
	}
	return end;
}

/* The first page of a free row of @npages with a guard on both sides; 0: there is none. */
static size_t vmalloc_place(size_t npages)
{
	size_t guard = vmalloc_find(npages + 2, vmalloc_hint, VMALLOC_PAGES);
	if (guard == VMALLOC_PAGES)
		guard = vmalloc_find(npages + 2, 0, VMALLOC_PAGES);
	return guard == VMALLOC_PAGES ? 0 : guard + 1;
}

/* Unmap and free @npages pages from @start on. */
static void vmalloc_release(size_t start, size_t npages)
{
	for (size_t page = start; page < start + npages; page++) {
		bitmap_clear(vmalloc_map, page);
		frame_free(frame_of(pmap_kernel_unmap(vmalloc_address(page))));
	}
	vmalloc_used -= npages;
	vmalloc_hint = MIN(vmalloc_hint, start - 1);
}

void *vmalloc(size_t npages)
{
	if (npages == 0 || npages > VMALLOC_PAGES - 2)
		return NULL;
	size_t start = vmalloc_place(npages);
	if (start == 0)
		return NULL;
	for (size_t page = start; page < start + npages; page++) {
		struct frame *f = frame_alloc(0, FRAME_VMALLOC);
		if (!f) {
			vmalloc_release(start, page - start);
			return NULL;
		}
		pmap_kernel_map(vmalloc_address(page), frame_pfn(f), PROT_R | PROT_W);
		bitmap_set(vmalloc_map, page);
		vmalloc_used++;
	}
	vmalloc_hint = start + npages;
	return (void *)vmalloc_address(start);
}

/* The page number of @va; VMALLOC_PAGES if it lies outside the window. */
static size_t vmalloc_page(vaddr_t va)
{
	if (va < VMALLOC_START || va >= VMALLOC_END)
		return VMALLOC_PAGES;
	return (va - VMALLOC_START) >> PAGE_SHIFT;
}

void vfree(void *start)
{
	vaddr_t va = (vaddr_t)start;
	size_t page = vmalloc_page(va);
	if (page == VMALLOC_PAGES || va & PAGE_MASK || !bitmap_test(vmalloc_map, page) ||
	    bitmap_test(vmalloc_map, page - 1))
		panic("vfree: %p is not the start of a range", start);
	size_t end = bitmap_find_clear(vmalloc_map, VMALLOC_PAGES, page);
	vmalloc_release(page, end - page);
}

bool vmalloc_guard(vaddr_t va, vaddr_t *start)
{
	size_t page = vmalloc_page(va);
	if (page == VMALLOC_PAGES || bitmap_test(vmalloc_map, page))
		return false;
	/* Between two ranges: stacks grow down, so the upper one is the one that overflowed. */
	if (page + 1 < VMALLOC_PAGES && bitmap_test(vmalloc_map, page + 1)) {
		*start = vmalloc_address(page + 1);
		return true;
	}
	if (page == 0 || !bitmap_test(vmalloc_map, page - 1))
		return false;
	while (bitmap_test(vmalloc_map, page - 1))
		page--;
	*start = vmalloc_address(page);
	return true;
}

uint32_t vmalloc_pages(void)
{
	return vmalloc_used;
}

void vmalloc_check(void)
{
	/* [vmalloc.2] */
	ASSERT(!bitmap_test(vmalloc_map, 0) && !bitmap_test(vmalloc_map, VMALLOC_PAGES - 1));
	ASSERT(bitmap_count(vmalloc_map, VMALLOC_PAGES) == vmalloc_used); /* [vmalloc.3] */
	/* [vmalloc.1] */
	for (size_t page = 0; page < VMALLOC_PAGES; page++)
		ASSERT(bitmap_test(vmalloc_map, page) == pmap_kernel_mapped(vmalloc_address(page)));
	ASSERT(frame_stats.owned[FRAME_VMALLOC] == vmalloc_used); /* [vmalloc.1] */
}

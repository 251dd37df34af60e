/*
 * The kernel half of every directory: direct map, kernel ranges, windows.
 *
 * All tables of the kernel half are made at boot, so a directory entry of the kernel half never
 * changes afterwards and every address space can hold a plain copy.
 *
 *   direct map   low RAM, and in it all frames the kernel manages, by 4 MiB pages where the CPU
 *                has them; the 4 MiB around the kernel image by 4 KiB pages, so that text and
 *                read-only data can be read-only. Global where the CPU can: they are the same in
 *                every address space.
 *   vmalloc      VMALLOC_START..VMALLOC_END: 16 tables, empty at first
 *   windows      WINDOW_SLOTS pages through which frames beyond the direct map are seen
 *
 * Always true (pmap_check_kernel):
 *   [pmap_kernel.1]  no entry of the kernel half has the user bit
 *   [pmap_kernel.2]  text and read-only data are mapped without the write bit (CR0.WP is set, so
 *       the kernel cannot write them either)
 *   [pmap_kernel.3]  a window slot that is free maps nothing
 * Left out: 4 KiB tables for the whole direct map on CPUs with PSE; large pages spare the TLB.
 * Source: Intel SDM vol. 3, 4.3 and 4.10.2.4 (global pages).
 */
#include "kernel/base/panic.h"
#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "mm/frame.h"
#include "mm/pmap.h"
#include "mm/x86/pte.h"

enum { WINDOW_SLOTS = 8 };

static paddr_t kernel_directory; /* physical */
static pfn_t direct_frames;
static paddr_t readonly_start;
static paddr_t readonly_end;
static pte_t *vmalloc_entries[(VMALLOC_END - VMALLOC_START) >> TABLE_SHIFT];
static pte_t *window_entries;
static uint32_t window_used; /* a bit for each slot */

paddr_t pmap_kernel_directory(void)
{
	return kernel_directory;
}

pfn_t pmap_direct_frames(void)
{
	return direct_frames;
}

static pte_t *table_create(void)
{
	struct frame *f = frame_alloc(0, FRAME_TABLE);
	if (f == NULL)
		panic("no memory for the kernel's page tables");
	cpu_page_clear(frame_bytes(f));
	return frame_bytes(f);
}

static pte_t *table_attach(pte_t *directory, vaddr_t va)
{
	pte_t *table = table_create();
	directory[table_slot(va)] = virt_to_phys(table) | PTE_PRESENT | PTE_WRITE;
	return table;
}

static pte_t global_bit(void)
{
	return cpu_features() & CPUID_PGE ? PTE_GLOBAL : 0;
}

/* 4 KiB pages for one chunk of the direct map. */
static void direct_map_small(pte_t *directory, paddr_t start, paddr_t end)
{
	pte_t *table = table_attach(directory, DIRECT_BASE_VA + start);
	for (paddr_t pa = start; pa < end; pa += PAGE_SIZE) {
		bool readonly = pa >= readonly_start && pa < readonly_end;
		table[entry_slot(pa)] =
			pa | PTE_PRESENT | global_bit() | (readonly ? 0 : PTE_WRITE);
	}
}

static void direct_map_build(pte_t *directory)
{
	paddr_t end = (paddr_t)direct_frames << PAGE_SHIFT;
	for (paddr_t pa = 0; pa < end; pa += TABLE_BYTES) {
		paddr_t stop = pa + TABLE_BYTES;
		bool has_image = pa < readonly_end && readonly_start < stop;
		if (stop > end || has_image || !(cpu_features() & CPUID_PSE))
			direct_map_small(directory, pa, MIN(stop, end));
		else
			directory[table_slot(DIRECT_BASE_VA + pa)] =
				pa | PTE_PRESENT | PTE_WRITE | PTE_LARGE | global_bit();
	}
}

void pmap_init(paddr_t ro_start, paddr_t ro_end, pfn_t direct)
{
	ASSERT(direct >= frame_count);
	direct_frames = direct;
	readonly_start = ro_start;
	readonly_end = ro_end;
	pte_t *directory = table_create();
	direct_map_build(directory);
	for (vaddr_t va = VMALLOC_START; va < VMALLOC_END; va += TABLE_BYTES)
		vmalloc_entries[(va - VMALLOC_START) >> TABLE_SHIFT] = table_attach(directory, va);
	window_entries = table_attach(directory, WINDOW_BASE);
	kernel_directory = virt_to_phys(directory);
	cpu_load_directory(kernel_directory);
	cpu_flush_tlb();
}

static pte_t *vmalloc_entry(vaddr_t va)
{
	ASSERT(va >= VMALLOC_START && va < VMALLOC_END);
	return vmalloc_entries[(va - VMALLOC_START) >> TABLE_SHIFT] + entry_slot(va);
}

void pmap_kernel_map(vaddr_t va, pfn_t pfn, unsigned prot)
{
	pte_t *pte = vmalloc_entry(va);
	ASSERT(!(*pte & PTE_PRESENT));
	*pte = pfn << PAGE_SHIFT | PTE_PRESENT | (prot & PROT_W ? PTE_WRITE : 0);
}

pfn_t pmap_kernel_unmap(vaddr_t va)
{
	pte_t *pte = vmalloc_entry(va);
	ASSERT(*pte & PTE_PRESENT);
	pfn_t pfn = *pte >> PAGE_SHIFT;
	*pte = 0;
	cpu_invlpg(va);
	return pfn;
}

bool pmap_kernel_mapped(vaddr_t va)
{
	return *vmalloc_entry(va) & PTE_PRESENT;
}

void *pmap_window(pfn_t pfn)
{
	if (LIKELY(pfn < direct_frames))
		return phys_to_virt(pfn << PAGE_SHIFT);
	unsigned i = 0;
	while (window_used >> i & 1)
		i++;
	ASSERT(i < WINDOW_SLOTS);
	window_used |= 1u << i;
	window_entries[i] = pfn << PAGE_SHIFT | PTE_PRESENT | PTE_WRITE;
	return (void *)(WINDOW_BASE + i * PAGE_SIZE);
}

void pmap_window_done(void *window)
{
	vaddr_t va = (vaddr_t)window;
	if (va < WINDOW_BASE)
		return;
	unsigned i = (va - WINDOW_BASE) >> PAGE_SHIFT;
	ASSERT(i < WINDOW_SLOTS && (window_used >> i & 1));
	window_used &= ~(1u << i);
	window_entries[i] = 0;
	cpu_invlpg(va);
}

static void kernel_table_check(vaddr_t start, const pte_t *table)
{
	for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
		vaddr_t va = start + (i << PAGE_SHIFT);
		pte_t pte = table[i];
		ASSERT(!(pte & PTE_PRESENT) || !(pte & PTE_USER)); /* [pmap_kernel.1] */
		if (va - DIRECT_BASE_VA >= readonly_start && va - DIRECT_BASE_VA < readonly_end)
			ASSERT((pte & PTE_PRESENT) && !(pte & PTE_WRITE)); /* [pmap_kernel.2] */
	}
}

void pmap_check_kernel(void)
{
	const pte_t *directory = phys_to_virt(kernel_directory);
	for (unsigned slot = USER_TABLES; slot < TABLE_ENTRIES; slot++) {
		pte_t pde = directory[slot];
		vaddr_t start = (vaddr_t)slot << TABLE_SHIFT;
		if (!(pde & PTE_PRESENT))
			continue;
		ASSERT(!(pde & PTE_USER)); /* [pmap_kernel.1] */
		if (!(pde & PTE_LARGE))
			kernel_table_check(start, phys_to_virt(pde & PTE_FRAME));
		else /* [pmap_kernel.2] */
			ASSERT(start - DIRECT_BASE_VA >= readonly_end ||
			       start - DIRECT_BASE_VA + TABLE_BYTES <= readonly_start);
	}
	/* [pmap_kernel.3] */
	for (unsigned i = 0; i < TABLE_ENTRIES; i++)
		ASSERT((i < WINDOW_SLOTS && (window_used >> i & 1)) || window_entries[i] == 0);
}

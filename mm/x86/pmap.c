/*
 * Page tables of x86: the user half of every address space.
 *
 * A directory of 1024 entries names page tables; each table names 1024 pages. The upper 256
 * directory entries are the kernel's and equal in every directory; they are filled once at boot
 * (pmap_kernel.c) and never change, so no directory ever has to be brought up to date.
 *
 * How an entry is stored, known here alone:
 *   0                      none
 *   present bit set        frame: the MMU's format; accessed and dirty are set by the MMU itself
 *   ... 10 (low bits)      frame that nobody may touch (PROT_NONE): not present to the MMU; with
 *                          WITHDRAWN a frame whose rights are revoked until pmap_grant
 *   ... 00                 slot: number << 2, never 0 because slot 0 is "none"
 *
 * The name of an entry (mapping_t) is its physical address divided by 4: the table's frame number
 * and the position in it. The table's struct frame says whose table it is and which addresses
 * it translates; its two companion pages hold two words for each entry, for the reverse map. So
 * one number leads from a frame to its mapper and back, and mapping a page allocates nothing else.
 *
 * Always true (pmap_check):
 *   [pmap.1]  a table's live count is the number of its entries that are not none
 *   [pmap.2]  resident and swapped are the numbers of frame and slot entries
 *   [pmap.3]  a table's frame names this pmap and the addresses it translates
 *   [pmap.4]  entries are user entries and lie in [USER_BASE, USER_TOP); no large page, no global
 *       bit
 *   [pmap.5]  the TLB holds nothing that the tables would refuse: every change that takes rights or
 *       a mark away is followed by invlpg if these tables are in use. Loading CR3 flushes the rest.
 *
 * A change that only adds rights is not flushed: the CPU drops the entry when it faults on it.
 * The one writer of directory entries is table_install; tables are freed only in pmap_destroy,
 * when the directory is not in use, so no paging-structure cache can name a freed table.
 *
 * Left out: giving back empty tables before the process ends. They cost two frames for 4 MiB of
 * addresses that were in use once.
 * Source: Intel SDM vol. 3, chapter 4 (paging), 4.10 (TLBs and paging-structure caches).
 */
#include "mm/pmap.h"

#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "mm/x86/pte.h"

static const struct pmap *pmap_active;

static pte_t *pmap_directory(const struct pmap *pm)
{
	return phys_to_virt(pm->directory);
}

static void pmap_flush(const struct pmap *pm, vaddr_t va)
{
	if (pm == pmap_active)
		cpu_invlpg(va);
}

/* The entry of @va, or NULL where there is no table. */
static pte_t *pmap_find(const struct pmap *pm, vaddr_t va)
{
	pte_t pde = pmap_directory(pm)[table_slot(va)];
	if (!(pde & PTE_PRESENT))
		return NULL;
	return (pte_t *)phys_to_virt(pde & PTE_FRAME) + entry_slot(va);
}

static pte_t *pmap_must_find(const struct pmap *pm, vaddr_t va)
{
	ASSERT(va >= USER_BASE && va < USER_TOP);
	pte_t *pte = pmap_find(pm, va);
	ASSERT(pte != NULL);
	return pte;
}

static struct frame *table_of(const pte_t *pte)
{
	return frame_of_bytes(pte);
}

/* The first address that @table translates. */
static vaddr_t table_start(const struct frame *table)
{
	return (vaddr_t)table->table_index << TABLE_SHIFT;
}

static bool pte_is_frame(pte_t pte)
{
	return (pte & PTE_FRAME_KIND) != 0;
}

static bool pte_is_slot(pte_t pte)
{
	return pte != 0 && !pte_is_frame(pte);
}

/* The rights of a frame entry. */
static pte_t pte_rights(unsigned prot)
{
	if (prot == PROT_NONE)
		return PTE_HIDDEN;
	return PTE_PRESENT | (prot & PROT_W ? PTE_WRITE : 0);
}

static bool pte_withdrawn(pte_t pte)
{
	return pte_is_frame(pte) && (pte & PTE_WITHDRAWN);
}

static unsigned pte_prot(pte_t pte)
{
	if (!(pte & (PTE_PRESENT | PTE_WITHDRAWN)))
		return PROT_NONE;
	if (pte & PTE_HELD_WRITE || (pte & PTE_PRESENT && pte & PTE_WRITE))
		return PROT_R | PROT_W;
	return PROT_R;
}

/* @pte with its rights revoked. What may not be touched anyway stays as it is. */
static pte_t pte_withdraw(pte_t pte)
{
	if (!(pte & PTE_PRESENT))
		return pte;
	pte_t held = pte & PTE_WRITE ? PTE_HELD_WRITE : 0;
	return (pte & ~(pte_t)PTE_PRESENT) | PTE_HIDDEN | PTE_WITHDRAWN | held;
}

static void table_install(struct pmap *pm, vaddr_t va, struct frame *table)
{
	pmap_directory(pm)[table_slot(va)] =
		frame_pfn(table) << PAGE_SHIFT | PTE_PRESENT | PTE_WRITE | PTE_USER;
	pm->tables++;
}

/* A page table for @va, which has none. 0 or -ENOMEM. */
static __attribute__((noinline)) int table_add(struct pmap *pm, vaddr_t va)
{
	struct frame *table = frame_alloc(0, FRAME_TABLE);
	if (table == NULL)
		return -ENOMEM;
	struct frame *next = frame_alloc(0, FRAME_TABLE), *prev = frame_alloc(0, FRAME_TABLE);
	if (next == NULL || prev == NULL)
		goto fail;
	cpu_page_clear(frame_bytes(table));
	table->pmap = pm;
	table->table_index = (uint16_t)table_slot(va);
	table->rmap_next = frame_bytes(next);
	table->rmap_prev = frame_bytes(prev);
	table_install(pm, va, table);
	return 0;
fail:
	if (next != NULL)
		frame_free(next);
	if (prev != NULL)
		frame_free(prev);
	frame_free(table);
	return -ENOMEM;
}

int pmap_reserve(struct pmap *pm, vaddr_t va)
{
	ASSERT(va >= USER_BASE && va < USER_TOP);
	return LIKELY(pmap_find(pm, va) != NULL) ? 0 : table_add(pm, va);
}

int pmap_create(struct pmap *pm)
{
	struct frame *directory = frame_alloc(0, FRAME_TABLE);
	if (directory == NULL)
		return -ENOMEM;
	*pm = (struct pmap){ .directory = frame_pfn(directory) << PAGE_SHIFT };
	cpu_page_copy(frame_bytes(directory), phys_to_virt(pmap_kernel_directory()));
	return 0;
}

void pmap_destroy(struct pmap *pm)
{
	ASSERT(pm != pmap_active && pm->resident == 0 && pm->swapped == 0);
	pte_t *directory = pmap_directory(pm);
	for (unsigned i = 0; i < USER_TABLES; i++) {
		if (!(directory[i] & PTE_PRESENT))
			continue;
		struct frame *table = frame_of(directory[i] >> PAGE_SHIFT);
		ASSERT(table->live == 0);
		frame_free(frame_of_bytes(table->rmap_next));
		frame_free(frame_of_bytes(table->rmap_prev));
		frame_free(table);
	}
	frame_free(frame_of_bytes(directory));
	pm->directory = 0;
}

void pmap_activate(struct pmap *pm)
{
	if (pm == pmap_active)
		return;
	pmap_active = pm;
	cpu_load_directory(pm != NULL ? pm->directory : pmap_kernel_directory());
}

int pmap_map(struct pmap *pm, vaddr_t va, pfn_t pfn, unsigned prot)
{
	ASSERT(va >= USER_BASE && va < USER_TOP);
	pte_t *pte = pmap_find(pm, va);
	if (UNLIKELY(pte == NULL)) {
		int err = table_add(pm, va);
		if (err)
			return err;
		pte = pmap_find(pm, va);
	}
	pte_t old = *pte;
	ASSERT(!pte_is_frame(old));
	*pte = pfn << PAGE_SHIFT | PTE_USER | pte_rights(prot);
	pm->resident++;
	if (old == 0)
		table_of(pte)->live++;
	else
		pm->swapped--;
	return 0;
}

static struct pmap_entry pmap_decode(pte_t pte)
{
	if (pte_is_frame(pte))
		return (struct pmap_entry){
			.kind = PMAP_FRAME,
			.prot = pte_prot(pte),
			.accessed = pte & PTE_ACCESSED,
			.dirty = pte & PTE_DIRTY,
			.number = pte >> PAGE_SHIFT,
		};
	return (struct pmap_entry){ .kind = pte ? PMAP_SLOT : PMAP_NONE,
				    .number = pte >> PTE_SLOT_SHIFT };
}

struct pmap_entry pmap_unmap(struct pmap *pm, vaddr_t va)
{
	pte_t *pte = pmap_must_find(pm, va);
	/* one CPU, and it is here: nothing sets a bit between this and the flush */
	pte_t old = *pte;
	ASSERT(pte_is_frame(old));
	*pte = 0;
	pm->resident--;
	table_of(pte)->live--;
	pmap_flush(pm, va);
	return pmap_decode(old);
}

void pmap_set_slot(struct pmap *pm, vaddr_t va, slot_t slot)
{
	pte_t *pte = pmap_must_find(pm, va);
	ASSERT(*pte == 0 && slot != 0);
	*pte = slot << PTE_SLOT_SHIFT;
	pm->swapped++;
	table_of(pte)->live++;
}

void pmap_clear(struct pmap *pm, vaddr_t va)
{
	pte_t *pte = pmap_find(pm, va);
	if (pte == NULL || *pte == 0)
		return;
	ASSERT(!pte_is_frame(*pte));
	*pte = 0;
	pm->swapped--;
	table_of(pte)->live--;
}

void pmap_protect(struct pmap *pm, vaddr_t va, unsigned prot)
{
	pte_t *pte = pmap_must_find(pm, va);
	pte_t old = *pte;
	ASSERT(pte_is_frame(old));
	pte_t new = old & ~(pte_t)(PTE_FRAME_KIND | PTE_WITHDRAWN | PTE_HELD_WRITE);
	new |= pte_rights(prot);
	*pte = pte_withdrawn(old) ? pte_withdraw(new) : new;
	if (pte_prot(old) & ~prot)
		pmap_flush(pm, va);
}

struct pmap_entry pmap_lookup(const struct pmap *pm, vaddr_t va)
{
	const pte_t *pte = pmap_find(pm, va);
	return pmap_decode(pte != NULL ? *pte : 0);
}

bool pmap_test_clear_accessed(struct pmap *pm, vaddr_t va)
{
	pte_t *pte = pmap_must_find(pm, va);
	if (!(*pte & PTE_ACCESSED))
		return false;
	*pte &= ~PTE_ACCESSED;
	pmap_flush(pm, va);
	return true;
}

void pmap_withdraw(struct pmap *pm, vaddr_t va)
{
	pte_t *pte = pmap_find(pm, va);
	if (pte == NULL || !(*pte & PTE_PRESENT))
		return;
	*pte = pte_withdraw(*pte);
	pmap_flush(pm, va);
}

bool pmap_grant(struct pmap *pm, vaddr_t va, bool write)
{
	pte_t *pte = pmap_find(pm, va);
	if (pte == NULL || !pte_is_frame(*pte))
		return false;
	if (write && (*pte & PTE_HELD_WRITE)) {
		*pte &= ~(pte_t)(PTE_WITHDRAWN | PTE_HELD_WRITE);
		*pte |= PTE_PRESENT | PTE_WRITE;
		return true;
	}
	if (!(*pte & PTE_WITHDRAWN))
		return false;
	*pte &= ~(pte_t)(PTE_WITHDRAWN | PTE_HIDDEN);
	*pte |= PTE_PRESENT;
	return true;
}

vaddr_t pmap_next(const struct pmap *pm, vaddr_t va, vaddr_t end)
{
	while (va < end) {
		const pte_t *pte = pmap_find(pm, va);
		vaddr_t stop = MIN(ROUND_DOWN(va, TABLE_BYTES) + TABLE_BYTES, end);
		if (pte == NULL || table_of(pte)->live == 0) {
			va = stop;
			continue;
		}
		for (; va < stop; va += PAGE_SIZE) {
			if (*pte)
				return va;
			pte++;
		}
	}
	return end;
}

mapping_t pmap_mapping(const struct pmap *pm, vaddr_t va)
{
	return virt_to_phys(pmap_must_find(pm, va)) / sizeof(pte_t);
}

struct pmap *pmap_of_mapping(mapping_t mapping, vaddr_t *va)
{
	struct frame *table = frame_of(mapping / TABLE_ENTRIES);
	ASSERT(table->owner == FRAME_TABLE);
	*va = table_start(table) + (mapping % TABLE_ENTRIES << PAGE_SHIFT);
	return table->pmap;
}

mapping_t *pmap_mapping_next(mapping_t mapping)
{
	return &frame_of(mapping / TABLE_ENTRIES)->rmap_next[mapping % TABLE_ENTRIES];
}

mapping_t *pmap_mapping_prev(mapping_t mapping)
{
	return &frame_of(mapping / TABLE_ENTRIES)->rmap_prev[mapping % TABLE_ENTRIES];
}

/* [pmap.1], [pmap.3], [pmap.4] for one table; adds to the counts of [pmap.2]. */
static void table_check(const struct pmap *pm, unsigned slot, uint32_t *resident, uint32_t *swapped)
{
	pte_t pde = pmap_directory(pm)[slot];
	const struct frame *table = frame_of(pde >> PAGE_SHIFT);
	const pte_t *entries = phys_to_virt(pde & PTE_FRAME);
	uint32_t live = 0;
	ASSERT(table->state == FRAME_OWNED && table->owner == FRAME_TABLE);
	/* [pmap.3] */
	ASSERT(table->pmap == pm && table->table_index == slot);
	ASSERT(!(pde & PTE_LARGE)); /* [pmap.4] */
	for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
		pte_t pte = entries[i];
		if (pte == 0)
			continue;
		live++;
		ASSERT(table_start(table) + (i << PAGE_SHIFT) >= USER_BASE); /* [pmap.4] */
		if (pte_is_slot(pte)) {
			(*swapped)++;
			continue;
		}
		(*resident)++;
		ASSERT((pte & PTE_USER) && !(pte & PTE_GLOBAL)); /* [pmap.4] */
		ASSERT(pte >> PAGE_SHIFT < frame_count);
	}
	ASSERT(table->live == live); /* [pmap.1] */
}

/* The same in every directory, but for what the MMU notes in the one that is in force. */
static void kernel_half_check(const pte_t *directory)
{
	const pte_t *kernel = phys_to_virt(pmap_kernel_directory());
	for (unsigned i = USER_TABLES; i < TABLE_ENTRIES; i++)
		ASSERT(((directory[i] ^ kernel[i]) & ~(pte_t)(PTE_ACCESSED | PTE_DIRTY)) == 0);
}

void pmap_check(const struct pmap *pm)
{
	uint32_t resident = 0, swapped = 0, tables = 0;
	for (unsigned i = 0; i < USER_TABLES; i++) {
		if (!(pmap_directory(pm)[i] & PTE_PRESENT))
			continue;
		tables++;
		table_check(pm, i, &resident, &swapped);
	}
	/* [pmap.2] */
	ASSERT(pm->resident == resident && pm->swapped == swapped && pm->tables == tables);
	kernel_half_check(pmap_directory(pm));
}

/*
 * The simulated MMU: two-level page tables and a TLB.
 *
 * Written from Intel's manual, not from mm/x86/: it has its own names for the bits, so that the two
 * check each other (SDM vol. 3, 4.3 32-bit paging, 4.8 accessed and dirty, 4.10 caching).
 *
 * The TLB has room for every page, so an entry leaves it only by cpu_invlpg, by a load of CR3
 * (unless it is global), or by a page fault on its address. It holds the rights at the time of the
 * walk. A write through an entry not marked dirty walks again, sets the dirty bit in the table and
 * marks the entry; so a dirty bit that the kernel clears without a flush stays clear, as on the
 * real thing.
 *
 * CR0.WP is set: the kernel, too, can write only what is writable.
 */
#include <string.h>

#include "kernel/base/panic.h"
#include "kernel/x86/cpu.h"
#include "lib/errno.h"
#include "mm/fault.h"
#include "tests/host/sim_internal.h"

enum { BIT_P = 0x1, BIT_W = 0x2, BIT_U = 0x4, BIT_A = 0x20, BIT_D = 0x40, BIT_PS = 0x80,
       BIT_G = 0x100 };
enum { NPAGES = 1 << 20, SAME_FAULT_MAX = 32 };

paddr_t sim_directory;
vaddr_t sim_fault_address;
bool sim_stale_check = true;
uint32_t sim_faults;
uint32_t sim_flushes;
uint32_t sim_directory_loads;

static struct sim_translation tlb[NPAGES];
/* Pages that have, or had, an entry since the last flush of all: so that a flush finds them. */
static uint32_t tlb_pages[NPAGES];
static uint32_t tlb_count;
static bool tlb_listed[NPAGES];

/* A walk's result with the entries it went through. */
struct walk {
	struct sim_translation t;
	uint32_t *directory_entry;
	uint32_t *leaf;
};

static uint32_t *table_word(paddr_t table, unsigned index)
{
	if (table >> PAGE_SHIFT >= frame_count)
		panic("sim: page table outside RAM at 0x%x", table);
	return (uint32_t *)(sim_ram + table) + index;
}

static struct sim_translation leaf_translation(uint32_t pde, uint32_t leaf, bool large, vaddr_t va)
{
	uint32_t both = pde & leaf;
	struct sim_translation t = { leaf >> PAGE_SHIFT, SIM_PRESENT };
	if (large) {
		t.pfn = (leaf >> 22 << 10) | (va >> PAGE_SHIFT & 0x3ff);
		t.rights |= SIM_LARGE;
	}
	t.rights |= both & BIT_W ? SIM_WRITE : 0;
	t.rights |= both & BIT_U ? SIM_USER : 0;
	t.rights |= both & BIT_A ? SIM_ACCESSED : 0;
	t.rights |= leaf & BIT_D ? SIM_DIRTY : 0;
	t.rights |= leaf & BIT_G && sim_features & CPUID_PGE ? SIM_GLOBAL : 0;
	return t;
}

static struct walk walk(vaddr_t va)
{
	struct walk w = { { 0, 0 }, NULL, NULL };
	if (sim_directory == 0)
		return w;
	w.directory_entry = table_word(sim_directory & ~PAGE_MASK, va >> 22);
	uint32_t pde = *w.directory_entry;
	if (!(pde & BIT_P))
		return w;
	w.leaf = w.directory_entry;
	if (!(pde & BIT_PS && sim_features & CPUID_PSE))
		w.leaf = table_word(pde & ~PAGE_MASK, va >> PAGE_SHIFT & 0x3ff);
	if (*w.leaf & BIT_P)
		w.t = leaf_translation(pde, *w.leaf, w.leaf == w.directory_entry, va);
	return w;
}

struct sim_translation sim_walk(vaddr_t va)
{
	return walk(va).t;
}

struct sim_translation sim_tlb(vaddr_t va)
{
	return tlb[va >> PAGE_SHIFT];
}

static bool allowed(struct sim_translation t, unsigned how)
{
	uint32_t need = SIM_PRESENT;
	need |= how & SIM_FOR_WRITE ? SIM_WRITE : 0;
	need |= how & SIM_BY_USER ? SIM_USER : 0;
	return (t.rights & need) == need;
}

static void tlb_fill(uint32_t page, struct sim_translation t)
{
	if (!tlb_listed[page]) {
		tlb_listed[page] = true;
		tlb_pages[tlb_count] = page;
		tlb_count++;
	}
	tlb[page] = t;
}

/* Does @entry grant what the tables do not? */
static void tlb_entry_check(uint32_t page, struct sim_translation entry)
{
	struct sim_translation now = sim_walk(page << PAGE_SHIFT);
	const char *what = NULL;
	if (!now.rights)
		what = "unmapped";
	else if (now.pfn != entry.pfn)
		what = "mapped to another frame";
	else if (entry.rights & ~now.rights & (SIM_WRITE | SIM_USER))
		what = "protected";
	else if (entry.rights & ~now.rights & SIM_ACCESSED)
		what = "marked not accessed";
	else if (entry.rights & ~now.rights & SIM_DIRTY)
		what = "marked clean";
	if (what)
		panic("sim: missed flush: 0x%x was %s, the TLB does not know", page << PAGE_SHIFT,
		      what);
}

void sim_tlb_check(void)
{
	for (uint32_t i = 0; i < tlb_count; i++) {
		if (tlb[tlb_pages[i]].rights)
			tlb_entry_check(tlb_pages[i], tlb[tlb_pages[i]]);
	}
}

/* Walk, and if the access is allowed set the bits and remember it. */
static bool walk_for(vaddr_t va, unsigned how)
{
	struct walk w = walk(va);
	if (!allowed(w.t, how))
		return false;
	*w.directory_entry |= BIT_A;
	*w.leaf |= BIT_A;
	if (how & SIM_FOR_WRITE)
		*w.leaf |= BIT_D;
	tlb_fill(va >> PAGE_SHIFT, sim_walk(va));
	return true;
}

unsigned char *sim_access(vaddr_t va, unsigned how)
{
	uint32_t page = va >> PAGE_SHIFT;
	bool known = tlb[page].rights;
	if (known && sim_stale_check)
		tlb_entry_check(page, tlb[page]);
	bool marks_dirty = how & SIM_FOR_WRITE && !(tlb[page].rights & SIM_DIRTY);
	bool ok = known ? allowed(tlb[page], how) : walk_for(va, how);
	if (ok && known && marks_dirty)
		ok = walk_for(va, how);
	if (!ok) {
		tlb[page].rights = 0;
		return NULL;
	}
	if (tlb[page].pfn >= frame_count)
		panic("sim: 0x%x is mapped to frame %u, which is no RAM", va, tlb[page].pfn);
	return sim_ram + (tlb[page].pfn << PAGE_SHIFT) + (va & PAGE_MASK);
}

unsigned char *sim_access_faulting(struct aspace *as, vaddr_t va, unsigned how, int *error)
{
	*error = 0;
	for (unsigned i = 0; i < SAME_FAULT_MAX; i++) {
		unsigned char *byte = sim_access(va, how);
		if (byte)
			return byte;
		sim_faults++;
		sim_fault_address = va;
		*error = fault_handle(as, va, how & SIM_FOR_WRITE ? PROT_W : PROT_R);
		if (*error)
			return NULL;
	}
	panic("sim: the fault at 0x%x comes back although it was handled", va);
}

/* The CPU's orders. */

void cpu_invlpg(vaddr_t linear)
{
	uint32_t page = linear >> PAGE_SHIFT;
	sim_flushes++;
	if (tlb[page].rights & SIM_LARGE) {
		uint32_t first = page & ~0x3ffu;
		for (uint32_t i = first; i < first + 0x400; i++)
			tlb[i].rights = 0;
	}
	tlb[page].rights = 0;
}

static void tlb_flush(uint32_t keep)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < tlb_count; i++) {
		uint32_t page = tlb_pages[i];
		if (!(tlb[page].rights & keep)) {
			tlb[page].rights = 0;
			tlb_listed[page] = false;
		} else {
			tlb_pages[kept] = page;
			kept++;
		}
	}
	tlb_count = kept;
}

void cpu_load_directory(paddr_t directory)
{
	sim_directory_loads++;
	sim_directory = directory;
	tlb_flush(SIM_GLOBAL);
}

void cpu_flush_tlb(void)
{
	tlb_flush(0);
}

paddr_t cpu_directory(void)
{
	return sim_directory;
}

void sim_mmu_reset(void)
{
	tlb_flush(0);
	sim_directory = 0;
	sim_faults = 0;
	sim_flushes = 0;
	sim_directory_loads = 0;
}

/*
 * A translation explained: what the MMU does with an address, step by step, in words.
 *
 * The CPU cuts a linear address into three: 10 bits choose an entry of the page directory, 10 an
 * entry of the page table that the first one names, and 12 are the byte in the page. This does the
 * same by hand and says at each step what it read and where.
 *
 * Entries are read once, at the beginning: the reader of the text may be the cause that they
 * change.
 * Source: Intel SDM vol. 3, 4.3 (32-bit paging).
 */
#include "mm/pmap.h"

#include "lib/format.h"
#include "mm/x86/pte.h"

enum { WALK_LINE = 100, WALK_LARGE_MASK = TABLE_BYTES - 1 };

struct walk_bit {
	uint8_t bit;
	bool directory, table; /* in which of the two it has this meaning */
	const char *name, *set, *clear;
};

static const struct walk_bit walk_bits[] = {
	{ 0, true, true, "P", "present", "not present" },
	{ 1, true, true, "R/W", "may be written", "read only" },
	{ 2, true, true, "U/S", "user and kernel", "kernel only" },
	{ 3, true, true, "PWT", "write-through", "write-back" },
	{ 4, true, true, "PCD", "not cached", "cached" },
	{ 5, true, true, "A", "accessed", "not accessed" },
	{ 6, false, true, "D", "dirty", "not dirty" },
	{ 7, true, false, "PS", "a page of 4 MiB", "names a page table" },
	{ 7, false, true, "PAT", "by the attribute table", "as PCD and PWT say" },
	{ 8, false, true, "G", "global: survives a change of CR3", "not global" },
};

struct walk {
	pmap_say *say;
	void *context;
	vaddr_t va;
	paddr_t directory, pde_at, pte_at;
	pte_t pde, pte;
};

static void walk_say(const struct walk *w, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void walk_say(const struct walk *w, const char *fmt, ...)
{
	char line[WALK_LINE];
	va_list args;
	va_start(args, fmt);
	format_string_v(line, sizeof(line), fmt, args);
	va_end(args);
	w->say(w->context, line);
}

/* A present entry, bit by bit. */
static void walk_say_bits(const struct walk *w, pte_t entry, bool directory)
{
	for (size_t i = 0; i < ARRAY_SIZE(walk_bits); i++) {
		const struct walk_bit *b = &walk_bits[i];
		bool large = directory && entry & PTE_LARGE && b->bit != 7;
		bool on = entry >> b->bit & 1;
		if (directory ? b->directory || (large && b->table) : b->table)
			walk_say(w, "  bit %u  %-4s %u  %s", b->bit, b->name, on,
				 on ? b->set : b->clear);
	}
}

/* An entry whose present bit is clear: to the MMU nothing, to the kernel a note of its own. */
static void walk_say_absent(const struct walk *w, pte_t entry)
{
	walk_say(w, "  bit 0  P    0  not present: the MMU looks no further and faults");
	if (entry == 0)
		walk_say(w, "  the kernel has noted nothing: this page was never here, or was "
			    "given up");
	else if (entry & PTE_HIDDEN)
		walk_say(w, "  the kernel's note: frame %u, hidden because nobody may touch it",
			 entry >> PAGE_SHIFT);
	else
		walk_say(w, "  the kernel's note: on slot %u of the swap area",
			 entry >> PTE_SLOT_SHIFT);
}

static void walk_say_rights(const struct walk *w, pte_t both)
{
	walk_say(w, "rights     %s, %s (both entries must allow it)",
		 both & PTE_USER ? "user and kernel" : "kernel only",
		 both & PTE_WRITE ? "read and write" : "read only");
}

static void walk_say_table(const struct walk *w)
{
	walk_say(w, "table      entry %u at physical 0x%08x is 0x%08x", entry_slot(w->va),
		 w->pte_at, w->pte);
	if (!(w->pte & PTE_PRESENT)) {
		walk_say_absent(w, w->pte);
		return;
	}
	walk_say(w, "  bits 31-12    frame %u, at physical 0x%08x", w->pte >> PAGE_SHIFT,
		 w->pte & PTE_FRAME);
	walk_say_bits(w, w->pte, false);
	walk_say_rights(w, w->pde & w->pte);
	walk_say(w, "physical   0x%08x = frame %u * 4096 + offset %u",
		 (w->pte & PTE_FRAME) | (w->va & PAGE_MASK), w->pte >> PAGE_SHIFT,
		 w->va & PAGE_MASK);
}

static void walk_say_large(const struct walk *w)
{
	pte_t start = w->pde & ~(pte_t)WALK_LARGE_MASK;
	walk_say_rights(w, w->pde);
	walk_say(w, "physical   0x%08x = 0x%08x + offset %u in a page of 4 MiB",
		 start | (w->va & WALK_LARGE_MASK), start, w->va & WALK_LARGE_MASK);
}

void pmap_explain(const struct pmap *pm, vaddr_t va, pmap_say *say, void *context)
{
	struct walk w = { .say = say, .context = context, .va = va, .directory = pm->directory };
	w.pde_at = pm->directory + table_slot(va) * sizeof(pte_t);
	w.pde = *(const pte_t *)phys_to_virt(w.pde_at);
	if ((w.pde & PTE_PRESENT) && !(w.pde & PTE_LARGE)) {
		w.pte_at = (w.pde & PTE_FRAME) + entry_slot(va) * sizeof(pte_t);
		w.pte = *(const pte_t *)phys_to_virt(w.pte_at);
	}
	walk_say(&w, "linear     0x%08x = directory %u, table %u, offset %u", va, table_slot(va),
		 entry_slot(va), va & PAGE_MASK);
	walk_say(&w, "CR3        0x%08x, the physical address of the page directory", w.directory);
	walk_say(&w, "directory  entry %u at physical 0x%08x is 0x%08x", table_slot(va), w.pde_at,
		 w.pde);
	if (!(w.pde & PTE_PRESENT)) {
		walk_say(&w, "  bit 0  P    0  not present: no page table for these 4 MiB");
		return;
	}
	walk_say(&w, "  bits 31-%u    %s at physical 0x%08x", w.pde & PTE_LARGE ? 22u : 12u,
		 w.pde & PTE_LARGE ? "a page of 4 MiB" : "the page table",
		 w.pde & (w.pde & PTE_LARGE ? ~(pte_t)WALK_LARGE_MASK : PTE_FRAME));
	walk_say_bits(&w, w.pde, true);
	if (w.pde & PTE_LARGE)
		walk_say_large(&w);
	else
		walk_say_table(&w);
}

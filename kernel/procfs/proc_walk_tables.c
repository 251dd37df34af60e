/*
 * The page tables' part of /proc/PID/walk/ADDRESS: the MMU's walk in words.
 *
 * mm/pmap_walk.h records what the MMU reads; here each entry becomes a paragraph: where it is, what
 * it points to, its bits by name, and at the end the permissions and the physical address. A
 * non-present entry holds a note of the kernel's, which is explained.
 */
#include "kernel/procfs/proc_files.h"
#include "mm/pmap_walk.h"

static const struct {
	const char *name, *set, *clear;
} tables_bits[PMAP_BIT_COUNT] = {
	[PMAP_BIT_PRESENT] = { "P", "present", "not present" },
	[PMAP_BIT_WRITE] = { "R/W", "may be written", "read only" },
	[PMAP_BIT_USER] = { "U/S", "user and kernel", "kernel only" },
	[PMAP_BIT_WRITE_THROUGH] = { "PWT", "write-through", "write-back" },
	[PMAP_BIT_NOT_CACHED] = { "PCD", "not cached", "cached" },
	[PMAP_BIT_ACCESSED] = { "A", "accessed", "not accessed" },
	[PMAP_BIT_DIRTY] = { "D", "dirty", "not dirty" },
	[PMAP_BIT_LARGE] = { "PS", "a page of 4 MiB", "names a page table" },
	[PMAP_BIT_ATTRIBUTE] = { "PAT", "by the attribute table", "as PCD and PWT say" },
	[PMAP_BIT_GLOBAL] = { "G", "global: survives a change of CR3", "not global" },
};

static void tables_add_bits(struct text *t, const struct pmap_step *s)
{
	for (unsigned i = 0; i < s->nbits; i++) {
		unsigned what = s->bits[i].what;
		bool set = s->bits[i].set;
		text_add(t, "  bit %u  %-4s %u  %s\n", s->bits[i].place, tables_bits[what].name,
			 set, set ? tables_bits[what].set : tables_bits[what].clear);
	}
}

/* An entry with the present bit clear: ignored by the MMU, a note to the kernel. */
static void tables_add_absent(struct text *t, const struct pmap_step *s)
{
	text_add(t, "  bit 0  P    0  not present: the MMU looks no further and faults\n");
	switch (s->kind) {
	case PMAP_STEP_SLOT:
		text_add(t, "  the kernel's note: on slot %u of the swap area\n", s->number);
		break;
	case PMAP_STEP_HIDDEN:
		text_add(t, "  the kernel's note: frame %u, hidden because nobody may touch it\n",
			 s->number);
		break;
	case PMAP_STEP_WITHDRAWN:
		text_add(t, "  the kernel's note: frame %u, access revoked so that the next use "
			    "is recorded\n", s->number);
		break;
	default:
		text_add(t, "  the kernel has noted nothing: this page was never here, or was "
			    "given up\n");
	}
}

static void tables_add_directory(struct text *t, unsigned index, const struct pmap_step *s)
{
	const char *names = s->kind == PMAP_STEP_TABLE ? "the page table" : "a page of 4 MiB";
	text_add(t, "directory  entry %u at physical 0x%08x is 0x%08x\n", index, s->at, s->value);
	if (s->nbits == 0) {
		text_add(t, "  bit 0  P    0  not present: no page table for these 4 MiB\n");
		return;
	}
	text_add(t, "  bits 31-%u    %s at physical 0x%08x\n", s->shift, names, s->target);
	tables_add_bits(t, s);
}

static void tables_add_table(struct text *t, unsigned index, const struct pmap_step *s)
{
	text_add(t, "table      entry %u at physical 0x%08x is 0x%08x\n", index, s->at, s->value);
	if (s->nbits == 0) {
		tables_add_absent(t, s);
		return;
	}
	text_add(t, "  bits 31-%u    frame %u, at physical 0x%08x\n", s->shift, s->number,
		 s->target);
	tables_add_bits(t, s);
}

static void tables_add_result(struct text *t, const struct pmap_walk *w, vaddr_t va)
{
	const struct pmap_step *end = pmap_walk_end(w);
	uint32_t offset = pmap_walk_offset(w, va);
	text_add(t, "rights     %s, %s%s\n", w->user ? "user and kernel" : "kernel only",
		 w->writable ? "read and write" : "read only",
		 w->nsteps > 1 ? " (both entries must allow it)" : "");
	text_add(t, "physical   0x%08x = ", end->target + offset);
	if (w->nsteps > 1)
		text_add(t, "frame %u * 4096 + offset %u\n", end->number, offset);
	else
		text_add(t, "0x%08x + offset %u in a page of 4 MiB\n", end->target, offset);
}

void proc_add_walk_tables(struct text *t, const struct pmap *pm, vaddr_t va)
{
	struct pmap_walk w = pmap_walk(pm, va);
	text_add(t, "linear     0x%08x = directory %u, table %u, offset %u\n", va,
		 w.index[0], w.index[1], va & PAGE_MASK);
	text_add(t, "CR3        0x%08x, the physical address of the page directory\n", w.root);
	tables_add_directory(t, w.index[0], &w.steps[0]);
	if (w.nsteps > 1)
		tables_add_table(t, w.index[1], &w.steps[1]);
	if (pmap_walk_end(&w)->kind == PMAP_STEP_PAGE)
		tables_add_result(t, &w, va);
}

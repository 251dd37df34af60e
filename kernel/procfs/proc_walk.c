/*
 * /proc/PID/walk/ADDRESS: the translation of a process's address, explained.
 *
 * Three parts. The segment: the process's offset plus its base, if the limit allows. The page
 * tables: proc_walk_tables.c, from what mm/x86 reads there. And what only the kernel knows: the
 * area, what backs it, who else maps the frame, what the slot holds; for a missing page, what an
 * access would do. Reading has no side effects.
 */
#include "kernel/proc/process.h"
#include "kernel/procfs/proc_files.h"
#include "mm/rmap.h"
#include "mm/swap.h"

enum { WALK_MAPPERS_SHOWN = 8, WALK_TEXT_MAX = 8192 };

/* Hexadecimal, with or without 0x, up to 8 digits. */
bool proc_parse_address(const char *name, size_t length, uint32_t *address)
{
	size_t i = length > 2 && name[0] == '0' && name[1] == 'x' ? 2 : 0;
	uint32_t value = 0;
	if (length == i || length - i > 8)
		return false;
	for (; i < length; i++) {
		char c = name[i];
		unsigned digit = c >= '0' && c <= '9'   ? (unsigned)c - '0'
				 : c >= 'a' && c <= 'f' ? (unsigned)c - 'a' + 10
				 : c >= 'A' && c <= 'F' ? (unsigned)c - 'A' + 10
							: 16;
		if (digit == 16)
			return false;
		value = value << 4 | digit;
	}
	*address = value;
	return true;
}

/* The linear address; false: beyond the segment's limit. */
static bool walk_segment(struct text *t, const struct aspace *as, uint32_t offset, vaddr_t *va)
{
	const struct segment *s = &as->segment;
	text_add(t, "segment    base 0x%08x, limit 0x%08x bytes, offset 0x%08x\n", s->base,
		 s->data_limit, offset);
	text_add(t, "  code limit 0x%08x bytes: an instruction here %s\n", s->code_limit,
		 offset < s->code_limit ? "may be fetched" : "is refused");
	*va = s->base + offset;
	if (offset < s->data_limit)
		return true;
	text_add(t, "  beyond the limit: a user program gets a general protection fault\n");
	return offset >= KERNEL_BASE && s->base == 0;
}

/* Areas are relative to the segment's base, like the program's addresses. */
static uint32_t walk_page(const struct vma *v, uint32_t offset)
{
	return v->index + ((offset - v->start) >> PAGE_SHIFT);
}

static void walk_area(struct text *t, const struct aspace *as, const struct vma *v, uint32_t offset)
{
	text_add(t, "area       %08x-%08x %c%c%c%c ", v->start, v->end,
		 v->prot & PROT_R ? 'r' : '-', v->prot & PROT_W ? 'w' : '-',
		 v->prot & PROT_X ? 'x' : '-', v->flags & VMA_SHARED ? 's' : 'p');
	proc_add_area_name(t, as, v);
	if (v->object->ops->keeps_pages)
		text_add(t, ", page %u of it", walk_page(v, offset));
	else
		text_add(t, ", zeroes until written");
	text_add(t, "%s\n", v->flags & VMA_LOCKED ? ", locked" : "");
}

static void walk_slot(struct text *t, slot_t slot)
{
	const struct frame *f = swap_frame(slot);
	text_add(t, "slot       %u, named by %u entries", slot, swap_refs(slot));
	if (f)
		text_add(t, ", and frame %u has the same page\n", frame_pfn(f));
	else
		text_add(t, "; a touch reads it back (major fault)\n");
}

static void walk_frame(struct text *t, pfn_t pfn)
{
	const struct frame *f = frame_of(pfn);
	unsigned n = 0;
	if (pfn == object_zero_pfn) {
		text_add(t, "frame      %u, the page of zeroes that all share\n", pfn);
		return;
	}
	text_add(t, "frame      %u, %s page, mappers %u, pins %u, locks %u%s%s\n", pfn,
		 f->owner == FRAME_ANON ? "a private" : "an object's", f->mappers, f->pins,
		 frame_locks(f), f->flags & FRAME_DIRTY ? ", marked dirty" : "",
		 f->state == FRAME_EVICTABLE ? ", may be evicted" : "");
	rmap_for_each(m, f) {
		vaddr_t va;
		const struct pmap *pm = pmap_of_mapping(m, &va);
		if (n == WALK_MAPPERS_SHOWN)
			break;
		n++;
		text_add(t, "  mapped by pid %d at 0x%08x\n", proc_pid_of(pm), va);
	}
	if (f->slot != 0)
		text_add(t, "  slot %u holds %s\n", f->slot,
			 f->flags & FRAME_DIRTY ? "an older copy, or is set aside for one"
						: "the same page: evicting it writes nothing");
}

/* An empty entry: what would a fault bring in? */
static void walk_absent(struct text *t, const struct vma *v, uint32_t offset)
{
	if (v->prot == PROT_NONE) {
		text_add(t, "touch      refused: the area allows nothing\n");
		return;
	}
	if (!v->object->ops->keeps_pages) {
		text_add(t, "touch      a read maps the page of zeroes, a write a frame of zeroes "
			    "(minor fault)\n");
		return;
	}
	struct object_page o = object_lookup(v->object, walk_page(v, offset));
	if (o.kind == OBJECT_FRAME)
		text_add(t, "touch      maps frame %u, which has the page (minor fault)\n",
			 frame_pfn(o.frame));
	else if (o.kind == OBJECT_SLOT)
		text_add(t, "touch      reads slot %u (major fault)\n", o.slot);
	else
		text_add(t, "touch      %s\n", v->object->ops->read
				? "reads the page from the file (major fault)"
				: "a frame of zeroes (minor fault)");
}

/* A process in a partition: all of it is in the region, or all of it on swap. */
static void walk_partition(struct text *t, const struct aspace *as, vaddr_t va,
			   const struct pmap_entry *e)
{
	if (e->kind == PMAP_FRAME)
		text_add(t, "frame      %u, in the region of partitions: never evicted alone\n",
			 e->number);
	else if (aspace_in_core(as, va))
		text_add(t, "touch      beyond the program's own part of its partition\n");
	else
		text_add(t, "swap       all of the process is out; it comes in before it "
			    "runs again\n");
}

static void walk_kernel_side(struct text *t, struct aspace *as, uint32_t offset, vaddr_t va)
{
	const struct vma *v = vma_find(&as->areas, offset);
	struct pmap_entry e = { .kind = PMAP_NONE };
	if (va >= KERNEL_BASE) {
		text_add(t, "area       the kernel's half, the same in every process\n");
		return;
	}
	if (va >= USER_BASE)
		e = pmap_lookup(&as->pmap, va);
	if (!v) {
		text_add(t, "area       none: a touch is a segmentation fault%s\n",
			 va < USER_BASE ? " (nothing is ever mapped this low)" : "");
		return;
	}
	walk_area(t, as, v, offset);
	if (!as->ops->paged)
		walk_partition(t, as, va, &e);
	else if (e.kind == PMAP_FRAME)
		walk_frame(t, e.number);
	else if (e.kind == PMAP_SLOT)
		walk_slot(t, e.number);
	else
		walk_absent(t, v, offset);
}

void proc_show_walk(struct text *t, struct process *p, uint32_t address)
{
	vaddr_t va;
	struct aspace *as = p->aspace ? aspace_get(p->aspace) : NULL;
	if (!as) {
		text_add(t, "it has no memory any more\n");
		return;
	}
	text_make_room(t, WALK_TEXT_MAX);
	if (walk_segment(t, as, address, &va)) {
		proc_add_walk_tables(t, &as->pmap, va);
		walk_kernel_side(t, as, address, va);
	}
	aspace_put(as);
}

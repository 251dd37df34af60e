/*
 * /proc/PID/maps, smaps and smaps_rollup: the areas of a process.
 *
 * maps shows each area, its permissions, the file that backs it and the offset in the file. smaps
 * adds what is resident: it reads every page-table entry, so its cost grows with the resident size.
 * One line is not Linux's: ExecBelowLimit, how much of the area is writable and still executable,
 * as it lies below the end of code.
 */
#include "kernel/proc/process.h"
#include "kernel/procfs/proc_files.h"
#include "mm/reclaim.h"
#include "mm/swap.h"

/* The column to which Linux pads before the name. */
enum { MAPS_NAME_COLUMN = 49, KIB = 4, SMAPS_ROLLUP_MAX = 2048 };

/* The file that backs an area; NULL: none. */
static const struct inode *maps_inode(const struct vma *v)
{
	if (v->object->ops->destroy != inode_object_gone)
		return NULL;
	return container_of(v->object, struct inode, object);
}

static const char *maps_special(const struct aspace *as, const struct vma *v)
{
	if (v->flags & VMA_HEAP)
		return "[heap]";
	if (v->start <= as->stack_start && as->stack_start < v->end)
		return "[stack]";
	if (v->start == as->sigreturn_page)
		return "[sigreturn]";
	return v->flags & VMA_SHARED ? "/dev/zero (deleted)" : NULL;
}

void proc_add_area_name(struct text *t, const struct aspace *as, const struct vma *v)
{
	const struct inode *i = maps_inode(v);
	const char *special = maps_special(as, v);
	if (i)
		proc_add_path(t, i);
	else
		text_add(t, "%s", special ? special : "anonymous");
}

static void maps_area(struct text *t, const struct aspace *as, const struct vma *v)
{
	const struct inode *i = maps_inode(v);
	const char *special = maps_special(as, v);
	size_t start = t->length;
	text_add(t, "%08x-%08x %c%c%c%c %08x 00:%02x %u ", v->start, v->end,
		 v->prot & PROT_R ? 'r' : '-', v->prot & PROT_W ? 'w' : '-',
		 v->prot & PROT_X ? 'x' : '-', v->flags & VMA_SHARED ? 's' : 'p',
		 i ? v->index << PAGE_SHIFT : 0, i ? i->ops->device : 0, i ? i->number : 0);
	if (i || special)
		text_pad(t, start, MAPS_NAME_COLUMN);
	if (i)
		proc_add_path(t, i);
	else if (special)
		text_add(t, "%s", special);
	text_add(t, "\n");
}

/* Room for the text is made on the way, and that may sleep. */
static void maps_each(struct text *t, struct process *p,
		      void (*show)(struct text *t, const struct aspace *as, const struct vma *v))
{
	struct aspace *as = p->aspace ? aspace_get(p->aspace) : NULL;
	if (!as)
		return;
	if (aspace_lock_shared(as) == 0) {
		for (struct vma *v = vma_first(&as->areas); v; v = vma_next(v))
			show(t, as, v);
		aspace_unlock(as);
	}
	aspace_put(as);
}

void proc_show_maps(struct text *t, struct process *p)
{
	maps_each(t, p, maps_area);
}

/* Pages of one area. */
struct maps_pages {
	uint32_t resident, shared_clean, shared_dirty, private_clean, private_dirty;
	uint32_t referenced, anonymous, lazy, swapped;
	uint32_t share, share_dirty, swap_share; /* of a page, in 1/16 */
	uint32_t share_locked;
};

static void maps_count_frame(struct maps_pages *n, const struct pmap_entry *e)
{
	const struct frame *f = frame_of(e->number);
	bool dirty = e->dirty || f->flags & FRAME_DIRTY;
	n->resident++;
	n->referenced += e->accessed || f->flags & FRAME_REFERENCED;
	n->anonymous += f->owner == FRAME_ANON;
	n->lazy += (f->flags & FRAME_LAZY) && !dirty;
	n->share += 16 / MAX(f->mappers, 1u);
	n->share_dirty += dirty ? 16 / MAX(f->mappers, 1u) : 0;
	if (f->mappers > 1)
		*(dirty ? &n->shared_dirty : &n->shared_clean) += 1;
	else
		*(dirty ? &n->private_dirty : &n->private_clean) += 1;
}

static struct maps_pages maps_count(const struct aspace *as, const struct vma *v)
{
	struct maps_pages n = { .resident = 0 };
	vaddr_t base = as->segment.base, end = base + v->end;
	vaddr_t va = pmap_next(&as->pmap, base + v->start, end);
	for (; va < end; va = pmap_next(&as->pmap, va + PAGE_SIZE, end)) {
		struct pmap_entry e = pmap_lookup(&as->pmap, va);
		if (e.kind == PMAP_SLOT) {
			n.swapped++;
			n.swap_share += 16 / MAX(swap_refs(e.number), 1u);
		} else if (e.number != object_zero_pfn) {
			maps_count_frame(&n, &e);
		}
	}
	return n;
}

static void smaps_pages(struct text *t, const struct maps_pages *n)
{
	text_add_kib(t, "Rss", n->resident * KIB);
	text_add_kib(t, "Pss", n->share * KIB / 16);
	text_add_kib(t, "Pss_Dirty", n->share_dirty * KIB / 16);
	text_add_kib(t, "Shared_Clean", n->shared_clean * KIB);
	text_add_kib(t, "Shared_Dirty", n->shared_dirty * KIB);
	text_add_kib(t, "Private_Clean", n->private_clean * KIB);
	text_add_kib(t, "Private_Dirty", n->private_dirty * KIB);
	text_add_kib(t, "Referenced", n->referenced * KIB);
	text_add_kib(t, "Anonymous", n->anonymous * KIB);
	text_add_kib(t, "LazyFree", n->lazy * KIB);
	text_add_kib(t, "Swap", n->swapped * KIB);
	text_add_kib(t, "SwapPss", n->swap_share * KIB / 16);
	text_add_kib(t, "Locked", n->share_locked * KIB / 16);
}

static void smaps_area(struct text *t, const struct aspace *as, const struct vma *v)
{
	struct maps_pages n = maps_count(as, v);
	uint32_t size = (v->end - v->start) >> PAGE_SHIFT;
	bool locked = v->flags & VMA_LOCKED;
	unsigned prot = v->prot;
	maps_area(t, as, v);
	text_add_kib(t, "Size", size * KIB);
	text_add_kib(t, "KernelPageSize", KIB);
	text_add_kib(t, "MMUPageSize", KIB);
	n.share_locked = locked ? n.share : 0;
	smaps_pages(t, &n);
	text_add_kib(t, "ExecBelowLimit", aspace_exposed(as, v) >> 10);
	text_add(t, "VmFlags:%s%s%s%s mr mw me%s%s\n", prot & PROT_R ? " rd" : "",
		 prot & PROT_W ? " wr" : "", prot & PROT_X ? " ex" : "",
		 v->flags & VMA_SHARED ? " sh" : "", v->flags & VMA_GROWSDOWN ? " gd" : "",
		 locked ? " lo" : "");
}

/* All areas as one, from the first one's start to the last one's end. */
void proc_show_smaps_rollup(struct text *t, struct process *p)
{
	const struct aspace *as = p->aspace;
	struct maps_pages sum = { .resident = 0 };
	const struct vma *last = NULL;
	text_make_room(t, SMAPS_ROLLUP_MAX);
	if (!as || !vma_first(&as->areas))
		return;
	for (const struct vma *v = vma_first(&as->areas); v; v = vma_next(v)) {
		struct maps_pages n = maps_count(as, v);
		uint32_t *to = (uint32_t *)&sum;
		const uint32_t *from = (const uint32_t *)&n;
		for (size_t i = 0; i < sizeof(n) / sizeof(*from); i++)
			to[i] += from[i];
		if (v->flags & VMA_LOCKED)
			sum.share_locked += n.share;
		last = v;
	}
	size_t start = t->length;
	text_add(t, "%08x-%08x ---p 00000000 00:00 0 ", vma_first(&as->areas)->start, last->end);
	text_pad(t, start, MAPS_NAME_COLUMN);
	text_add(t, "[rollup]\n");
	smaps_pages(t, &sum);
}

void proc_show_smaps(struct text *t, struct process *p)
{
	maps_each(t, p, smaps_area);
}

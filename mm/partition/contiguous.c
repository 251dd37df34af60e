/*
 * Address spaces that are one partition.
 *
 * Before paging a process was one contiguous piece of memory under two registers: base, added to
 * every address, and limit, compared with every address. Here the two registers are its code and
 * data segments. The paging unit cannot be turned off for one process, so its tables show the piece
 * as it lies in physical memory: linear address PARTITION_WINDOW + position is the byte at that
 * position of the region, mapped if and only if it belongs to the process. No page is faulted in,
 * and none is evicted alone.
 *
 *      offset 0          program ... heap ->          <- maps   stack   bytes
 *      |------------------------------------------------------------------|     what it sees
 *      + base
 *      |..........|=========================================================|........|
 *      WINDOW     WINDOW + position                                          region's end
 *
 * That is a program bound at execution time: it only uses offsets, so moving it means copying its
 * bytes, remapping its pages and changing its base. One bound at load or link time has linear
 * addresses in its code: its base is 0, its limit the end of its partition, and it cannot move.
 * Nothing below it is mapped.
 *
 * Areas (mm/vma.h) are the bookkeeping inside: program, heap, stack, maps. They enforce nothing:
 * inside its limit a program may write everything, as with base and limit registers. Only the first
 * page of a program bound at execution time is never mapped, so that NULL stays invalid.
 *
 * Rolling out writes all pages to slots and frees the place for others; rolling in takes a place,
 * any or the same one, and reads them. In between the address space has neither base nor pages; to
 * use its memory call contiguous_need or contiguous_pin first, which ask the dispatcher (the
 * bring_in hook), and may sleep. The tables for the whole region and the list of slots exist from
 * the start, so that a move and a roll-out allocate nothing.
 *
 * Always true (contiguous_check):
 *   [contiguous.1]  in: every page of the partition up to the limit (but that of NULL) is mapped,
 *       writable, to the frame at its position; nothing else is mapped
 *   [contiguous.2]  not in: nothing is mapped; out: each page has a slot with a reference
 *   [contiguous.3]  base and limits match place and binding
 *   [contiguous.4]  pinned, or not bound at execution: the partition is not movable
 *   [contiguous.5]  areas lie between low and high
 * Left out: keeping a slot for a page not modified since it was read. The whole image is written
 * and read, which is the cost of the method.
 * Source: the base and limit registers, swapping and compaction of the operating-systems textbooks
 * (Silberschatz, Galvin and Gagne, Operating System Concepts, ch. 9).
 */
#include "mm/partition/contiguous.h"

#include "kernel/base/panic.h"
#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/layout.h"
#include "mm/aspace/aspace_internal.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/swap.h"

enum { LIMIT_EXACT_MAX = 1 << 20, CONTIGUOUS_TABLE_BYTES = 4 << 20 };

const char *const contiguous_binding_names[CONTIGUOUS_NBINDINGS] = {
	[BOUND_EXECUTION] = "execution", [BOUND_LOAD] = "load", [BOUND_COMPILE] = "compile",
};

struct list_node contiguous_all = LIST_HEAD_INIT(contiguous_all);
static struct contiguous_hooks contiguous_hooks;

void contiguous_set_hooks(const struct contiguous_hooks *hooks)
{
	contiguous_hooks = *hooks;
}

/* --- places --- */

static uint32_t contiguous_pages(const struct contiguous *c)
{
	return page_up(c->bytes) >> PAGE_SHIFT;
}

/* The first page that is mapped. */
static uint32_t contiguous_first_page(const struct contiguous *c)
{
	return c->binding == BOUND_EXECUTION ? 1 : 0;
}

/* The partition's linear start. */
static vaddr_t contiguous_linear(const struct contiguous *c)
{
	return PARTITION_WINDOW + c->position;
}

uint32_t contiguous_low(const struct contiguous *c)
{
	return c->binding == BOUND_EXECUTION ? PAGE_SIZE : contiguous_linear(c);
}

uint32_t contiguous_high(const struct contiguous *c)
{
	return c->as->segment.data_limit;
}

void *contiguous_bytes(const struct contiguous *c, uint32_t offset)
{
	ASSERT(c->place != NULL && offset >= contiguous_low(c) && offset < contiguous_high(c));
	uint32_t start = c->binding == BOUND_EXECUTION ? 0 : contiguous_linear(c);
	return (char *)partition_bytes(c->place) + (offset - start);
}

/* What descriptors can express: above 1 MiB whole pages. */
static uint32_t limit_for(uint32_t bytes)
{
	return bytes <= LIMIT_EXACT_MAX ? bytes : page_up(bytes);
}

static void contiguous_set_segment(struct contiguous *c)
{
	vaddr_t linear = contiguous_linear(c);
	struct segment *s = &c->as->segment;
	s->base = c->binding == BOUND_EXECUTION ? linear : 0;
	s->data_limit = c->binding == BOUND_EXECUTION ? limit_for(c->bytes)
						      : page_up(linear + c->bytes);
	s->code_limit = s->data_limit;
}

static void contiguous_map_pages(struct contiguous *c)
{
	pfn_t first = (partition_region.start + c->position) >> PAGE_SHIFT;
	vaddr_t linear = contiguous_linear(c);
	for (uint32_t i = contiguous_first_page(c); i < contiguous_pages(c); i++)
		if (pmap_map(&c->as->pmap, linear + i * PAGE_SIZE, first + i, PROT_R | PROT_W))
			panic("no page table for a partition although it was reserved");
}

static void contiguous_unmap_pages(struct contiguous *c)
{
	vaddr_t linear = contiguous_linear(c);
	for (uint32_t i = contiguous_first_page(c); i < contiguous_pages(c); i++)
		(void)pmap_unmap(&c->as->pmap, linear + i * PAGE_SIZE);
}

static void contiguous_set_movable(struct contiguous *c)
{
	c->place->movable = c->binding == BOUND_EXECUTION && c->pins == 0;
}

/* Install it at its place: pages, base, limit. */
static void contiguous_settle(struct contiguous *c)
{
	vaddr_t old_base = c->as->segment.base;
	bool first = c->state == CONTIGUOUS_NEW;
	contiguous_map_pages(c);
	contiguous_set_segment(c);
	contiguous_set_movable(c);
	c->as->peak_resident = MAX(c->as->peak_resident, c->as->pmap.resident);
	if (!first && contiguous_hooks.rebased != NULL)
		contiguous_hooks.rebased(c->as, c->as->segment.base - old_base);
	c->state = CONTIGUOUS_IN;
}

void contiguous_moved(struct partition *p, uint32_t from)
{
	struct contiguous *c = p->owner;
	vaddr_t old_base = c->as->segment.base;
	ASSERT(c->binding == BOUND_EXECUTION && c->pins == 0 && c->position == from);
	contiguous_unmap_pages(c);
	c->position = p->start;
	c->moves++;
	contiguous_map_pages(c);
	contiguous_set_segment(c);
	if (contiguous_hooks.rebased != NULL)
		contiguous_hooks.rebased(c->as, c->as->segment.base - old_base);
}

/* --- creation and destruction --- */

/* Page tables for any place it may get. */
static int contiguous_reserve(struct aspace *as)
{
	for (uint32_t at = 0; at < partition_region.bytes; at += CONTIGUOUS_TABLE_BYTES)
		if (reclaim_table(&as->pmap, PARTITION_WINDOW + at))
			return -ENOMEM;
	return 0;
}

static struct contiguous *contiguous_alloc(uint32_t bytes)
{
	uint32_t npages = page_up(bytes) >> PAGE_SHIFT;
	if (reclaim_room(2 + npages * sizeof(slot_t) / PAGE_SIZE))
		return NULL;
	struct contiguous *c = kzalloc(sizeof(*c));
	if (c == NULL)
		return NULL;
	c->slots = kzalloc(npages * sizeof(slot_t));
	if (c->slots != NULL)
		return c;
	kfree(c);
	return NULL;
}

int contiguous_create(struct aspace *as, uint32_t bytes, enum contiguous_binding binding)
{
	if (bytes == 0 || bytes > partition_region.bytes)
		return -EINVAL;
	if (contiguous_reserve(as))
		return -ENOMEM;
	struct contiguous *c = contiguous_alloc(bytes);
	if (c == NULL)
		return -ENOMEM;
	c->as = as;
	c->bytes = bytes;
	c->binding = binding;
	c->state = CONTIGUOUS_NEW;
	as->contiguous = c;
	as->ops = &contiguous_ops;
	list_push_back(&contiguous_all, &c->link);
	return 0;
}

uint32_t contiguous_swapped(const struct aspace *as)
{
	const struct contiguous *c = as->contiguous;
	bool out = c->state == CONTIGUOUS_OUT;
	return out ? contiguous_pages(c) - contiguous_first_page(c) : 0;
}

static void contiguous_drop_slots(struct contiguous *c)
{
	for (uint32_t i = 0; i < contiguous_pages(c); i++) {
		if (c->slots[i] != 0)
			swap_put(c->slots[i]);
		c->slots[i] = 0;
	}
}

static void contiguous_give_up_place(struct contiguous *c)
{
	struct partition *p = c->place;
	c->place = NULL;
	partition_release(p);
	if (contiguous_hooks.released != NULL)
		contiguous_hooks.released();
}

void contiguous_destroy(struct aspace *as)
{
	struct contiguous *c = as->contiguous;
	ASSERT(c->pins == 0 && c->state != CONTIGUOUS_GOING);
	if (c->state == CONTIGUOUS_IN)
		contiguous_unmap_pages(c);
	if (c->place != NULL)
		contiguous_give_up_place(c);
	contiguous_drop_slots(c);
	list_remove(&c->link);
	as->contiguous = NULL;
	as->ops = &aspace_paged;
	kfree(c->slots);
	kfree(c);
}

int contiguous_fork(struct aspace *from, struct aspace *to)
{
	const struct contiguous *parent = from->contiguous;
	to->contiguous = NULL;
	if (parent->binding != BOUND_EXECUTION ||
	    contiguous_create(to, parent->bytes, parent->binding))
		return -ENOMEM;
	struct contiguous *child = to->contiguous;
	child->priority = parent->priority;
	/* From here to the copy nothing sleeps. Making room for the child may move the parent. */
	if (contiguous_need(from) || contiguous_enter(child, PARTITION_ANYWHERE))
		return -ENOMEM;
	memcpy(contiguous_bytes(child, PAGE_SIZE), contiguous_bytes(parent, PAGE_SIZE),
	       contiguous_high(parent) - PAGE_SIZE);
	return 0;
}

/* --- out and in --- */

static void *contiguous_page(const struct contiguous *c, uint32_t i)
{
	return (char *)partition_bytes(c->place) + i * PAGE_SIZE;
}

/* A slot for every page, or no slot at all. */
static int contiguous_gather_slots(struct contiguous *c)
{
	for (uint32_t i = contiguous_first_page(c); i < contiguous_pages(c); i++) {
		slot_t slot = swap_alloc();
		while (slot == 0 && swap_steal_copy())
			slot = swap_alloc();
		if (slot == 0) {
			contiguous_drop_slots(c);
			return -ENOMEM;
		}
		swap_get(slot);
		c->slots[i] = slot;
	}
	return 0;
}

static int contiguous_write_slots(const struct contiguous *c)
{
	int err = 0;
	for (uint32_t i = contiguous_first_page(c); i < contiguous_pages(c) && err == 0; i++)
		err = swap_write(c->slots[i], contiguous_page(c, i));
	return err;
}

static int contiguous_read_slots(const struct contiguous *c)
{
	int err = 0;
	for (uint32_t i = contiguous_first_page(c); i < contiguous_pages(c) && err == 0; i++)
		err = swap_read(c->slots[i], contiguous_page(c, i));
	return err;
}

int contiguous_roll_out(struct contiguous *c)
{
	if (c->state != CONTIGUOUS_IN || c->pins != 0)
		return -EBUSY;
	int err = contiguous_gather_slots(c);
	if (err)
		return err;
	/* Unmapped and unmovable before the first page is written: the device may sleep. */
	contiguous_unmap_pages(c);
	c->state = CONTIGUOUS_GOING;
	c->place->movable = false;
	err = contiguous_write_slots(c);
	if (err) {
		contiguous_drop_slots(c);
		c->state = CONTIGUOUS_IN;
		contiguous_map_pages(c);
		contiguous_set_movable(c);
		return err;
	}
	c->state = CONTIGUOUS_OUT;
	c->outs++;
	contiguous_give_up_place(c);
	return 0;
}

int contiguous_enter(struct contiguous *c, uint32_t at)
{
	ASSERT(c->state == CONTIGUOUS_NEW || c->state == CONTIGUOUS_OUT);
	const struct partition_request request = { .bytes = c->bytes, .at = at, .owner = c };
	int err = partition_place(&request, &c->place);
	if (err)
		return err;
	c->position = c->place->start;
	if (c->state == CONTIGUOUS_OUT) {
		c->state = CONTIGUOUS_GOING;
		err = contiguous_read_slots(c);
		if (err) {
			c->state = CONTIGUOUS_OUT;
			contiguous_give_up_place(c);
			return err;
		}
		contiguous_drop_slots(c);
		c->ins++;
	}
	contiguous_settle(c);
	return 0;
}

int contiguous_bring_in(struct aspace *as)
{
	if (contiguous_hooks.bring_in == NULL || contiguous_hooks.bring_in(as) != 0)
		return -EFAULT;
	return 0;
}

int contiguous_pin(struct contiguous *c)
{
	int err = contiguous_need(c->as);
	if (err)
		return err;
	c->pins++;
	contiguous_set_movable(c);
	return 0;
}

void contiguous_unpin(struct contiguous *c)
{
	ASSERT(c->pins > 0);
	c->pins--;
	contiguous_set_movable(c);
}

/* --- checks --- */

static void contiguous_check_pages(const struct contiguous *c)
{
	pfn_t first = (partition_region.start + c->position) >> PAGE_SHIFT;
	vaddr_t linear = contiguous_linear(c);
	for (uint32_t i = contiguous_first_page(c); i < contiguous_pages(c); i++) {
		struct pmap_entry e = pmap_lookup(&c->as->pmap, linear + i * PAGE_SIZE);
		/* [contiguous.1] */
		ASSERT(e.kind == PMAP_FRAME && e.number == first + i && e.prot & PROT_W);
	}
}

void contiguous_check(struct aspace *as)
{
	const struct contiguous *c = as->contiguous;
	uint32_t first = contiguous_first_page(c), npages = contiguous_pages(c);
	bool in = c->state == CONTIGUOUS_IN;
	ASSERT(c->as == as && as->pmap.swapped == 0);
	ASSERT(as->pmap.resident == (in ? npages - first : 0)); /* [contiguous.1] */
	for (uint32_t i = first; i < npages && c->state == CONTIGUOUS_OUT; i++)
		ASSERT(c->slots[i] != 0 && swap_refs(c->slots[i]) == 1); /* [contiguous.2] */
	if (!in)
		return;
	contiguous_check_pages(c);
	ASSERT(c->place->owner == c && c->place->start == c->position);
	ASSERT(c->place->wanted == c->bytes);
	/* [contiguous.3] */
	ASSERT(as->segment.base == (c->binding == BOUND_EXECUTION ? contiguous_linear(c) : 0));
	/* [contiguous.4] */
	ASSERT(c->place->movable == (c->binding == BOUND_EXECUTION && c->pins == 0));
	/* [contiguous.5] */
	for (const struct vma *v = vma_first(&as->areas); v != NULL; v = vma_next(v))
		ASSERT(v->start >= contiguous_low(c) && v->end <= page_up(contiguous_high(c)));
}

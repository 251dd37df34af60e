/*
 * Areas: what an address range of a process means.
 *
 * An area says: these addresses show that part of that object, with these rights. Page tables
 * say what is there right now; areas say what ought to be, so a fault asks here first. Areas are
 * kept in a balanced tree by address: a fault finds its area in a few steps even in a process
 * with thousands of maps.
 *
 * Always true (vma_check):
 *   [vma.1]  start < end, both page aligned, inside [USER_BASE, USER_TOP], in a partition above
 *       page 0
 *   [vma.2]  areas do not overlap and stand in the tree in the order of their addresses
 *   [vma.3]  every area has an object; count and npages are the number and the sum of the areas
 *
 * Two neighbours are merged when nothing tells them apart: same rights, flags and object, and
 * the object's pages go on without a gap (for object_zero any pages do: zeroes are zeroes).
 *
 * Left out: a tree that also knows the largest gap below each node. vma_gap walks the areas from
 * the top; a program with ten thousand maps would want it.
 * Source: Cranor and Parulkar, The UVM virtual memory system, 1999 (maps and entries).
 */
#include "mm/vma.h"

#include "kernel/base/panic.h"
#include "lib/assert.h"
#include "machine/layout.h"
#include "mm/object.h"
#include "mm/slab.h"

static struct slab_cache *vma_cache;

void vma_init(void)
{
	vma_cache = slab_create("vma", sizeof(struct vma), 0, NULL);
	if (vma_cache == NULL)
		panic("no memory for the cache of areas");
}

static struct vma *vma_of(struct tree_node *node)
{
	return node != NULL ? tree_entry(node, struct vma, node) : NULL;
}

struct vma *vma_find_from(const struct vma_set *set, vaddr_t va)
{
	struct tree_node *node = set->tree.root;
	struct vma *best = NULL;
	while (node != NULL) {
		struct vma *v = vma_of(node);
		if (v->end <= va) {
			node = node->right;
			continue;
		}
		best = v;
		if (v->start <= va)
			break;
		node = node->left;
	}
	return best;
}

struct vma *vma_find(const struct vma_set *set, vaddr_t va)
{
	struct vma *v = vma_find_from(set, va);
	return v != NULL && v->start <= va ? v : NULL;
}

struct vma *vma_first(const struct vma_set *set)
{
	return vma_of(tree_first(&set->tree));
}

struct vma *vma_last(const struct vma_set *set)
{
	return vma_of(tree_last(&set->tree));
}

struct vma *vma_next(const struct vma *v)
{
	return vma_of(tree_next(&v->node));
}

struct vma *vma_prev(const struct vma *v)
{
	return vma_of(tree_prev(&v->node));
}

struct vma *vma_alloc(const struct vma *like)
{
	struct vma *v = slab_alloc(vma_cache);
	if (v == NULL)
		return NULL;
	*v = *like;
	object_get(v->object);
	return v;
}

void vma_free(struct vma *v)
{
	struct object *o = v->object;
	slab_free(vma_cache, v);
	object_put(o);
}

static uint32_t vma_npages(const struct vma *v)
{
	return (v->end - v->start) >> PAGE_SHIFT;
}

void vma_insert(struct vma_set *set, struct vma *v)
{
	struct tree_node **link = &set->tree.root;
	struct tree_node *parent = NULL;
	while (*link != NULL) {
		struct vma *at = vma_of(*link);
		parent = *link;
		ASSERT(v->end <= at->start || at->end <= v->start); /* [vma.2] */
		link = v->start < at->start ? &parent->left : &parent->right;
	}
	tree_insert(&set->tree, &v->node, parent, link);
	set->count++;
	set->npages += vma_npages(v);
}

void vma_remove(struct vma_set *set, struct vma *v)
{
	tree_remove(&set->tree, &v->node);
	set->count--;
	set->npages -= vma_npages(v);
}

void vma_split(struct vma_set *set, struct vma *v, vaddr_t at, struct vma *upper)
{
	ASSERT(v->start < at && at < v->end && (at & PAGE_MASK) == 0);
	upper->start = at;
	upper->end = v->end;
	upper->index = v->index + ((at - v->start) >> PAGE_SHIFT);
	vma_resize(set, v, v->start, at);
	vma_insert(set, upper);
}

void vma_resize(struct vma_set *set, struct vma *v, vaddr_t start, vaddr_t end)
{
	ASSERT(start < end);
	set->npages -= vma_npages(v);
	v->index += (start >> PAGE_SHIFT) - (v->start >> PAGE_SHIFT);
	v->start = start;
	v->end = end;
	set->npages += vma_npages(v);
}

static bool vma_continues(const struct vma *low, const struct vma *high)
{
	if (low->end != high->start || low->prot != high->prot || low->flags != high->flags ||
	    low->object != high->object || low->fill_end != high->fill_end)
		return false;
	return low->object == &object_zero || low->index + vma_npages(low) == high->index;
}

struct vma *vma_merge_before(struct vma_set *set, struct vma *v)
{
	struct vma *low = vma_prev(v);
	if (low == NULL || !vma_continues(low, v))
		return NULL;
	vma_remove(set, low);
	vma_resize(set, v, low->start, v->end);
	return low;
}

vaddr_t vma_gap(const struct vma_set *set, size_t length, vaddr_t low, vaddr_t high)
{
	struct vma *v = vma_find_from(set, high - 1);
	if (v == NULL)
		v = vma_of(tree_last(&set->tree));
	for (; v != NULL && high > low && high - low >= length; v = vma_prev(v)) {
		if (v->start >= high)
			continue;
		if (v->end <= high && high - v->end >= length && high - length >= low)
			return high - length;
		high = v->start;
	}
	return high > low && high - low >= length ? high - length : 0;
}

void vma_check(const struct vma_set *set)
{
	uint32_t count = 0, npages = 0;
	vaddr_t end = PAGE_SIZE; /* of a partition's offsets; paged areas start higher ([pmap.4]) */
	for (struct vma *v = vma_first(set); v != NULL; v = vma_next(v)) {
		/* [vma.1], [vma.2] */
		ASSERT(v->start >= end && v->start < v->end && v->end <= USER_TOP);
		ASSERT(((v->start | v->end) & PAGE_MASK) == 0); /* [vma.1] */
		ASSERT(v->object != NULL && v->object->refs > 0); /* [vma.3] */
		end = v->end;
		count++;
		npages += vma_npages(v);
	}
	ASSERT(set->count == count && set->npages == npages); /* [vma.3] */
	ASSERT(tree_check(&set->tree) == count); /* [vma.2] */
}

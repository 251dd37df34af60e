/*
 * Objects: what backs an area.
 *
 * An object is where an area's bytes come from: zeroes, a file, memory shared by several processes.
 * object_zero backs private anonymous memory and keeps nothing: each such page belongs to the page
 * tables that name it. The other objects keep their pages, so that all who map the same page share
 * one frame: a tree of 64-entry nodes maps the page's number to its frame, or to its slot if it was
 * evicted and has no source.
 *
 *   entry 0             empty: fill it from the source
 *   entry, bit 0 clear  the resident frame's address
 *   entry, bit 0 set    slot << 1 | 1
 *
 * To map a page, first reserve its node (object_reserve, may fail), later set the entry (cannot
 * fail). Eviction only clears or replaces an entry, so it never allocates; nodes are freed by
 * object_trim, when nobody is between the two.
 *
 * Always true (object_check):
 *   [object.1]  npages is the number of entries that are not empty
 *   [object.2]  a resident entry's frame is an OBJECT frame that names this object and this page
 *       number
 *   [object.3]  an object that keeps no pages has no nodes
 *   [object.4]  a node's count is the number of its entries that are not empty
 * Left out: read-ahead. One fault, one page: the counts stay exact.
 * Source: Linux's page cache (struct address_space), UVM's uobj.
 */
#include "mm/object.h"

#include "kernel/base/panic.h"
#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/slab.h"

enum { NODE_SHIFT = 6, NODE_ENTRIES = 1 << NODE_SHIFT };

struct object_node {
	uint32_t count;
	uintptr_t entries[NODE_ENTRIES]; /* leaf: see above; inner: struct object_node * or 0 */
};

static struct slab_cache *node_cache;
static struct slab_cache *object_cache;
static void (*object_page_drop)(struct object *o, uint32_t index);

static const struct object_ops zero_ops = { .name = "zero" };
pfn_t object_zero_pfn;
struct object object_zero = { .ops = &zero_ops, .refs = 1, .size_bytes = UINT32_MAX };

static void shared_destroy(struct object *o)
{
	slab_free(object_cache, o);
}

static const struct object_ops shared_ops = {
	.name = "shared",
	.destroy = shared_destroy,
	.keeps_pages = true,
};

void object_init_module(void)
{
	node_cache = slab_create("object_node", sizeof(struct object_node), 0, NULL);
	object_cache = slab_create("object", sizeof(struct object), 0, NULL);
	struct frame *zeroes = frame_alloc(0, FRAME_KERNEL);
	if (node_cache == NULL || object_cache == NULL || zeroes == NULL)
		panic("no memory for the caches of objects");
	cpu_page_clear(frame_bytes(zeroes));
	object_zero_pfn = frame_pfn(zeroes);
}

void object_init(struct object *o, const struct object_ops *ops, uint32_t size_bytes)
{
	*o = (struct object){ .ops = ops, .refs = 1, .size_bytes = size_bytes };
}

struct object *object_create_shared(uint32_t size_bytes)
{
	struct object *o = slab_alloc(object_cache);
	if (o != NULL)
		object_init(o, &shared_ops, size_bytes);
	return o;
}

struct object *object_get(struct object *o)
{
	o->refs++;
	ASSERT(o->refs != 0);
	return o;
}

void object_set_page_drop(void (*drop)(struct object *o, uint32_t index))
{
	object_page_drop = drop;
}

void object_put(struct object *o)
{
	ASSERT(o->refs > 0);
	o->refs--;
	if (o->refs > 0)
		return;
	for (uint32_t i = object_next(o, 0); i != UINT32_MAX; i = object_next(o, i))
		object_page_drop(o, i);
	object_trim(o);
	if (o->ops->destroy != NULL)
		o->ops->destroy(o);
}

/* The page numbers that the tree covers with its levels: all below 2^shift. */
static bool object_reaches(const struct object *o, uint32_t index)
{
	unsigned bits = o->levels * NODE_SHIFT;
	return bits >= 32 || index >> bits == 0;
}

/* The leaf entry of @index, or NULL if there is no node. */
static uintptr_t *object_entry(const struct object *o, uint32_t index, struct object_node **leaf)
{
	struct object_node *node = o->root;
	if (node == NULL || !object_reaches(o, index))
		return NULL;
	for (unsigned level = o->levels - 1; level > 0; level--) {
		node = (struct object_node *)
			       node->entries[index >> level * NODE_SHIFT & (NODE_ENTRIES - 1)];
		if (node == NULL)
			return NULL;
	}
	*leaf = node;
	return &node->entries[index & (NODE_ENTRIES - 1)];
}

struct object_page object_lookup(const struct object *o, uint32_t index)
{
	struct object_node *leaf;
	uintptr_t *entry = object_entry(o, index, &leaf);
	if (entry == NULL || *entry == 0)
		return (struct object_page){ .kind = OBJECT_EMPTY };
	if (*entry & 1)
		return (struct object_page){ .kind = OBJECT_SLOT, .slot = *entry >> 1 };
	return (struct object_page){ .kind = OBJECT_FRAME, .frame = (struct frame *)*entry };
}

static struct object_node *node_create(void)
{
	struct object_node *node = slab_alloc(node_cache);
	if (node != NULL)
		memset(node, 0, sizeof(*node));
	return node;
}

/* Add a level on top, with the old root as its first entry. */
static int object_grow(struct object *o)
{
	struct object_node *top = node_create();
	if (top == NULL)
		return -ENOMEM;
	if (o->root != NULL) {
		top->entries[0] = (uintptr_t)o->root;
		top->count = 1;
	}
	o->root = top;
	o->levels++;
	return 0;
}

int object_reserve(struct object *o, uint32_t index)
{
	ASSERT(o->ops->keeps_pages);
	while (o->root == NULL || !object_reaches(o, index)) {
		if (object_grow(o))
			return -ENOMEM;
	}
	struct object_node *node = o->root;
	for (unsigned level = o->levels - 1; level > 0; level--) {
		uintptr_t *entry = &node->entries[index >> level * NODE_SHIFT & (NODE_ENTRIES - 1)];
		if (*entry == 0) {
			*entry = (uintptr_t)node_create();
			if (*entry == 0)
				return -ENOMEM;
			node->count++;
		}
		node = (struct object_node *)*entry;
	}
	return 0;
}

static void object_set(struct object *o, uint32_t index, uintptr_t value)
{
	struct object_node *leaf;
	uintptr_t *entry = object_entry(o, index, &leaf);
	ASSERT(entry != NULL);
	int change = (value != 0) - (*entry != 0);
	*entry = value;
	leaf->count += change;
	o->npages += change;
}

void object_set_frame(struct object *o, uint32_t index, struct frame *f)
{
	f->object = o;
	f->index = index;
	object_set(o, index, (uintptr_t)f);
}

void object_set_slot(struct object *o, uint32_t index, slot_t slot)
{
	object_set(o, index, (uintptr_t)slot << 1 | 1);
}

void object_clear(struct object *o, uint32_t index)
{
	object_set(o, index, 0);
}

/* The first page at or after @index under @node, which covers page numbers from @base. */
static uint32_t node_next(const struct object_node *node, unsigned level, uint32_t base,
			  uint32_t index)
{
	unsigned shift = level * NODE_SHIFT;
	unsigned from = index > base ? (index - base) >> shift : 0;
	for (unsigned i = from; i < NODE_ENTRIES; i++) {
		uint32_t at = base + (i << shift);
		if (node->entries[i] == 0)
			continue;
		if (level == 0)
			return at;
		uint32_t found =
			node_next((struct object_node *)node->entries[i], level - 1, at, index);
		if (found != UINT32_MAX)
			return found;
	}
	return UINT32_MAX;
}

uint32_t object_next(const struct object *o, uint32_t index)
{
	if (o->root == NULL || !object_reaches(o, index))
		return UINT32_MAX;
	return node_next(o->root, o->levels - 1, 0, index);
}

/* Free the empty nodes below @node; true if @node itself is empty then. */
static bool node_trim(struct object_node *node, unsigned level)
{
	for (unsigned i = 0; level > 0 && i < NODE_ENTRIES; i++) {
		struct object_node *child = (struct object_node *)node->entries[i];
		if (child == NULL || !node_trim(child, level - 1))
			continue;
		slab_free(node_cache, child);
		node->entries[i] = 0;
		node->count--;
	}
	return node->count == 0;
}

void object_trim(struct object *o)
{
	if (o->root == NULL || !node_trim(o->root, o->levels - 1))
		return;
	slab_free(node_cache, o->root);
	o->root = NULL;
	o->levels = 0;
}

int object_read(struct object *o, uint32_t offset, void *buf, size_t n)
{
	if (o->ops->read != NULL)
		return o->ops->read(o, offset, buf, n);
	memset(buf, 0, n);
	return 0;
}

static uint32_t node_check(const struct object *o, const struct object_node *node, unsigned level,
			   uint32_t base)
{
	uint32_t count = 0, npages = 0;
	for (unsigned i = 0; i < NODE_ENTRIES; i++) {
		uintptr_t entry = node->entries[i];
		uint32_t at = base + (i << level * NODE_SHIFT);
		if (entry == 0)
			continue;
		count++;
		if (level > 0) {
			npages += node_check(o, (struct object_node *)entry, level - 1, at);
			continue;
		}
		npages++;
		const struct frame *f = (struct frame *)entry;
		/* [object.2] */
		if (!(entry & 1))
			ASSERT(f->owner == FRAME_OBJECT && f->object == o && f->index == at);
	}
	ASSERT(node->count == count); /* [object.4] */
	return npages;
}

void object_check(const struct object *o)
{
	ASSERT(o->refs > 0);
	ASSERT(o->ops->keeps_pages || o->root == NULL); /* [object.3] */
	/* [object.1] */
	ASSERT(o->npages == (o->root != NULL ? node_check(o, o->root, o->levels - 1, 0) : 0));
}

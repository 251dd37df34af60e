/*
 * System V shared memory: segments and their keys.
 *
 * A segment is an mm object with a name: a number (id), and often a key that unrelated programs
 * agree on. Attaching maps the object; from then on its pages are shared memory like any other,
 * filled with zeroes by fault and evicted to slots. Nobody counts attachments: every area that maps
 * the object holds a reference on it, through fork, split and exit, so the count is there already.
 *
 * The name holds a reference too, until the segment is removed. Then the last area to go destroys
 * it; until then it can be found by its id, but its key is free.
 *
 * An id is a place and the number of times places wrapped around: id = round << 15 | place. So a
 * removed id is not soon reused for another segment.
 *
 * Always true
 *   [shm.1]  shm_segments is ordered by place, and places are unique
 *   [shm.2]  object.refs is the number of areas that map it, plus one while it is owned
 *   [shm.3]  a segment that is not owned has key SHM_PRIVATE and SHM_DESTROYED in its mode
 *   [shm.4]  shm_count and shm_pages are the number and the pages of the segments in the list
 * Left out: semaphores and message queues; times of detaching by munmap or exit.
 * Source: shmget(2), shmop(2), shmctl(2).
 */
#include "kernel/proc/shm.h"

#include "kernel/proc/process.h"
#include "kernel/proc/wallclock.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/swap.h"

enum { SHM_ID_SHIFT = 15, SHM_PLACES = 64, SHM_PERMISSIONS = 0777 };

/* A segment in the list. */
struct shm_entry {
	struct shm_segment segment;
	struct list_node link;
};

static struct list_node shm_segments = LIST_HEAD_INIT(shm_segments);
static uint32_t shm_count, shm_pages;
static unsigned shm_last_place = UINT32_MAX, shm_round;

static struct shm_entry *shm_entry_of(struct object *o)
{
	return container_of(container_of(o, struct shm_segment, object), struct shm_entry, segment);
}

static void shm_object_destroy(struct object *o)
{
	struct shm_entry *e = shm_entry_of(o);
	ASSERT(!e->segment.owned && shm_count > 0);	 /* [shm.2], [shm.4] */
	ASSERT(e->segment.key == SHM_PRIVATE);		 /* [shm.3] */
	ASSERT(e->segment.mode & SHM_DESTROYED);	 /* [shm.3] */
	list_remove(&e->link);
	shm_count--;
	shm_pages -= page_up(e->segment.size) >> PAGE_SHIFT;
	kfree(e);
}

static const struct object_ops shm_object_ops = {
	.name = "shm",
	.destroy = shm_object_destroy,
	.keeps_pages = true,
};

static unsigned shm_place(const struct shm_entry *e)
{
	return (unsigned)e->segment.id & ((1u << SHM_ID_SHIFT) - 1);
}

/* --- finding --- */

struct shm_segment *shm_find(int id)
{
	list_for_each_entry(struct shm_entry, e, &shm_segments, link)
		if (e->segment.id == id)
			return &e->segment;
	return NULL;
}

struct shm_segment *shm_at(unsigned index)
{
	list_for_each_entry(struct shm_entry, e, &shm_segments, link)
		if (shm_place(e) == index)
			return &e->segment;
	return NULL;
}

static struct shm_segment *shm_find_key(int key)
{
	list_for_each_entry(struct shm_entry, e, &shm_segments, link)
		if (key != SHM_PRIVATE && e->segment.key == key)
			return &e->segment;
	return NULL;
}

uint32_t shm_attached(const struct shm_segment *s)
{
	ASSERT(s->object.refs >= s->owned); /* [shm.2] */
	return s->object.refs - s->owned;
}

struct shm_usage shm_usage(void)
{
	struct shm_usage usage = { .segments = shm_count, .pages = shm_pages, .highest = -1 };
	list_for_each_entry(const struct shm_entry, e, &shm_segments, link) {
		const struct object *o = &e->segment.object;
		usage.highest = (int)shm_place(e);
		for (uint32_t i = object_next(o, 0); i != UINT32_MAX; i = object_next(o, i + 1)) {
			bool resident = object_lookup(o, i).kind == OBJECT_FRAME;
			usage.resident += resident;
			usage.swapped += !resident;
		}
	}
	return usage;
}

/* --- making and removing --- */

/* Into the list, at the next free place; there is one. Gives it its id. */
static void shm_insert(struct shm_entry *e)
{
	ASSERT(shm_count < SHM_COUNT_MAX); /* a free place exists */
	unsigned places = MAX(shm_count * 3 / 2, (unsigned)SHM_PLACES);
	places = MIN(places, (unsigned)SHM_COUNT_MAX);
	unsigned place = shm_last_place;
	do {
		place = place + 1 < places ? place + 1 : 0;
	} while (shm_at(place));
	if (shm_last_place != UINT32_MAX && place <= shm_last_place)
		shm_round = (shm_round + 1) & 0xffff;
	shm_last_place = place;
	e->segment.id = (int)(shm_round << SHM_ID_SHIFT | place);
	struct list_node *before = shm_segments.next;
	while (before != &shm_segments &&
	       shm_place(list_entry(before, struct shm_entry, link)) < place)
		before = before->next;
	list_insert_before(&e->link, before);
	shm_count++;
}

static long shm_create(int key, uint32_t size, unsigned flags)
{
	uint32_t npages = page_up(size) >> PAGE_SHIFT;
	if (size == 0)
		return -EINVAL;
	if (npages == 0 || npages > frame_stats.total + swap_capacity())
		return -ENOMEM;
	if (shm_count == SHM_COUNT_MAX)
		return -ENOSPC;
	struct shm_entry *e = reclaim_kzalloc(sizeof(*e));
	if (!e)
		return -ENOMEM;
	e->segment = (struct shm_segment){
		.owned = true,
		.key = key,
		.size = size,
		.mode = flags & SHM_PERMISSIONS,
		.creator = process_running->pid,
		.change_time = (uint32_t)clock_of_day().seconds,
	};
	object_init(&e->segment.object, &shm_object_ops, page_up(size));
	shm_insert(e);
	shm_pages += npages;
	return e->segment.id;
}

long shm_get(int key, uint32_t size, unsigned flags)
{
	const struct shm_segment *s = shm_find_key(key);
	if (!s && key != SHM_PRIVATE && !(flags & SHM_CREATE))
		return -ENOENT;
	if (!s)
		return shm_create(key, size, flags);
	if ((flags & SHM_CREATE) && (flags & SHM_EXCLUSIVE))
		return -EEXIST;
	return size > s->size ? -EINVAL : s->id;
}

void shm_remove(struct shm_segment *s)
{
	if (!s->owned)
		return;
	s->owned = false;
	s->key = SHM_PRIVATE;
	s->mode |= SHM_DESTROYED;
	object_put(&s->object);
}

void shm_remove_all(void)
{
	struct list_node *node = shm_segments.next;
	while (node != &shm_segments) {
		struct list_node *next = node->next;
		shm_remove(&list_entry(node, struct shm_entry, link)->segment);
		node = next;
	}
}

/* --- attaching and detaching --- */

/* The address that @addr and @flags ask for, 0 for anywhere, or -EINVAL. */
static long shm_address(vaddr_t addr, unsigned flags)
{
	if (addr == 0)
		return flags & SHM_REMAP ? -EINVAL : 0;
	if (addr & PAGE_MASK) {
		if (!(flags & SHM_ROUND))
			return -EINVAL;
		addr = page_down(addr);
	}
	return addr == 0 && (flags & SHM_REMAP) ? -EINVAL : (long)addr;
}

long shm_attach(struct aspace *as, int id, vaddr_t addr, unsigned flags)
{
	long to = id < 0 ? -EINVAL : shm_address(addr, flags);
	struct shm_segment *s = is_error(to) ? NULL : shm_find(id);
	if (!s)
		return -EINVAL;
	long at = aspace_map(as, &(struct aspace_map){
		.start = (vaddr_t)to,
		.length = s->size,
		.prot = PROT_R | (flags & SHM_RDONLY ? 0 : PROT_W) |
			(flags & SHM_EXEC ? PROT_X : 0),
		.map_flags = (to ? ASPACE_FIXED : 0) | (flags & SHM_REMAP ? 0 : ASPACE_NOREPLACE),
		.vma_flags = VMA_SHARED | (flags & SHM_RDONLY ? VMA_NOWRITE : 0),
		.object = &s->object,
	});
	if (is_error(at))
		return at == -EEXIST ? -EINVAL : at;
	s->attach_time = (uint32_t)clock_of_day().seconds;
	s->last = process_running->pid;
	return at;
}

/* Is @v a part of what was attached at @addr? */
static bool shm_is_part(const struct vma *v, vaddr_t addr)
{
	return v->object->ops == &shm_object_ops && v->start - addr == v->index << PAGE_SHIFT;
}

static long shm_detach_locked(struct aspace *as, vaddr_t addr)
{
	struct vma *v = vma_find_from(&as->areas, addr);
	while (v && !shm_is_part(v, addr))
		v = vma_next(v);
	if (!v)
		return -EINVAL;
	struct shm_segment *s = &shm_entry_of(v->object)->segment;
	s->detach_time = (uint32_t)clock_of_day().seconds;
	s->last = process_running->pid;
	const struct object *o = v->object;
	vaddr_t end = addr + page_up(s->size);
	/* Partly unmapped or protected, it may be several areas. The last frees @o. */
	while (v && v->start < end) {
		struct vma *next = vma_next(v);
		if (v->object == o && shm_is_part(v, addr) &&
		    aspace_unmap_locked(as, v->start, v->end - v->start) != 0)
			return -ENOMEM;
		v = next;
	}
	return 0;
}

void shm_check(void)
{
	uint32_t count = 0, pages = 0;
	int before = -1;
	list_for_each_entry(const struct shm_entry, e, &shm_segments, link) {
		const struct shm_segment *s = &e->segment;
		ASSERT((int)shm_place(e) > before);			   /* [shm.1] */
		ASSERT(s->object.refs > 0);				   /* [shm.2] */
		ASSERT(s->owned || s->key == SHM_PRIVATE);		   /* [shm.3] */
		ASSERT(s->owned || s->mode & SHM_DESTROYED);		   /* [shm.3] */
		object_check(&s->object);
		before = (int)shm_place(e);
		count++;
		pages += page_up(s->size) >> PAGE_SHIFT;
	}
	ASSERT(count == shm_count && pages == shm_pages); /* [shm.4] */
}

long shm_detach(struct aspace *as, vaddr_t addr)
{
	long error = addr & PAGE_MASK ? -EINVAL : aspace_lock_exclusive(as);
	if (error)
		return error;
	error = shm_detach_locked(as, addr);
	aspace_unlock(as);
	return error;
}

/*
 * Slabs: objects of one size, out of whole frames (Bonwick, "The Slab Allocator", USENIX 1994).
 *
 * Problem: the kernel wants many small objects of few kinds, quickly, and the buddy allocator
 * allocates nothing below a page. Idea: a cache for each kind. A cache owns slabs, blocks of
 * frames divided into equal objects; a free object is found by a list through the free objects
 * themselves. Objects of one cache never share a page with another's.
 *
 * A slab is full, partial or empty, and is on its cache's list of that name. Requests are met from
 * partial slabs first, so that the others can run empty; one empty slab is kept, as work that took
 * an object will likely take another, and more are given back at once.
 *
 * A constructor runs once for each object, when its slab is made; whoever frees an object leaves
 * it constructed. So the free-list words must not lie in such an object:
 *
 *     no constructor, no debugging   [link, mark ......]       inside the free object
 *     constructor                    [object][link, mark]
 *     debugging (slab_debug.c)       [red zone][object][red zone][link, mark]
 *
 * What is known of a slab stands in the struct frame of its first frame, and each of its frames
 * says which one that is; so the way from an address to slab and cache is two table look-ups.
 *
 * Damage. The link holds the next free object's address combined with a mark of its own place; the
 * mark beside it is there exactly in free objects. So these are noticed always, not only when
 * debugging, and cost a few instructions: freeing twice, freeing into another cache, freeing what
 * is no object, writing over a free object's link. What is found is reported through slab_report,
 * which panics; a test that counts reports instead gets a cache that still works, with an object
 * missing at worst.
 *
 * Always true (slab_check):
 *   [slab.1]  a slab is on the list that its number of objects in use says: none, some, all
 *   [slab.2]  its free list holds total - inuse objects of this slab, each marked free
 *   [slab.3]  each frame of a slab names the slab's first frame, which names the cache
 *   [slab.4]  nslabs, nempty and inuse of the cache are sums over its slabs
 * Left out: colouring (it spreads objects over cache lines; results here count instructions).
 */
#include "mm/slab.h"

#include "kernel/base/panic.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "mm/slab_internal.h"

enum {
	SLAB_MAX_SIZE = 64 << 10,
	SLAB_MAX_ORDER = 3, /* unless one object needs more */
	SLAB_KEEP_EMPTY = 1,
};

struct list_node slab_caches = LIST_HEAD_INIT(slab_caches);

static struct slab_cache slab_cache_cache; /* the cache of struct slab_cache */
static bool slab_debug_default;

static void slab_report_panic(const struct slab_cache *cache, const void *object, const char *what,
			      const void *caller)
{
	panic("slab %s: object %p: %s, found for %p", cache ? cache->name : "(none)", object, what,
	      caller);
}

slab_report_fn *slab_report = slab_report_panic;

/* Links are stored so that an overwritten one does not decode to an address in its slab. */
static inline uintptr_t link_encode(const void *object, const void *next)
{
	return (uintptr_t)next ^ slab_mark(object);
}

static inline void *link_decode(const void *object, uintptr_t stored)
{
	return (void *)(stored ^ slab_mark(object));
}

/* Do both lie in one slab of @cache? */
static inline bool slab_same(const struct slab_cache *cache, const void *a, const void *b)
{
	return ((uintptr_t)a ^ (uintptr_t)b) >> PAGE_SHIFT >> cache->order == 0;
}

static inline void *slab_object(const struct frame *f, unsigned i)
{
	return (char *)frame_bytes(f) + f->cache->first + i * f->cache->stride;
}

/* Does an object start at @object? It lies in a slab of @cache; slabs are aligned to their size. */
static inline bool slab_is_object(const struct slab_cache *cache, const void *object)
{
	size_t offset = ((uintptr_t)object & ((PAGE_SIZE << cache->order) - 1)) - cache->first;
	return offset % cache->stride == 0 && offset / cache->stride < cache->per_slab;
}

static inline void slab_push(const struct slab_cache *cache, struct frame *f, void *object)
{
	struct slab_link *link = slab_link(cache, object);
	link->next = link_encode(object, f->free_list);
	link->mark = slab_mark(object);
	f->free_list = object;
}

static inline void slab_move(struct frame *f, struct list_node *list)
{
	list_remove(&f->link);
	list_push_front(list, &f->link);
}

/*
 * The smallest slab, up to SLAB_MAX_ORDER, that wastes at most an eighth; for one object, if large.
 */
static void slab_choose_order(struct slab_cache *cache)
{
	cache->order = frame_order_for(cache->first + cache->stride);
	while (cache->order < SLAB_MAX_ORDER) {
		size_t bytes = PAGE_SIZE << cache->order;
		if ((bytes - cache->first) % cache->stride <= bytes / 8)
			break;
		cache->order++;
	}
	cache->per_slab = ((PAGE_SIZE << cache->order) - cache->first) / cache->stride;
}

void slab_setup(struct slab_cache *cache, const char *name, size_t size, size_t align,
		void (*construct)(void *))
{
	ASSERT(size > 0 && size <= SLAB_MAX_SIZE);
	ASSERT(align <= PAGE_SIZE && (align & (align - 1)) == 0);
	*cache = (struct slab_cache){ .size = size, .construct = construct };
	cache->debug = slab_debug_default;
	string_copy(cache->name, name, sizeof(cache->name));
	cache->align = MAX(align, sizeof(struct slab_link));
	if (cache->debug) {
		slab_debug_layout(cache);
	} else {
		cache->link_offset = construct ? ROUND_UP(size, sizeof(uintptr_t)) : 0;
		size_t end = construct ? cache->link_offset + sizeof(struct slab_link) : size;
		cache->stride = ROUND_UP(end, cache->align);
	}
	slab_choose_order(cache);
	list_init(&cache->full);
	list_init(&cache->partial);
	list_init(&cache->empty);
	list_push_back(&slab_caches, &cache->link);
}

void slab_init(bool debug)
{
	slab_debug_default = debug;
	slab_setup(&slab_cache_cache, "slab_cache", sizeof(struct slab_cache), 0, NULL);
	kmalloc_init();
}

struct slab_cache *slab_create(const char *name, size_t size, size_t align,
			       void (*construct)(void *))
{
	struct slab_cache *cache = slab_alloc(&slab_cache_cache);
	if (cache)
		slab_setup(cache, name, size, align, construct);
	return cache;
}

/* A new slab, all its objects free, on no list. NULL: no memory. */
static struct frame *slab_grow(struct slab_cache *cache)
{
	struct frame *f = frame_alloc(cache->order, FRAME_SLAB);
	if (!f)
		return NULL;
	for (unsigned i = 0; i < 1u << cache->order; i++)
		f[i].slab_head = frame_pfn(f);
	f->cache = cache;
	f->total = (uint16_t)cache->per_slab;
	for (unsigned i = f->total; i > 0; i--) {
		void *object = slab_object(f, i - 1);
		if (cache->construct)
			cache->construct(object);
		if (cache->debug)
			slab_debug_create(cache, object);
		slab_push(cache, f, object);
	}
	cache->nslabs++;
	return f;
}

static __attribute__((noinline)) void slab_give_back(struct frame *f)
{
	list_remove(&f->link);
	f->cache->nslabs--;
	f->cache->nempty--;
	frame_free(f);
}

/* No slab is partial: make one so, an empty one or a new one. NULL: no memory. */
static __attribute__((noinline)) struct frame *slab_refill(struct slab_cache *cache)
{
	struct list_node *node = list_pop_front(&cache->empty);
	struct frame *f = node ? list_entry(node, struct frame, link) : slab_grow(cache);
	if (!f)
		return NULL;
	if (node)
		cache->nempty--;
	list_push_front(&cache->partial, &f->link);
	return f;
}

/*
 * The link of @object, first on @f's free list, was overwritten: make the list anew from the
 * objects that still carry their mark. Those that lost it count as in use for good.
 */
static __attribute__((noinline, cold)) void slab_repair(struct frame *f, const void *object,
							 const void *caller)
{
	struct slab_cache *cache = f->cache;
	slab_report(cache, object, "link written after free", caller);
	unsigned nfree = 0;
	f->free_list = NULL;
	for (unsigned i = f->total; i > 0; i--) {
		void *o = slab_object(f, i - 1);
		if (o == object || slab_link(cache, o)->mark == slab_mark(o)) {
			slab_push(cache, f, o);
			nfree++;
		}
	}
	unsigned lost = f->total - nfree - f->inuse;
	cache->inuse += lost;
	cache->allocs += lost;
	f->inuse = (uint16_t)(f->total - nfree);
}

/* Take the first free object of @f, which has one. */
static inline void *slab_pop(struct slab_cache *cache, struct frame *f, const void *caller)
{
	void *object = f->free_list;
	void *next = link_decode(object, slab_link(cache, object)->next);
	if (UNLIKELY(next && !slab_same(cache, next, object))) {
		slab_repair(f, object, caller);
		object = f->free_list;
		next = link_decode(object, slab_link(cache, object)->next);
	}
	f->free_list = next;
	slab_link(cache, object)->mark = 0;
	return object;
}

void *slab_take(struct slab_cache *cache, const void *caller)
{
	struct frame *f = list_entry(cache->partial.next, struct frame, link);
	if (UNLIKELY(list_empty(&cache->partial))) {
		f = slab_refill(cache);
		if (!f)
			return NULL;
	}
	void *object = slab_pop(cache, f, caller);
	f->inuse++;
	cache->inuse++;
	cache->allocs++;
	if (UNLIKELY(!f->free_list))
		slab_move(f, &cache->full);
	if (UNLIKELY(cache->debug))
		slab_debug_alloc(cache, object, caller);
	return object;
}

void *slab_alloc(struct slab_cache *cache)
{
	return slab_take(cache, __builtin_return_address(0));
}

/* Is @object on the free list? Its mark says so, but a user may have written the same word. */
static __attribute__((noinline, cold)) bool slab_is_free(const struct frame *f, const void *object)
{
	const void *o = f->free_list;
	for (unsigned i = f->inuse; i < f->total && o && slab_same(f->cache, o, frame_bytes(f));
	     i++) {
		if (o == object)
			return true;
		o = link_decode(o, slab_link(f->cache, o)->next);
	}
	return false;
}

/* The slab's last object has come back. */
static inline void slab_emptied(struct slab_cache *cache, struct frame *f)
{
	slab_move(f, &cache->empty);
	cache->nempty++;
	if (cache->nempty > SLAB_KEEP_EMPTY)
		slab_give_back(f);
}

void slab_release(struct frame *f, void *object, const void *caller)
{
	struct slab_cache *cache = f->cache;
	if (UNLIKELY(!slab_is_object(cache, object))) {
		slab_report(cache, object, "freed, but no object starts there", caller);
		return;
	}
	if (UNLIKELY(slab_link(cache, object)->mark == slab_mark(object) &&
		     slab_is_free(f, object))) {
		slab_report(cache, object, "double free", caller);
		return;
	}
	if (UNLIKELY(cache->debug))
		slab_debug_free(cache, object, caller);
	if (UNLIKELY(!f->free_list))
		slab_move(f, &cache->partial);
	slab_push(cache, f, object);
	f->inuse--;
	cache->inuse--;
	cache->frees++;
	if (UNLIKELY(f->inuse == 0))
		slab_emptied(cache, f);
}

void slab_free(struct slab_cache *cache, void *object)
{
	const void *caller = __builtin_return_address(0);
	const struct frame *f = slab_frame(object, FRAME_SLAB);
	if (UNLIKELY(!f))
		slab_report(cache, object, "freed, but no slab has this address", caller);
	else if (UNLIKELY(slab_of(f)->cache != cache))
		slab_report(cache, object, "freed, but belongs to another cache", caller);
	else
		slab_release(slab_of(f), object, caller);
}

/* Give @cache's empty slabs back. Returns the number of frames. */
static size_t slab_trim_cache(struct slab_cache *cache)
{
	size_t nframes = 0;
	list_for_each_safe(node, &cache->empty) {
		slab_give_back(list_entry(node, struct frame, link));
		nframes += 1u << cache->order;
	}
	return nframes;
}

void slab_destroy(struct slab_cache *cache)
{
	if (cache->inuse)
		panic("slab %s: destroyed with %u objects in use", cache->name, cache->inuse);
	slab_trim_cache(cache);
	list_remove(&cache->link);
	slab_free(&slab_cache_cache, cache);
}

size_t slab_trim(void)
{
	size_t nframes = 0;
	list_for_each(node, &slab_caches)
		nframes += slab_trim_cache(list_entry(node, struct slab_cache, link));
	return nframes;
}

uint32_t slab_objects(void)
{
	uint32_t count = 0;
	list_for_each(node, &slab_caches)
		count += list_entry(node, struct slab_cache, link)->inuse;
	return count;
}

/* [slab.2], [slab.3] for one slab. */
static void slab_check_one(const struct slab_cache *cache, const struct frame *f)
{
	ASSERT(f->state == FRAME_OWNED && f->owner == FRAME_SLAB && f->order == cache->order);
	for (unsigned i = 0; i < 1u << cache->order; i++)
		ASSERT(f[i].slab_head == frame_pfn(f)); /* [slab.3] */
	/* [slab.3] */
	ASSERT(f->cache == cache && f->total == cache->per_slab && f->inuse <= f->total);
	const void *object = f->free_list;
	for (unsigned i = f->inuse; i < f->total; i++) {
		ASSERT(object && slab_same(cache, object, frame_bytes(f)) &&
		       slab_is_object(cache, object));
		ASSERT(slab_link(cache, object)->mark == slab_mark(object)); /* [slab.2] */
		object = link_decode(object, slab_link(cache, object)->next);
	}
	ASSERT(!object); /* [slab.2] */
}

/* Each slab of @list has @least .. @most objects in use. Returns how many slabs there are. */
static uint32_t slab_check_list(const struct slab_cache *cache, const struct list_node *list,
				unsigned least, unsigned most, uint32_t *inuse)
{
	uint32_t nslabs = 0;
	list_for_each_entry(const struct frame, f, list, link) {
		slab_check_one(cache, f);
		ASSERT(f->inuse >= least && f->inuse <= most); /* [slab.1] */
		*inuse += f->inuse;
		nslabs++;
	}
	return nslabs;
}

void slab_check(void)
{
	list_for_each_entry(const struct slab_cache, cache, &slab_caches, link) {
		unsigned all = cache->per_slab;
		uint32_t inuse = 0;
		uint32_t nempty = slab_check_list(cache, &cache->empty, 0, 0, &inuse);
		uint32_t nslabs = nempty + slab_check_list(cache, &cache->full, all, all, &inuse);
		/* With one object a slab none is ever partial: the range is empty. */
		nslabs += slab_check_list(cache, &cache->partial, 1, all - 1, &inuse);
		/* [slab.4] */
		ASSERT(nempty == cache->nempty && nslabs == cache->nslabs && inuse == cache->inuse);
		ASSERT(cache->allocs - cache->frees == cache->inuse);
	}
}

/* What slab.c, slab_debug.c and kmalloc.c share; no one else includes it. */
#ifndef MM_SLAB_INTERNAL_H
#define MM_SLAB_INTERNAL_H

#include "mm/frame.h"
#include "mm/slab.h"

enum {
	SLAB_RED = 16,	      /* bytes of each red zone, before alignment */
	SLAB_RED_BYTE = 0xbb,
	SLAB_FREE_BYTE = 0x6b, /* poison: a free object */
	SLAB_NEW_BYTE = 0x5a,  /* poison: an object just allocated */
};

/* The two words of a free object by which its slab finds it, at object + cache->link_offset. */
struct slab_link {
	uintptr_t next; /* encoded */
	uintptr_t mark; /* free: slab_mark(object); allocated: 0 */
};

static inline struct slab_link *slab_link(const struct slab_cache *cache, const void *object)
{
	return (struct slab_link *)((char *)object + cache->link_offset);
}

/* What the link's words look like in a free object: different at each address, never an address. */
static inline uintptr_t slab_mark(const void *object)
{
	return (uintptr_t)object * 2654435761u ^ 0x5ab0f7eeu;
}

/* The first frame of the slab that @f belongs to; f->owner is FRAME_SLAB. */
static inline struct frame *slab_of(const struct frame *f)
{
	return frame_of(f->slab_head);
}

/* The frame that @address lies in, allocated to @owner; else NULL. */
static inline struct frame *slab_frame(const void *address, enum frame_owner owner)
{
	pfn_t pfn = virt_to_phys(address) >> PAGE_SHIFT;
	if (UNLIKELY(pfn >= frame_count))
		return NULL;
	struct frame *f = frame_of(pfn);
	return LIKELY(f->state == FRAME_OWNED && f->owner == owner) ? f : NULL;
}

/* Fill in @cache and put it among slab_caches. */
void slab_setup(struct slab_cache *cache, const char *name, size_t size, size_t align,
		void (*construct)(void *));
/* slab_alloc, in the name of @caller. */
void *slab_take(struct slab_cache *cache, const void *caller);
/*
 * slab_free for an object of @f's slab, whichever cache that is; the caller has checked the cache.
 */
void slab_release(struct frame *f, void *object, const void *caller);

/*
 * slab_debug.c: lay out a cache with red zones; paint a new object, allocated or free; verify one.
 */
void slab_debug_layout(struct slab_cache *cache);
void slab_debug_create(const struct slab_cache *cache, void *object);
void slab_debug_alloc(const struct slab_cache *cache, void *object, const void *caller);
void slab_debug_free(const struct slab_cache *cache, void *object, const void *caller);

/* kmalloc.c: its caches exist from slab_init on. */
void kmalloc_init(void);

#endif

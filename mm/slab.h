/*
 * Object caches on frames, and kmalloc on top. Theory in slab.c.
 * Context of all: process or boot. Never reclaims: NULL means no memory now.
 */
#ifndef MM_SLAB_H
#define MM_SLAB_H

#include "lib/list.h"
#include "mm/types.h"

enum { SLAB_NAME_MAX = 24 };

struct slab_cache {
	char name[SLAB_NAME_MAX];
	size_t size;	    /* bytes the user sees */
	size_t stride;	    /* from object to object: with alignment and red zones */
	size_t align;
	unsigned order;	    /* a slab is 2^order frames */
	unsigned per_slab;  /* objects */
	unsigned first;	    /* bytes from a slab's start to its first object */
	unsigned link_offset; /* bytes from an object to its free-list words, see slab.c */
	bool debug;	    /* red zones, poison, double-free detection */
	/* run once when a slab is made; objects are freed constructed */
	void (*construct)(void *object);
	struct list_node full, partial, empty; /* slabs: struct frame.link of the first frame */
	uint32_t nslabs, nempty;
	uint32_t inuse;	    /* objects allocated */
	uint32_t allocs, frees;
	struct list_node link; /* slab_caches */
};
extern struct list_node slab_caches; /* every cache, for reports */

/*
 * Before any other call, after frame_init. @debug: the default for every cache created after
 * (kernel word "slab_debug").
 */
void slab_init(bool debug);
/*
 * A cache of @size-byte objects (1 .. 64 KiB), aligned to @align (power of two, or 0: 8 bytes).
 * @construct may be NULL.
 * NULL: no memory for its first bookkeeping. Debug mode poisons objects without a constructor only.
 */
struct slab_cache *slab_create(const char *name, size_t size, size_t align,
			       void (*construct)(void *));
/* The cache must have no object in use: else a panic that names it. */
void slab_destroy(struct slab_cache *cache);

MUST_CHECK void *slab_alloc(struct slab_cache *cache);
/*
 * Panics, naming cache and caller, on: an object of another cache, a pointer inside an object, a
 * double free, a damaged red zone (debug).
 */
void slab_free(struct slab_cache *cache, void *object);
/* Give empty slabs of every cache back to the frame allocator. Returns the number of frames. */
size_t slab_trim(void);
/* Objects in use over all caches, kmalloc's included. */
uint32_t slab_objects(void);

/*
 * Zeroed memory comes from kzalloc; sizes above 2048 from the buddy allocator, page aligned. Up to
 * 4 MiB; 0 bytes: NULL.
 */
MUST_CHECK void *kmalloc(size_t bytes);
MUST_CHECK void *kzalloc(size_t bytes);
/* Keeps the first min(old, new) bytes. NULL: no memory, @old is unchanged. @old NULL: kmalloc. */
MUST_CHECK void *krealloc(void *old, size_t bytes);
void kfree(void *object); /* NULL is allowed */

/*
 * What to do about damage found: panic by default; tests install their own to count reports.
 * @what names the damage ("double free", ...), @caller is a code address.
 */
typedef void slab_report_fn(const struct slab_cache *cache, const void *object, const char *what,
			    const void *caller);
extern slab_report_fn *slab_report;

void slab_check(void);

#endif

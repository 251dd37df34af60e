/*
 * kmalloc: memory of any size, from slab caches of a few sizes.
 *
 * A request up to 2048 bytes is rounded up to the next of these sizes and is an object of that
 * size's cache; a table with an entry for every eight bytes says which. Between two powers of two
 * lies one more size, so at most a third of an object goes unused, and usually much less. Larger
 * requests are blocks of the buddy allocator.
 *
 * kfree knows which of the two it gets by the frame's owner, and the size by the cache or the
 * block's order; so no header stands in front of the memory, and large blocks are page aligned.
 *
 * Always true: what kmalloc returns is aligned to 8 bytes, from 16 bytes on to 16.
 */
#include "lib/string.h"
#include "mm/slab_internal.h"

enum { KMALLOC_MAX = 2048, KMALLOC_STEP = 8 };

static const uint16_t kmalloc_sizes[] = { 8,   16,  32,  48,  64,  96,   128,  192,
					  256, 384, 512, 768, 1024, 1536, 2048 };

static struct slab_cache kmalloc_caches[ARRAY_SIZE(kmalloc_sizes)];
/* The cache for (i * KMALLOC_STEP, (i + 1) * KMALLOC_STEP] bytes. */
static uint8_t kmalloc_class[KMALLOC_MAX / KMALLOC_STEP];

static const char *const kmalloc_names[ARRAY_SIZE(kmalloc_sizes)] = {
	"kmalloc-8",   "kmalloc-16",  "kmalloc-32",  "kmalloc-48",  "kmalloc-64",
	"kmalloc-96",  "kmalloc-128", "kmalloc-192", "kmalloc-256", "kmalloc-384",
	"kmalloc-512", "kmalloc-768", "kmalloc-1024", "kmalloc-1536", "kmalloc-2048",
};

void kmalloc_init(void)
{
	unsigned step = 0;
	for (unsigned i = 0; i < ARRAY_SIZE(kmalloc_sizes); i++) {
		size_t size = kmalloc_sizes[i];
		slab_setup(&kmalloc_caches[i], kmalloc_names[i], size, MIN(size, 16u), NULL);
		for (; step < size / KMALLOC_STEP; step++)
			kmalloc_class[step] = (uint8_t)i;
	}
}

static bool kmalloc_owns(const struct slab_cache *cache)
{
	return (uintptr_t)cache - (uintptr_t)kmalloc_caches < sizeof(kmalloc_caches);
}

/* @bytes is above KMALLOC_MAX; an order that no block has is refused below. */
static void *kmalloc_large(size_t bytes)
{
	struct frame *f = frame_alloc(frame_order_for(bytes), FRAME_KERNEL);
	return f ? frame_bytes(f) : NULL;
}

static inline void *kmalloc_for(size_t bytes, const void *caller)
{
	/* 0 bytes wrap around to a huge number here. */
	if (UNLIKELY(bytes - 1 >= KMALLOC_MAX))
		return bytes ? kmalloc_large(bytes) : NULL;
	return slab_take(&kmalloc_caches[kmalloc_class[(bytes - 1) / KMALLOC_STEP]], caller);
}

void *kmalloc(size_t bytes)
{
	return kmalloc_for(bytes, __builtin_return_address(0));
}

void *kzalloc(size_t bytes)
{
	void *object = kmalloc_for(bytes, __builtin_return_address(0));
	return object ? memset(object, 0, bytes) : NULL;
}

/* The block whose first byte is at @address, or NULL. */
static struct frame *kmalloc_block(const void *address)
{
	struct frame *f = slab_frame(address, FRAME_KERNEL);
	return f && frame_bytes(f) == address && f->order <= FRAME_MAX_ORDER ? f : NULL;
}

static __attribute__((noinline)) void kfree_large(void *object, const void *caller)
{
	struct frame *f = kmalloc_block(object);
	if (f)
		frame_free(f);
	else
		slab_report(NULL, object, "freed, but nothing was allocated there", caller);
}

static inline void kfree_for(void *object, const void *caller)
{
	if (UNLIKELY(!object))
		return;
	const struct frame *f = slab_frame(object, FRAME_SLAB);
	if (UNLIKELY(!f)) {
		kfree_large(object, caller);
		return;
	}
	struct frame *slab = slab_of(f);
	if (UNLIKELY(!kmalloc_owns(slab->cache)))
		slab_report(slab->cache, object,
			    "freed by kfree, but belongs to a cache of its own", caller);
	else
		slab_release(slab, object, caller);
}

void kfree(void *object)
{
	kfree_for(object, __builtin_return_address(0));
}

/* How many bytes lie at @object; 0: nothing was allocated there. */
static size_t kmalloc_size(const void *object)
{
	const struct frame *f = slab_frame(object, FRAME_SLAB);
	if (f)
		return slab_of(f)->cache->size;
	f = kmalloc_block(object);
	return f ? PAGE_SIZE << f->order : 0;
}

void *krealloc(void *old, size_t bytes)
{
	const void *caller = __builtin_return_address(0);
	if (!old)
		return kmalloc_for(bytes, caller);
	size_t size = kmalloc_size(old);
	/* It fits, and a smaller size would save less than half. */
	if (bytes <= size && bytes > size / 2)
		return old;
	void *object = kmalloc_for(bytes, caller);
	if (!object)
		return bytes && bytes <= size ? old : NULL;
	memcpy(object, old, MIN(size, bytes));
	kfree_for(old, caller);
	return object;
}

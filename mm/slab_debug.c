/*
 * Slabs under observation: red zones and poison.
 *
 * With debugging on, each object stands between two zones of a known byte, and a free object
 * without a constructor is filled with another. Whoever writes beyond an object's ends, or into one
 * that is free, changes such a byte, and is found when the object is next freed or allocated:
 *
 *     [ red zone | object | red zone | link, mark ] [ red zone | object | ...
 *
 * The zone after it starts at the object's very last byte. A new object is filled with a third
 * byte, so that a read of what was never written is easy to see in a debugger.
 *
 * After a report the damage is painted over, so that one mistake is reported once.
 * Left out: kmalloc knows the size class, not the bytes asked for; an overrun within the class
 * is not seen.
 */
#include "mm/slab_internal.h"

#include "lib/string.h"

void slab_debug_layout(struct slab_cache *cache)
{
	cache->first = ROUND_UP((size_t)SLAB_RED, cache->align);
	cache->link_offset = ROUND_UP(cache->size + SLAB_RED, sizeof(uintptr_t));
	size_t end = cache->link_offset + sizeof(struct slab_link) + SLAB_RED;
	cache->stride = ROUND_UP(end, cache->align);
}

static void slab_paint_red(const struct slab_cache *cache, void *object)
{
	memset((char *)object - SLAB_RED, SLAB_RED_BYTE, SLAB_RED);
	memset((char *)object + cache->size, SLAB_RED_BYTE, cache->link_offset - cache->size);
}

static void slab_paint(const struct slab_cache *cache, void *object, int byte)
{
	if (!cache->construct)
		memset(object, byte, cache->size);
}

static bool slab_painted(const void *start, size_t n, uint8_t byte)
{
	const uint8_t *p = start;
	for (size_t i = 0; i < n; i++) {
		if (p[i] != byte)
			return false;
	}
	return true;
}

static void slab_verify_red(const struct slab_cache *cache, void *object, const void *caller)
{
	size_t behind = cache->link_offset - cache->size;
	if (!slab_painted((char *)object - SLAB_RED, SLAB_RED, SLAB_RED_BYTE))
		slab_report(cache, object, "written before its start", caller);
	if (!slab_painted((char *)object + cache->size, behind, SLAB_RED_BYTE))
		slab_report(cache, object, "written beyond its end", caller);
	slab_paint_red(cache, object);
}

void slab_debug_create(const struct slab_cache *cache, void *object)
{
	slab_paint_red(cache, object);
	slab_paint(cache, object, SLAB_FREE_BYTE);
}

void slab_debug_alloc(const struct slab_cache *cache, void *object, const void *caller)
{
	slab_verify_red(cache, object, caller);
	if (!cache->construct && !slab_painted(object, cache->size, SLAB_FREE_BYTE))
		slab_report(cache, object, "written after free", caller);
	slab_paint(cache, object, SLAB_NEW_BYTE);
}

void slab_debug_free(const struct slab_cache *cache, void *object, const void *caller)
{
	slab_verify_red(cache, object, caller);
	slab_paint(cache, object, SLAB_FREE_BYTE);
}

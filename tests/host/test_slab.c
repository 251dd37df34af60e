/* Caches: the three states of a slab, constructors, sizes, random work. */
#include <string.h>

#include "mm/frame.h"
#include "mm/slab.h"
#include "tests/host/sim.h"
#include "tests/host/test.h"

/* A cache of @size-byte objects, with debugging or without. */
static struct slab_cache *cache_of(size_t size, bool debug)
{
	sim_slab_debug = debug;
	sim_start(2000);
	struct slab_cache *cache = slab_create("test", size, 0, NULL);
	CHECK(cache != NULL && cache->debug == debug);
	return cache;
}

static void *alloc_full_of(struct slab_cache *cache, int byte)
{
	void *object = slab_alloc(cache);
	CHECK(object != NULL);
	memset(object, byte, cache->size);
	return object;
}

static void three_states(bool debug)
{
	struct slab_cache *cache = cache_of(200, debug);
	unsigned n = cache->per_slab;
	void *objects[200];
	CHECK(n > 3 && 2 * n < ARRAY_SIZE(objects));
	CHECK(list_empty(&cache->full) && list_empty(&cache->partial) && list_empty(&cache->empty));
	for (unsigned i = 0; i < n + 1; i++)
		objects[i] = slab_alloc(cache);
	slab_check();
	CHECK_EQ(cache->nslabs, 2);
	CHECK(!list_empty(&cache->full) && !list_empty(&cache->partial) &&
	      list_empty(&cache->empty));
	slab_free(cache, objects[n]);
	slab_check();
	CHECK(!list_empty(&cache->full) && list_empty(&cache->partial) &&
	      !list_empty(&cache->empty));
	slab_free(cache, objects[0]);
	slab_check();
	CHECK(list_empty(&cache->full) && !list_empty(&cache->partial) && cache->nempty == 1);
	/* The second slab to run empty is given back at once. */
	uint32_t nfree = frame_stats.free;
	for (unsigned i = 1; i < n; i++)
		slab_free(cache, objects[i]);
	slab_check();
	CHECK_EQ(cache->nslabs, 1);
	CHECK_EQ(frame_stats.free, nfree + (1u << cache->order));
	CHECK_EQ(slab_trim(), 1u << cache->order);
	CHECK_EQ(cache->nslabs, 0);
	frame_check();
}

TEST(slab_is_full_partial_or_empty)
{
	three_states(false);
}

TEST(slab_is_full_partial_or_empty_with_debugging)
{
	three_states(true);
}

TEST(slab_partial_slabs_are_used_before_new_ones)
{
	struct slab_cache *cache = cache_of(200, false);
	void *objects[100];
	unsigned n = 2 * cache->per_slab;
	for (unsigned i = 0; i < n; i++)
		objects[i] = slab_alloc(cache);
	slab_free(cache, objects[3]);
	slab_free(cache, objects[cache->per_slab + 1]);
	CHECK_EQ(cache->nslabs, 2);
	CHECK(slab_alloc(cache) ==
	      objects[cache->per_slab + 1]); /* freed last, likely in the CPU's cache */
	CHECK(slab_alloc(cache) == objects[3]);
	CHECK_EQ(cache->nslabs, 2);
	slab_check();
}

static unsigned constructed;

struct thing {
	uint32_t magic;
	char rest[60];
};

static void thing_construct(void *object)
{
	memset(object, 0, sizeof(struct thing));
	((struct thing *)object)->magic = 0x7417;
	constructed++;
}

static void constructor_runs_once(bool debug)
{
	sim_slab_debug = debug;
	sim_start(200);
	struct slab_cache *cache = slab_create("thing", sizeof(struct thing), 0, thing_construct);
	struct thing *a = slab_alloc(cache);
	CHECK_EQ(constructed, cache->per_slab);
	CHECK_EQ(a->magic, 0x7417);
	a->rest[5] = 55;
	slab_free(cache, a);
	struct thing *b = slab_alloc(cache);
	CHECK(b == a && b->magic == 0x7417 && b->rest[5] == 55); /* as it was left */
	CHECK_EQ(constructed, cache->per_slab);
	slab_check();
}

TEST(slab_constructor_runs_once_for_each_object)
{
	constructor_runs_once(false);
}

TEST(slab_constructor_runs_once_for_each_object_with_debugging)
{
	constructor_runs_once(true);
}

static void sizes_and_alignments(bool debug)
{
	static const size_t sizes[] = { 1, 7, 8, 24, 100, 513, 2048, 4096, 5000, 65536 };
	sim_slab_debug = debug;
	sim_start(3000);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (size_t align = 0; align <= PAGE_SIZE; align = align ? align * 8 : 1) {
			struct slab_cache *cache = slab_create("sized", sizes[i], align, NULL);
			unsigned char *a = alloc_full_of(cache, 1);
			unsigned char *b = alloc_full_of(cache, 2);
			CHECK_EQ((uintptr_t)a % MAX(align, 8u), 0);
			CHECK_EQ((uintptr_t)b % MAX(align, 8u), 0);
			CHECK(a + sizes[i] <= b || b + sizes[i] <= a);
			CHECK_EQ(a[0] + a[sizes[i] - 1], 2);
			slab_check();
			slab_free(cache, a);
			slab_free(cache, b);
			slab_destroy(cache);
		}
	}
	slab_trim();
	frame_check();
}

TEST(slab_objects_have_their_size_and_alignment)
{
	sizes_and_alignments(false);
}

TEST(slab_objects_have_their_size_and_alignment_with_debugging)
{
	sizes_and_alignments(true);
}

enum { RANDOM_OBJECTS = 600 };

static void random_work(bool debug)
{
	static unsigned char *objects[RANDOM_OBJECTS];
	static struct slab_cache *of[RANDOM_OBJECTS];
	struct slab_cache *caches[3] = { cache_of(24, debug) };
	caches[1] = slab_create("middle", 300, 64, NULL);
	caches[2] = slab_create("large", 3000, 0, NULL);
	for (unsigned step = 0; step < 20000; step++) {
		unsigned i = test_random_below(RANDOM_OBJECTS);
		unsigned char byte = (unsigned char)(i * 7 + 1);
		if (!objects[i] && test_random_below(100) < (step / 2000 % 2 ? 30u : 90u)) {
			of[i] = caches[test_random_below(3)];
			objects[i] = alloc_full_of(of[i], byte);
		} else if (objects[i]) {
			for (size_t k = 0; k < of[i]->size; k++)
				CHECK_EQ(objects[i][k], byte);
			slab_free(of[i], objects[i]);
			objects[i] = NULL;
		}
		if (step % 20 == 0)
			slab_check();
	}
	for (unsigned i = 0; i < RANDOM_OBJECTS; i++) {
		if (objects[i])
			slab_free(of[i], objects[i]);
	}
	for (unsigned i = 0; i < 3; i++)
		slab_destroy(caches[i]);
	slab_trim();
	slab_check();
	frame_check();
	CHECK_EQ(frame_stats.owned[FRAME_SLAB], 0);
	CHECK_EQ(slab_objects(), 0);
}

TEST(slab_random_work_keeps_every_invariant)
{
	random_work(false);
}

TEST(slab_random_work_keeps_every_invariant_with_debugging)
{
	random_work(true);
}

TEST(slab_without_memory_says_null_and_changes_nothing)
{
	struct slab_cache *cache = cache_of(200, true);
	slab_trim();
	uint32_t nfree = frame_stats.free;
	sim_fail(SIM_FAIL_FRAMES, 0, true);
	CHECK(!slab_alloc(cache) && !kmalloc(20) && !kmalloc(20000) && !kzalloc(100));
	/* The cache of caches has room in the slab it has; when that is full, no more. */
	while (slab_create("more", 8, 0, NULL))
		;
	CHECK_EQ(sim_fail_asked(), sim_fail_refused());
	sim_fail(0, 0, false);
	slab_check();
	CHECK_EQ(frame_stats.free, nfree);
	CHECK(slab_alloc(cache) != NULL);
}

TEST(slab_destroy_wants_no_object_in_use)
{
	struct slab_cache *cache = cache_of(200, true);
	void *object = slab_alloc(cache);
	CHECK_PANIC("slab test: destroyed with 1 objects in use", slab_destroy(cache));
	slab_free(cache, object);
	slab_destroy(cache);
	slab_check();
	CHECK_EQ(slab_objects(), 0);
}

/* Caches and kmalloc: the three states of a slab, and damage that must be reported exactly once. */
#include <string.h>

#include "mm/frame.h"
#include "mm/slab.h"
#include "tests/host/sim.h"
#include "tests/host/test.h"

/* A cache of 100-byte objects; with debugging or without. */
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

/* ---- slabs ---- */

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
	CHECK(!list_empty(&cache->full) && !list_empty(&cache->partial) && list_empty(&cache->empty));
	slab_free(cache, objects[n]);
	slab_check();
	CHECK(!list_empty(&cache->full) && list_empty(&cache->partial) && !list_empty(&cache->empty));
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
	CHECK(slab_alloc(cache) == objects[cache->per_slab + 1]); /* freed last, likely in the CPU's cache */
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

/* ---- damage: each kind is reported exactly once, with the cache and the caller ---- */

static unsigned nreports;
static const struct slab_cache *report_cache;
static const void *report_object;
static const char *report_what;
static const void *report_caller;

static void report_count(const struct slab_cache *cache, const void *object, const char *what, const void *caller)
{
	nreports++;
	report_cache = cache;
	report_object = object;
	report_what = what;
	report_caller = caller;
}

/* Exactly one report since the last call, and the cache goes on working. */
static void expect_report(const struct slab_cache *cache, const void *object, const char *what)
{
	CHECK_EQ(nreports, 1);
	CHECK(report_cache == cache && report_object == object && report_caller != NULL);
	CHECK_STR(report_what, what);
	nreports = 0;
	slab_check();
}

static struct slab_cache *damage_cache(bool debug)
{
	struct slab_cache *cache = cache_of(100, debug);
	slab_report = report_count;
	return cache;
}

/* Nothing more is reported, however much the cache is used. */
static void expect_quiet(struct slab_cache *cache)
{
	void *objects[100];
	for (unsigned i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = alloc_full_of(cache, 0x11);
	for (unsigned i = 0; i < ARRAY_SIZE(objects); i++)
		slab_free(cache, objects[i]);
	slab_check();
	CHECK_EQ(nreports, 0);
}

TEST(slab_damage_1_beyond_the_end)
{
	struct slab_cache *cache = damage_cache(true);
	char *object = slab_alloc(cache);
	object[cache->size] = 0;
	slab_free(cache, object);
	expect_report(cache, object, "written beyond its end");
	expect_quiet(cache);
}

TEST(slab_damage_2_before_the_start)
{
	struct slab_cache *cache = damage_cache(true);
	char *object = slab_alloc(cache);
	object[-1] = 0;
	slab_free(cache, object);
	expect_report(cache, object, "written before its start");
	expect_quiet(cache);
}

static void write_after_free(unsigned at)
{
	struct slab_cache *cache = damage_cache(true);
	char *object = slab_alloc(cache);
	slab_free(cache, object);
	object[at] = 1;
	CHECK(slab_alloc(cache) == object);
	expect_report(cache, object, "written after free");
	slab_free(cache, object);
	expect_quiet(cache);
}

TEST(slab_damage_3_first_word_after_free)
{
	write_after_free(0);
}

TEST(slab_damage_4_byte_50_after_free)
{
	write_after_free(50);
}

static void link_after_free(bool debug)
{
	struct slab_cache *cache = damage_cache(debug);
	char *object = slab_alloc(cache);
	slab_free(cache, object);
	memset(object + cache->link_offset, 0, sizeof(void *));
	CHECK(slab_alloc(cache) != NULL);
	expect_report(cache, object, "link written after free");
	expect_quiet(cache);
}

TEST(slab_damage_5_free_list_link)
{
	link_after_free(true);
}

TEST(slab_damage_5_free_list_link_without_debugging)
{
	link_after_free(false);
}

static void double_free(bool debug)
{
	struct slab_cache *cache = damage_cache(debug);
	char *other = slab_alloc(cache);
	char *object = slab_alloc(cache);
	slab_free(cache, object);
	slab_free(cache, object);
	expect_report(cache, object, "double free");
	slab_free(cache, other); /* and when the whole slab is empty */
	slab_free(cache, object);
	expect_report(cache, object, "double free");
	expect_quiet(cache);
}

TEST(slab_damage_6_double_free)
{
	double_free(true);
}

TEST(slab_damage_6_double_free_without_debugging)
{
	double_free(false);
}

static void wrong_cache(bool debug)
{
	struct slab_cache *cache = damage_cache(debug);
	struct slab_cache *other = slab_create("other", 100, 0, NULL);
	char *object = slab_alloc(other);
	slab_free(cache, object);
	expect_report(cache, object, "freed, but belongs to another cache");
	kfree(object);
	expect_report(other, object, "freed by kfree, but belongs to a cache of its own");
	slab_free(other, object);
	CHECK_EQ(nreports, 0);
	expect_quiet(cache);
}

TEST(slab_damage_7_wrong_cache)
{
	wrong_cache(true);
}

TEST(slab_damage_7_wrong_cache_without_debugging)
{
	wrong_cache(false);
}

static void foreign_pointer(bool debug)
{
	struct slab_cache *cache = damage_cache(debug);
	static char foreign[16];
	struct frame *f = frame_alloc(0, FRAME_ANON);
	slab_free(cache, foreign);
	expect_report(cache, foreign, "freed, but no slab has this address");
	slab_free(cache, frame_bytes(f));
	expect_report(cache, frame_bytes(f), "freed, but no slab has this address");
	kfree(frame_bytes(f));
	expect_report(NULL, frame_bytes(f), "freed, but nothing was handed out there");
	kfree((void *)0x1000);
	expect_report(NULL, (void *)0x1000, "freed, but nothing was handed out there");
	char *large = kmalloc(20000);
	kfree(large + 4096);
	expect_report(NULL, large + 4096, "freed, but nothing was handed out there");
	kfree(large);
	CHECK_EQ(nreports, 0);
	/* One whose slab is gone. */
	char *object = slab_alloc(cache);
	slab_free(cache, object);
	slab_trim();
	slab_free(cache, object);
	expect_report(cache, object, "freed, but no slab has this address");
	expect_quiet(cache);
}

TEST(slab_damage_8_foreign_pointer)
{
	foreign_pointer(true);
}

TEST(slab_damage_8_foreign_pointer_without_debugging)
{
	foreign_pointer(false);
}

static void pointer_inside(bool debug)
{
	struct slab_cache *cache = damage_cache(debug);
	char *object = slab_alloc(cache);
	slab_free(cache, object + 8);
	expect_report(cache, object + 8, "freed, but no object starts there");
	char *slab_end = object - cache->first + (PAGE_SIZE << cache->order); /* the first object it is */
	slab_free(cache, slab_end - 1);
	CHECK_EQ(nreports, 1);
	CHECK_STR(report_what, "freed, but no object starts there");
	nreports = 0;
	slab_free(cache, object);
	expect_quiet(cache);
}

TEST(slab_damage_9_pointer_inside_an_object)
{
	pointer_inside(true);
}

TEST(slab_damage_9_pointer_inside_an_object_without_debugging)
{
	pointer_inside(false);
}

TEST(slab_damage_panics_with_the_cache_s_name)
{
	struct slab_cache *cache = cache_of(100, true);
	char *object = slab_alloc(cache);
	CHECK_PANIC("slab test: object", slab_free(cache, object); slab_free(cache, object));
	CHECK_PANIC("double free", slab_free(cache, object); slab_free(cache, object));
	CHECK_PANIC("slab (none): object 0x1000", kfree((void *)0x1000));
	CHECK_PANIC("beyond its end", object[100]++; slab_free(cache, object));
}

TEST(slab_damage_in_constructed_objects)
{
	sim_start(200);
	slab_report = report_count;
	struct slab_cache *cache = slab_create("thing", sizeof(struct thing), 0, thing_construct);
	struct thing *a = slab_alloc(cache);
	slab_free(cache, a);
	a->magic = 3; /* a constructed object may be written: nobody knows what its state should be */
	CHECK(slab_alloc(cache) == a);
	CHECK_EQ(nreports, 0);
	a->rest[sizeof(a->rest)] = 1;
	slab_free(cache, a);
	expect_report(cache, a, "written beyond its end");
}

/* ---- kmalloc ---- */

TEST(kmalloc_serves_every_size)
{
	sim_start(3000);
	static const size_t sizes[] = { 1, 8, 9, 16, 17, 100, 128, 129, 1024, 1025, 2047, 2048, 2049, 4096, 4097,
					66 << 10, 1 << 20, 4 << 20 };
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		unsigned char *p = kmalloc(sizes[i]);
		CHECK(p != NULL);
		CHECK_EQ((uintptr_t)p % (sizes[i] > 2048 ? PAGE_SIZE : sizes[i] > 8 ? 16 : 8), 0);
		memset(p, 0xee, sizes[i]);
		slab_check();
		kfree(p);
		unsigned char *z = kzalloc(sizes[i]);
		for (size_t k = 0; k < sizes[i]; k++)
			CHECK_EQ(z[k], 0);
		kfree(z);
	}
	slab_trim();
	CHECK_EQ(frame_stats.owned[FRAME_SLAB] + frame_stats.owned[FRAME_KERNEL], 0);
}

TEST(kmalloc_refuses_what_can_not_be)
{
	static const size_t sizes[] = { 0, (4 << 20) + 1, 0x7fffffff, 0x80000000u, 0xfffff000u, 0xfffffff8u, 0xffffffffu };
	sim_start(3000);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		CHECK(!kmalloc(sizes[i]));
		CHECK(!kzalloc(sizes[i]));
	}
	kfree(NULL);
	CHECK_EQ(slab_objects(), 0);
	CHECK_EQ(frame_stats.owned[FRAME_KERNEL], 0);
}

TEST(krealloc_keeps_contents)
{
	static const size_t sizes[] = { 1, 8, 20, 33, 500, 512, 2048, 2049, 9000, 70000, 5000, 2048, 100, 3 };
	sim_start(3000);
	unsigned char *p = NULL;
	size_t old = 0;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		p = krealloc(p, sizes[i]);
		CHECK(p != NULL);
		for (size_t k = 0; k < MIN(old, sizes[i]); k++)
			CHECK_EQ(p[k], (unsigned char)(k * 31));
		for (size_t k = 0; k < sizes[i]; k++)
			p[k] = (unsigned char)(k * 31);
		old = sizes[i];
		slab_check();
	}
	CHECK(!krealloc(p, 0) && !krealloc(p, 0xffffffffu)); /* refused, and p is still there */
	CHECK_EQ(p[2], 62);
	CHECK_EQ(slab_objects(), 1);
	kfree(p);
	CHECK_EQ(slab_objects(), 0);
}

TEST(krealloc_without_memory_leaves_the_old)
{
	sim_start(300);
	char *p = kmalloc(100);
	memset(p, 9, 100);
	sim_fail(SIM_FAIL_FRAMES, 0, true);
	CHECK(!krealloc(p, 5000));
	CHECK(krealloc(p, 10) == p); /* less is always possible */
	sim_fail(0, 0, false);
	CHECK_EQ(p[99], 9);
	kfree(p);
}

TEST(slab_trim_gives_everything_back)
{
	void *objects[300];
	sim_start(3000);
	slab_trim();
	uint32_t nfree = frame_stats.free;
	for (unsigned i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = kmalloc(1 + i * 9);
	/* Those above 2048 bytes are one page each. */
	CHECK_EQ(slab_objects() + frame_stats.owned[FRAME_KERNEL], ARRAY_SIZE(objects));
	for (unsigned i = 0; i < ARRAY_SIZE(objects); i++)
		kfree(objects[i]);
	uint32_t kept = nfree - frame_stats.free;
	CHECK(kept > 0);
	CHECK_EQ(slab_trim(), kept);
	CHECK_EQ(frame_stats.free, nfree);
	CHECK_EQ(slab_trim(), 0);
}

/*
 * Damage: each kind must be reported exactly once, with the cache and the caller, and must leave a
 * cache that still works.
 */
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

static unsigned nreports;
static const struct slab_cache *report_cache;
static const void *report_object;
static const char *report_what;
static const void *report_caller;

static void report_count(const struct slab_cache *cache, const void *object, const char *what,
			 const void *caller)
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
	char *other =
		slab_alloc(cache); /* in use: not to be taken for free when the list is made anew */
	char *object = slab_alloc(cache);
	slab_free(cache, object);
	memset(object + cache->link_offset, 0, sizeof(void *));
	for (unsigned i = 0; i < cache->per_slab; i++)
		CHECK(slab_alloc(cache) != other);
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

/* A user may write the very word that marks free objects; only the list decides. */
TEST(slab_damage_6_no_false_alarm)
{
	struct slab_cache *cache = damage_cache(false);
	slab_free(cache, slab_alloc(cache));
	uintptr_t *free_object = slab_alloc(cache);
	slab_free(cache, free_object);
	uintptr_t mark = free_object[1];
	CHECK(slab_alloc(cache) == free_object);
	free_object[1] = mark;
	slab_free(cache, free_object);
	CHECK_EQ(nreports, 0);
	slab_free(cache, free_object);
	expect_report(cache, free_object, "double free");
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
	expect_report(NULL, frame_bytes(f), "freed, but nothing was allocated there");
	kfree((void *)0x1000);
	expect_report(NULL, (void *)0x1000, "freed, but nothing was allocated there");
	char *large = kmalloc(20000);
	kfree(large + 4096);
	expect_report(NULL, large + 4096, "freed, but nothing was allocated there");
	kfree(large + 16);
	expect_report(NULL, large + 16, "freed, but nothing was allocated there");
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
	char *slab_end =
		object - cache->first + (PAGE_SIZE << cache->order); /* the first object it is */
	slab_free(cache, slab_end - 1);
	expect_report(cache, slab_end - 1, "freed, but no object starts there");
	char *behind =
		object + cache->per_slab * cache->stride; /* there is room for a part of one more */
	CHECK(behind < slab_end);
	slab_free(cache, behind);
	expect_report(cache, behind, "freed, but no object starts there");
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

struct thing {
	uint32_t magic;
	char rest[60];
};

static void thing_construct(void *object)
{
	memset(object, 0, sizeof(struct thing));
	((struct thing *)object)->magic = 0x7417;
}

TEST(slab_damage_in_constructed_objects)
{
	sim_start(200);
	slab_report = report_count;
	struct slab_cache *cache = slab_create("thing", sizeof(struct thing), 0, thing_construct);
	struct thing *a = slab_alloc(cache);
	slab_free(cache, a);
	a->magic =
		3; /* a constructed object may be written: nobody knows what its state should be */
	CHECK(slab_alloc(cache) == a);
	CHECK_EQ(nreports, 0);
	((char *)a)[cache->size] = 1;
	slab_free(cache, a);
	expect_report(cache, a, "written beyond its end");
}

/* Object caches and kmalloc. */
#include "kernel/selftest.h"
#include "lib/string.h"
#include "mm/slab.h"

enum { NOBJECTS = 200 };

SELFTEST(slab_goes_from_empty_over_partial_to_full)
{
	struct slab_cache *c = slab_create("test", 64, 0, NULL);
	REQUIRE(c != NULL);
	void *objects[64];
	unsigned n = c->per_slab < 64 ? c->per_slab : 64;
	for (unsigned i = 0; i < n; i++) {
		objects[i] = slab_alloc(c);
		EXPECT(objects[i] != NULL);
	}
	EXPECT_EQ(c->inuse, n);
	EXPECT_EQ(list_empty(&c->full), n < c->per_slab);
	slab_free(c, objects[0]);
	EXPECT(!list_empty(&c->partial));
	EXPECT(list_empty(&c->full));
	for (unsigned i = 1; i < n; i++)
		slab_free(c, objects[i]);
	EXPECT(list_empty(&c->partial));
	EXPECT_EQ(c->inuse, 0);
	slab_destroy(c);
}

static unsigned constructed;

static void construct(void *object)
{
	constructed++;
	*(uint32_t *)object = 0xc0ffee;
}

SELFTEST(slab_objects_come_constructed)
{
	constructed = 0;
	struct slab_cache *c = slab_create("test", 32, 0, construct);
	REQUIRE(c != NULL);
	uint32_t *a = slab_alloc(c);
	REQUIRE(a != NULL);
	EXPECT_EQ(*a, 0xc0ffee);
	EXPECT_EQ(constructed, c->per_slab);
	slab_free(c, a);
	uint32_t *b = slab_alloc(c);
	EXPECT(b != NULL && *b == 0xc0ffee);
	EXPECT_EQ(constructed, c->per_slab);
	slab_free(c, b);
	slab_destroy(c);
}

static unsigned reports;

static void count_report(const struct slab_cache *cache, const void *object, const char *what,
			 const void *caller)
{
	(void)cache, (void)object, (void)what, (void)caller;
	reports++;
}

SELFTEST(slab_double_free_is_reported_once)
{
	struct slab_cache *c = slab_create("test", 48, 0, NULL);
	REQUIRE(c != NULL);
	slab_report_fn *usual = slab_report;
	slab_report = count_report;
	reports = 0;
	void *object = slab_alloc(c);
	slab_free(c, object);
	slab_free(c, object);
	slab_report = usual;
	EXPECT_EQ(reports, 1);
	slab_destroy(c);
}

SELFTEST(slab_kmalloc_keeps_contents_when_resized)
{
	char *p = kmalloc(100);
	REQUIRE(p != NULL);
	memset(p, 0x5a, 100);
	p = krealloc(p, 5000);
	REQUIRE(p != NULL);
	for (int i = 0; i < 100; i++)
		EXPECT_EQ(p[i], 0x5a);
	p = krealloc(p, 10);
	REQUIRE(p != NULL);
	EXPECT_EQ(p[9], 0x5a);
	kfree(p);
}

SELFTEST(slab_kmalloc_impossible_sizes_are_refused)
{
	EXPECT(kmalloc(0) == NULL);
	EXPECT(kmalloc(0xffffffff) == NULL);
	EXPECT(kmalloc((4u << 20) + 1) == NULL);
	kfree(NULL);
}

SELFTEST(slab_many_sizes_come_back)
{
	void *objects[NOBJECTS / 4];
	for (unsigned round = 0; round < 4; round++) {
		for (unsigned i = 0; i < NOBJECTS / 4; i++) {
			objects[i] = kzalloc(1 + i * 61 % 3000);
			EXPECT(objects[i] != NULL);
		}
		for (unsigned i = 0; i < NOBJECTS / 4; i++)
			kfree(objects[i * 7 % (NOBJECTS / 4)]);
	}
	slab_check();
}

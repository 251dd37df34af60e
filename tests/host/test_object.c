/* The tree of an object's pages against a plain array. */
#include <string.h>

#include "mm/object.h"
#include "mm/slab.h"
#include "tests/host/sim.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { PAGES = 300 };

static const uint32_t far_pages[] = { 0, 63, 64, 4095, 4096, 262143, 262144, 0xfffff };

TEST(object_pages_agree_with_a_model)
{
	static slot_t model[PAGES];
	space_boot(512, 16, 0, "clock");
	struct object *o = object_create_shared(PAGES * PAGE_SIZE);
	memset(model, 0, sizeof(model));
	for (int k = 0; k < 20000; k++) {
		uint32_t i = test_random() % PAGES;
		if (test_random() % 2) {
			CHECK_EQ(object_reserve(o, i), 0);
			object_set_slot(o, i, k + 1);
			model[i] = k + 1;
		} else if (model[i]) {
			object_clear(o, i);
			model[i] = 0;
		}
		struct object_page p = object_lookup(o, i);
		CHECK_EQ(p.kind, model[i] ? OBJECT_SLOT : OBJECT_EMPTY);
		CHECK(!model[i] || p.slot == model[i]);
		if (k % 100 == 0) {
			object_trim(o);
			object_check(o);
		}
	}
	uint32_t next = object_next(o, 0);
	for (uint32_t i = 0; i < PAGES; i++) {
		if (!model[i])
			continue;
		CHECK_EQ(next, i);
		next = object_next(o, i + 1);
	}
	CHECK_EQ(next, UINT32_MAX);
}

TEST(object_reaches_far_pages_and_gives_its_nodes_back)
{
	space_boot(512, 16, 0, "clock");
	uint32_t objects = slab_objects();
	struct object *o = object_create_shared(UINT32_MAX);
	for (size_t k = 0; k < ARRAY_SIZE(far_pages); k++) {
		CHECK_EQ(object_lookup(o, far_pages[k]).kind, OBJECT_EMPTY);
		CHECK_EQ(object_reserve(o, far_pages[k]), 0);
		object_set_slot(o, far_pages[k], 100 + k);
	}
	object_check(o);
	CHECK_EQ(o->npages, ARRAY_SIZE(far_pages));
	uint32_t at = object_next(o, 0);
	for (size_t k = 0; k < ARRAY_SIZE(far_pages); k++) {
		CHECK_EQ(at, far_pages[k]);
		CHECK_EQ(object_lookup(o, at).slot, 100 + k);
		object_clear(o, at);
		at = object_next(o, at + 1);
	}
	object_trim(o);
	CHECK(o->root == NULL);
	o->ops->destroy(o);
	CHECK_EQ(slab_objects(), objects);
}

TEST(object_reserve_without_memory_changes_nothing)
{
	space_boot(64, 16, 0, "clock");
	struct object *o = object_create_shared(UINT32_MAX);
	static struct frame *taken[64];
	unsigned n = 0;
	while ((taken[n] = frame_alloc(0, FRAME_KERNEL)) != NULL)
		n++;
	uint32_t i = 0;
	while (i < 100000 && object_reserve(o, i) == 0)
		i += 64;
	CHECK(i < 100000);
	object_check(o);
	while (n > 0)
		frame_free(taken[--n]);
	CHECK_EQ(object_reserve(o, i), 0);
	object_trim(o);
	object_check(o);
}

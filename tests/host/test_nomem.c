/*
 * Every allocation that can fail, failing once and failing for good: what was begun is undone,
 * nothing leaks, and what the program had is intact.
 */
#include "lib/errno.h"
#include "mm/check.h"
#include "mm/fault.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { PAGES = 24 };

static vaddr_t page_va(unsigned i)
{
	return SPACE_AT + i * PAGE_SIZE;
}

/* 0, or -ENOMEM: nothing else may come of a missing frame or object. */
static bool worked(long result)
{
	CHECK(result == -ENOMEM || !is_error(result));
	return !is_error(result);
}

static void write_some(struct aspace *as, uint32_t add)
{
	for (unsigned i = 0; i < PAGES; i++) {
		uint32_t value;
		if (worked(sim_write32(as, page_va(i), add + i)) &&
		    worked(sim_read32(as, page_va(i), &value)))
			CHECK_EQ(value, add + i);
	}
}

/* A short life: map, write, fork, write on both sides, change, unmap, shared memory, end. */
static void life(void)
{
	struct aspace *as = aspace_create();
	if (as == NULL)
		return;
	struct aspace_map request = { .start = SPACE_AT,
				      .length = PAGES * PAGE_SIZE,
				      .prot = PROT_R | PROT_W,
				      .map_flags = ASPACE_FIXED };
	struct object *shared = object_create_shared(4 * PAGE_SIZE);
	if (worked(aspace_map(as, &request)))
		write_some(as, 100);
	if (shared != NULL) {
		struct aspace_map share = { .start = 0,
					    .length = 4 * PAGE_SIZE,
					    .prot = PROT_R | PROT_W,
					    .vma_flags = VMA_SHARED,
					    .object = shared };
		long at = aspace_map(as, &share);
		if (worked(at))
			worked(sim_write32(as, at + 2 * PAGE_SIZE, 7));
		object_put(shared);
	}
	mm_check();
	struct aspace *child = aspace_fork(as);
	mm_check();
	if (child != NULL && vma_find(&child->areas, SPACE_AT) != NULL)
		write_some(child, 200);
	if (vma_find(&as->areas, SPACE_AT) != NULL) {
		write_some(as, 300);
		worked(aspace_protect(as, page_va(3), 5 * PAGE_SIZE, PROT_R));
		worked(aspace_unmap(as, page_va(10), 3 * PAGE_SIZE));
	}
	worked(aspace_add_stack(as, ASPACE_STACK_LIMIT));
	mm_check();
	space_put(as);
	if (child != NULL)
		space_put(child);
	mm_check();
}

static void sweep(unsigned kinds, bool sticky)
{
	space_boot(512, 256, 16, "clock");
	life();
	slab_trim();
	uint32_t free = frame_stats.free, objects = slab_objects();
	for (uint32_t nth = 0;; nth++) {
		sim_fail(kinds, nth, sticky);
		life();
		uint32_t refused = sim_fail_refused();
		sim_fail(0, 0, false);
		slab_trim();
		CHECK_EQ(frame_stats.free, free);
		CHECK_EQ(slab_objects(), objects);
		CHECK_EQ(swap_stats.used, 0);
		if (refused == 0)
			break;
		CHECK(nth < 10000);
	}
}

TEST(each_frame_that_is_missing_once_is_survived)
{
	sweep(SIM_FAIL_FRAMES, false);
}

TEST(frames_missing_from_some_point_on_are_survived)
{
	sweep(SIM_FAIL_FRAMES, true);
}

TEST(each_object_that_is_missing_once_is_survived)
{
	sweep(SIM_FAIL_OBJECTS, false);
}

TEST(objects_missing_from_some_point_on_are_survived)
{
	sweep(SIM_FAIL_OBJECTS, true);
}

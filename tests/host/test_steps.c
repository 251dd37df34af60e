/*
 * Costs: how many steps a thing takes, counted, never timed. Twice as much of it takes at most
 * about twice the steps.
 */
#include "mm/check.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"
#include "tests/host/sim.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { FEW = 400, MANY = 2 * FEW };

/* A space that maps page 0 of one object @n times, one page beside the other. */
static struct aspace *mapper_of_one_page(struct object *o, unsigned n)
{
	struct aspace *as = aspace_create();
	for (unsigned i = 0; i < n; i++) {
		struct aspace_map request = {
			.start = SPACE_AT + i * PAGE_SIZE,
			.length = PAGE_SIZE,
			.prot = PROT_R | PROT_W,
			.map_flags = ASPACE_FIXED,
			.vma_flags = VMA_SHARED,
			.object = o,
		};
		uint32_t word;
		CHECK_EQ(aspace_map(as, &request), request.start);
		CHECK_EQ(sim_read32(as, request.start, &word), 0);
	}
	return as;
}

enum ending { EXIT, UNMAP_FORWARDS, UNMAP_BACKWARDS, CHILD_EXIT, EVICT };

static void end_in_order(struct aspace *as, enum ending how, unsigned n)
{
	for (unsigned i = 0; i < n && how == UNMAP_FORWARDS; i++)
		CHECK_EQ(aspace_unmap(as, SPACE_AT + i * PAGE_SIZE, PAGE_SIZE), 0);
	for (unsigned i = n; i > 0 && how == UNMAP_BACKWARDS; i--)
		CHECK_EQ(aspace_unmap(as, SPACE_AT + (i - 1) * PAGE_SIZE, PAGE_SIZE), 0);
	if (how == EVICT)
		space_evict_all();
}

/* Steps of the reverse map while a page that a space maps @n times loses its mappers. */
static uint32_t steps_of_ending(unsigned n, enum ending how)
{
	struct object *o = object_create_shared(PAGE_SIZE);
	struct aspace *as = mapper_of_one_page(o, n), *child = NULL;
	if (how == CHILD_EXIT) {
		child = aspace_fork(as);
		CHECK(child != NULL);
	}
	mm_check();
	uint32_t before = sim_rmap_steps;
	end_in_order(as, how, n);
	if (child != NULL)
		space_put(child);
	else if (how == EXIT)
		space_put(as);
	uint32_t steps = sim_rmap_steps - before;
	mm_check();
	if (how != EXIT)
		space_put(as);
	object_put(o);
	return steps;
}

static void check_linear(enum ending how)
{
	space_boot(4096, 256, 0, "clock");
	uint32_t few = steps_of_ending(FEW, how), many = steps_of_ending(MANY, how);
	CHECK(few >= FEW);
	CHECK(many <= 2 * few + 64);
}

TEST(steps_of_exit_grow_with_the_mappers_of_a_page)
{
	check_linear(EXIT);
}

TEST(steps_of_unmapping_forwards_grow_with_the_mappers_of_a_page)
{
	check_linear(UNMAP_FORWARDS);
}

TEST(steps_of_unmapping_backwards_grow_with_the_mappers_of_a_page)
{
	check_linear(UNMAP_BACKWARDS);
}

TEST(steps_of_a_childs_exit_grow_with_the_mappers_of_a_page)
{
	check_linear(CHILD_EXIT);
}

TEST(steps_of_an_eviction_grow_with_the_mappers_of_a_page)
{
	check_linear(EVICT);
}

/* --- accounts --- */

/*
 * A parent's pages are also its child's, some of them locked: when it ends the child pays for them,
 * and nobody has looked for them among all frames.
 */
TEST(an_account_that_ends_is_not_searched_for)
{
	enum { PAGES = 24, LOCKED = 8 };
	space_boot(4096, 256, 256, "clock");
	for (int local = 0; local < 2; local++) {
		CHECK_EQ(reclaim_set_local(local), 0);
		struct aspace *parent = aspace_create(), *child;
		space_map(parent, SPACE_AT, PAGES);
		CHECK_EQ(aspace_mlock(parent, SPACE_AT, LOCKED * PAGE_SIZE, false), 0);
		for (unsigned i = 0; i < PAGES; i++)
			CHECK_EQ(sim_write32(parent, SPACE_AT + i * PAGE_SIZE, i), 0);
		child = aspace_fork(parent);
		CHECK(child != NULL);
		CHECK_EQ(parent->allot->charged, PAGES);
		space_put(parent);
		CHECK_EQ(child->allot->charged, PAGES);
		mm_check();
		space_put(child);
		CHECK_EQ(allot_stats.searches, 0);
		mm_check();
	}
}

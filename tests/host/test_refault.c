/* Refault distance: how many evictions lie between a page's eviction and its return. */
#include "mm/check.h"
#include "mm/fault.h"
#include "mm/mmstat.h"
#include "mm/reclaim.h"
#include "tests/host/sim.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { FRAMES = 16 };

static vaddr_t page_va(unsigned i)
{
	return SPACE_AT + i * PAGE_SIZE;
}

/* A space of @npages pages in FRAMES frames, each written once, in order. */
static struct aspace *space_of(unsigned npages)
{
	space_boot(256, 256, FRAMES, "fifo");
	struct aspace *as = aspace_create();
	CHECK(as != NULL);
	sim_use(as);
	space_map(as, SPACE_AT, npages);
	for (unsigned i = 0; i < npages; i++)
		CHECK_EQ(fault_handle(as, page_va(i), PROT_W), 0);
	return as;
}

/*
 * With FIFO and a loop over FRAMES + n pages each page comes back when FRAMES + n - 1 others have
 * come, the first of them while it was still there: n evictions later.
 */
static void loop_has_distance(unsigned more)
{
	struct aspace *as = space_of(FRAMES + more);
	uint32_t before = mmstat_read(refaults), near = mmstat_read(refaults_near);
	for (unsigned i = 0; i < FRAMES + more; i++) {
		uint64_t sum = as->refault_distance;
		CHECK_EQ(fault_handle(as, page_va(i), PROT_R), 0);
		CHECK_EQ(as->refault_distance - sum, more);
	}
	CHECK_EQ(as->refaults, FRAMES + more);
	CHECK_EQ(mmstat_read(refaults) - before, FRAMES + more);
	CHECK_EQ(mmstat_read(refaults_near) - near, more <= FRAMES ? FRAMES + more : 0);
	mm_check();
	space_put(as);
}

TEST(refault_distance_of_a_loop_one_page_too_long)
{
	loop_has_distance(1);
}

TEST(refault_distance_of_a_loop_twice_too_long)
{
	loop_has_distance(FRAMES);
}

TEST(refault_is_not_near_where_twice_the_frames_would_not_do)
{
	loop_has_distance(FRAMES + 1);
}

TEST(refault_counts_no_page_that_was_sent_away_on_purpose)
{
	struct aspace *as = space_of(FRAMES);
	CHECK_EQ(aspace_advise(as, SPACE_AT, FRAMES * PAGE_SIZE, ADVISE_PAGEOUT), 0);
	CHECK_EQ(as->pmap.swapped, FRAMES);
	uint32_t ins = mmstat_read(swap_ins);
	for (unsigned i = 0; i < FRAMES; i++)
		CHECK_EQ(fault_handle(as, page_va(i), PROT_R), 0);
	CHECK_EQ(mmstat_read(swap_ins) - ins, FRAMES);
	CHECK_EQ(as->refaults, 0);
	space_put(as);
}

TEST(refault_counts_begin_anew_with_a_fork)
{
	struct aspace *as = space_of(FRAMES + 1);
	CHECK_EQ(fault_handle(as, page_va(0), PROT_R), 0);
	CHECK(as->refaults > 0);
	struct aspace *child = aspace_fork(as);
	CHECK(child != NULL && child->refaults == 0 && child->refault_distance == 0);
	aspace_put(child);
	space_put(as);
}

/* Address spaces: the end of code. Where executable maps go, and that the limit follows them. */
#include "lib/errno.h"
#include "mm/check.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { RX = PROT_R | PROT_X, RW = PROT_R | PROT_W, RWX = PROT_R | PROT_W | PROT_X };
enum { LOW = ASPACE_CODE_LOW };

static struct aspace *as;

static void start(void)
{
	space_boot(1024, 256, 0, "clock");
	as = aspace_create();
	CHECK(as != NULL);
	sim_use(as);
}

static void stop(void)
{
	mm_check();
	space_put(as);
	mm_check();
}

static vaddr_t map(vaddr_t at, unsigned npages, unsigned prot, unsigned map_flags)
{
	struct aspace_map r = { .start = at, .length = npages * PAGE_SIZE, .prot = prot,
				.map_flags = map_flags };
	return (vaddr_t)aspace_map(as, &r);
}

/* The limit is @end, for the CPU too, and the check agrees. */
static void expect_end(vaddr_t end)
{
	CHECK_EQ(as->segment.code_limit, end);
	CHECK_EQ(segment_user().code_limit, end);
	CHECK_EQ(segment_user().data_limit, USER_TOP);
	aspace_check(as);
}

TEST(code_goes_low_and_data_high)
{
	start();
	expect_end(PAGE_SIZE);
	CHECK_EQ(map(0, 2, RX, 0), LOW);
	CHECK_EQ(map(0, 1, RW, 0), as->mmap_top - PAGE_SIZE);
	CHECK_EQ(map(0, 3, PROT_R, ASPACE_CODE), LOW + 2 * PAGE_SIZE);
	expect_end(LOW + 2 * PAGE_SIZE); /* what is only part of an image does not count */
	CHECK_EQ(map(SPACE_AT, 1, RX, 0), SPACE_AT); /* a hint that is free holds */
	expect_end(SPACE_AT + PAGE_SIZE);
	CHECK_EQ(map(0, 1, RX, 0), LOW + 5 * PAGE_SIZE); /* the lowest gap, not the highest */
	CHECK_EQ(aspace_unmap(as, LOW + PAGE_SIZE, 2 * PAGE_SIZE), 0);
	CHECK_EQ(map(0, 3, RX, 0), LOW + 6 * PAGE_SIZE);
	CHECK_EQ(map(0, 2, RX, 0), LOW + PAGE_SIZE);
	stop();
}

TEST(code_leaves_the_heap_its_way)
{
	start();
	aspace_set_brk(as, LOW + 4 * PAGE_SIZE);
	CHECK_EQ(map(0, 4, RX, 0), LOW);
	expect_end(LOW + 4 * PAGE_SIZE);
	vaddr_t high = map(0, 1, RX, 0);
	CHECK_EQ(high, as->mmap_top - PAGE_SIZE); /* no room: where all others go */
	expect_end(as->mmap_top);
	CHECK_EQ(aspace_brk(as, LOW + 9 * PAGE_SIZE), LOW + 9 * PAGE_SIZE);
	stop();
}

TEST(the_code_limit_follows_every_change)
{
	start();
	map(SPACE_AT, 8, RW, ASPACE_FIXED);
	expect_end(PAGE_SIZE);
	CHECK_EQ(aspace_protect(as, SPACE_AT + PAGE_SIZE, 2 * PAGE_SIZE, RWX), 0);
	expect_end(SPACE_AT + 3 * PAGE_SIZE);
	CHECK_EQ(aspace_protect(as, SPACE_AT + 2 * PAGE_SIZE, PAGE_SIZE, RW), 0);
	expect_end(SPACE_AT + 2 * PAGE_SIZE);
	CHECK_EQ(aspace_protect(as, SPACE_AT + 7 * PAGE_SIZE, 2 * PAGE_SIZE, RX), -ENOMEM);
	expect_end(SPACE_AT + 8 * PAGE_SIZE); /* the part before the hole is changed */
	map(SPACE_AT + 7 * PAGE_SIZE, 1, RW, ASPACE_FIXED); /* instead of code */
	expect_end(SPACE_AT + 2 * PAGE_SIZE);
	CHECK_EQ(aspace_unmap(as, SPACE_AT, 8 * PAGE_SIZE), 0);
	expect_end(PAGE_SIZE);
	stop();
}

TEST(the_code_limit_follows_what_moves)
{
	start();
	CHECK_EQ(map(0, 2, RX, 0), LOW);
	CHECK_EQ(aspace_remap(as, LOW, 2 * PAGE_SIZE, 4 * PAGE_SIZE, 0, 0), LOW);
	expect_end(LOW + 4 * PAGE_SIZE);
	map(LOW + 4 * PAGE_SIZE, 1, RW, ASPACE_FIXED);
	CHECK_EQ(aspace_remap(as, LOW, 4 * PAGE_SIZE, 5 * PAGE_SIZE, ASPACE_MAYMOVE, 0),
		 LOW + 5 * PAGE_SIZE);
	expect_end(LOW + 10 * PAGE_SIZE);
	CHECK_EQ(aspace_remap(as, LOW + 5 * PAGE_SIZE, 5 * PAGE_SIZE, 1 * PAGE_SIZE,
			      ASPACE_MAYMOVE | ASPACE_MOVE_FIXED, SPACE_AT), SPACE_AT);
	expect_end(SPACE_AT + PAGE_SIZE);
	/* Code over something else, and something else over code. */
	map(SPACE_AT + 4 * PAGE_SIZE, 1, RX, ASPACE_FIXED);
	expect_end(SPACE_AT + 5 * PAGE_SIZE);
	CHECK_EQ(aspace_remap(as, LOW + 4 * PAGE_SIZE, PAGE_SIZE, PAGE_SIZE,
			      ASPACE_MAYMOVE | ASPACE_MOVE_FIXED, SPACE_AT + 4 * PAGE_SIZE),
		 SPACE_AT + 4 * PAGE_SIZE);
	expect_end(SPACE_AT + PAGE_SIZE);
	stop();
}

TEST(a_child_s_code_ends_where_its_areas_say)
{
	start();
	CHECK_EQ(map(0, 2, RX, 0), LOW);
	map(SPACE_AT, 1, RX, ASPACE_FIXED);
	CHECK_EQ(aspace_advise(as, SPACE_AT, PAGE_SIZE, ADVISE_DONTFORK), 0);
	struct aspace *child = aspace_fork(as);
	CHECK(child != NULL);
	CHECK_EQ(child->segment.code_limit, LOW + 2 * PAGE_SIZE);
	aspace_check(child);
	expect_end(SPACE_AT + PAGE_SIZE); /* and the parent's is still in force */
	sim_use(child);
	CHECK_EQ(segment_user().code_limit, LOW + 2 * PAGE_SIZE);
	/* A change of one that the CPU does not use is not in force. */
	map(SPACE_AT + PAGE_SIZE, 1, RX, ASPACE_FIXED);
	CHECK_EQ(segment_user().code_limit, LOW + 2 * PAGE_SIZE);
	sim_use(as);
	expect_end(SPACE_AT + 2 * PAGE_SIZE);
	aspace_put(child);
	stop();
}

TEST(writable_bytes_below_the_code_limit_are_counted)
{
	start();
	map(SPACE_AT, 4, RW, ASPACE_FIXED);
	const struct vma *v = vma_find(&as->areas, SPACE_AT);
	CHECK_EQ(aspace_exposed(as, v), 0);
	map(SPACE_AT + 8 * PAGE_SIZE, 1, RX, ASPACE_FIXED);
	CHECK_EQ(aspace_exposed(as, v), 4 * PAGE_SIZE);
	CHECK_EQ(aspace_exposed(as, vma_find(&as->areas, SPACE_AT + 8 * PAGE_SIZE)), 0);
	stop();
}

TEST(a_wrong_code_limit_is_noticed)
{
	start();
	map(SPACE_AT, 1, RX, ASPACE_FIXED);
	as->segment.code_limit += PAGE_SIZE;
	CHECK_PANIC("code_limit", aspace_check(as));
	as->segment.code_limit -= PAGE_SIZE;
	stop();
}

/* Kernel ranges: mapped where they should be, guarded on both sides, and gone when freed. */
#include "mm/vmalloc.h"

#include <string.h>

#include "lib/errno.h"
#include "mm/frame.h"
#include "mm/pmap.h"
#include "tests/host/sim.h"
#include "tests/host/test.h"

enum { WINDOW_PAGES = (VMALLOC_END - VMALLOC_START) >> PAGE_SHIFT };

/* What the MMU says of a page: can the kernel write it? */
static bool writable(vaddr_t va)
{
	return sim_kernel_write8(va, 1) == 0;
}

static void check_range(void *range, unsigned npages)
{
	vaddr_t start = (vaddr_t)range;
	vaddr_t end = start + npages * PAGE_SIZE;
	vaddr_t found;
	CHECK(start > VMALLOC_START && end < VMALLOC_END);
	CHECK(!writable(start - 1) && !writable(end));
	CHECK(writable(start) && writable(end - 1));
	CHECK(!vmalloc_guard(start, &found) && !vmalloc_guard(end - 1, &found));
	CHECK(vmalloc_guard(start - 1, &found) && found == start);
	CHECK(vmalloc_guard(end, &found));
}

TEST(vmalloc_maps_pages_between_guards)
{
	sim_start(200);
	uint32_t nfree = frame_stats.free;
	char *a = vmalloc(2);
	char *b = vmalloc(5);
	CHECK(a && b);
	check_range(a, 2);
	check_range(b, 5);
	vmalloc_check();
	CHECK_EQ(vmalloc_pages(), 7);
	CHECK_EQ(frame_stats.owned[FRAME_VMALLOC], 7);
	memset(a, 1, 2 * PAGE_SIZE);
	memset(b, 2, 5 * PAGE_SIZE);
	CHECK_EQ(a[2 * PAGE_SIZE - 1], 1);
	vfree(a);
	CHECK(!writable((vaddr_t)a)); /* the TLB had it */
	CHECK(vmalloc(2) == a);	      /* low addresses are used again */
	vfree(a);
	check_range(b, 5);
	vfree(b);
	vmalloc_check();
	sim_tlb_check();
	CHECK_EQ(frame_stats.free, nfree);
	CHECK_EQ(vmalloc_pages(), 0);
}

TEST(vmalloc_guard_names_the_stack_that_overflowed)
{
	vaddr_t start = 0;
	sim_start(200);
	CHECK(!vmalloc_guard(VMALLOC_START, &start));
	vaddr_t a = (vaddr_t)vmalloc(1);
	vaddr_t b = (vaddr_t)vmalloc(3);
	CHECK_EQ(b - a, 2 * PAGE_SIZE); /* one guard between them serves both */
	CHECK(vmalloc_guard(a - 1, &start) && start == a);
	CHECK(vmalloc_guard(b - 1, &start) && start == b); /* stacks grow down */
	CHECK(vmalloc_guard(b + 3 * PAGE_SIZE, &start) && start == b);
	CHECK(!vmalloc_guard(b + 4 * PAGE_SIZE, &start));
	CHECK(!vmalloc_guard(VMALLOC_END, &start) && !vmalloc_guard(0, &start) &&
	      !vmalloc_guard(UINT32_MAX, &start));
	CHECK(!vmalloc_guard(VMALLOC_END - 1, &start));
}

TEST(vmalloc_refuses_what_does_not_fit)
{
	sim_start(50);
	uint32_t nfree = frame_stats.free;
	CHECK(!vmalloc(0));
	CHECK(!vmalloc(51)); /* more than there is memory: all given back */
	CHECK(!vmalloc(WINDOW_PAGES - 1) && !vmalloc(WINDOW_PAGES) && !vmalloc(SIZE_MAX) &&
	      !vmalloc(1u << 20));
	CHECK_EQ(frame_stats.free, nfree);
	vmalloc_check();
	void *all = vmalloc(50);
	CHECK(all != NULL);
	check_range(all, 50);
}

TEST(vmalloc_uses_all_the_room_and_no_more)
{
	sim_start(WINDOW_PAGES);
	void *all = vmalloc(WINDOW_PAGES - 2);
	CHECK_EQ((vaddr_t)all, VMALLOC_START + PAGE_SIZE);
	CHECK(!vmalloc(1));
	vmalloc_check();
	vfree(all);
	unsigned n = 0;
	while (vmalloc(1))
		n++;
	CHECK_EQ(n, (WINDOW_PAGES - 1) / 2); /* every other page is a guard */
	vmalloc_check();
}

TEST(vmalloc_fails_at_every_frame_and_unwinds)
{
	sim_start(100);
	uint32_t nfree = frame_stats.free;
	for (uint32_t nth = 0; nth < 6; nth++) {
		sim_fail(SIM_FAIL_FRAMES, nth, false);
		CHECK(!vmalloc(6));
		CHECK_EQ(frame_stats.free, nfree);
		vmalloc_check();
	}
	sim_fail(0, 0, false);
	CHECK(vmalloc(6) != NULL);
}

TEST(vfree_wants_the_start_of_a_range)
{
	sim_start(100);
	char *range = vmalloc(3);
	CHECK_PANIC("not the start of a range", vfree(range + PAGE_SIZE));
	CHECK_PANIC("not the start of a range", vfree(range + 1));
	CHECK_PANIC("not the start of a range", vfree(range - PAGE_SIZE));
	CHECK_PANIC("not the start of a range", vfree(range); vfree(range));
	CHECK_PANIC("not the start of a range", vfree(NULL));
	CHECK_PANIC("not the start of a range", vfree((void *)VMALLOC_START));
}

TEST(vmalloc_random_work_keeps_every_invariant)
{
	enum { RANGES = 60 };
	char *ranges[RANGES] = { NULL };
	unsigned sizes[RANGES];
	sim_start(400);
	uint32_t nfree = frame_stats.free;
	for (unsigned step = 0; step < 3000; step++) {
		unsigned i = test_random_below(RANGES);
		if (ranges[i]) {
			CHECK_EQ(ranges[i][0], (char)i);
			CHECK_EQ(ranges[i][sizes[i] * PAGE_SIZE - 1], (char)i);
			vfree(ranges[i]);
			ranges[i] = NULL;
		} else {
			sizes[i] = 1 + test_random_below(12);
			ranges[i] = vmalloc(sizes[i]);
			if (!ranges[i]) {
				CHECK(frame_stats.free < sizes[i]);
				continue;
			}
			check_range(ranges[i], sizes[i]);
			memset(ranges[i], (int)i, sizes[i] * PAGE_SIZE);
		}
		if (step % 50 == 0)
			vmalloc_check();
	}
	for (unsigned i = 0; i < RANGES; i++) {
		if (ranges[i])
			vfree(ranges[i]);
	}
	vmalloc_check();
	frame_check();
	CHECK_EQ(frame_stats.free, nfree);
}

TEST(vmalloc_check_finds_damage)
{
	sim_start(100);
	char *range = vmalloc(3);
	CHECK_PANIC("ASSERT", pmap_kernel_unmap((vaddr_t)range); vmalloc_check());
	CHECK_PANIC("ASSERT", frame_stats.owned[FRAME_VMALLOC]--; vmalloc_check());
}

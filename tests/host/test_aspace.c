/* Address spaces: the rules of mmap, brk, mremap, madvise, mlock, and the stack's gap. */
#include "lib/errno.h"
#include "mm/check.h"
#include "mm/fault.h"
#include "mm/mmstat.h"
#include "mm/reclaim.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { PAGES = 16 };

static struct aspace *as;

static vaddr_t page_va(unsigned i)
{
	return SPACE_AT + i * PAGE_SIZE;
}

static void start(unsigned limit)
{
	space_boot(1024, 256, limit, "clock");
	as = aspace_create();
	CHECK(as != NULL);
}

static void stop(void)
{
	mm_check();
	space_put(as);
	mm_check();
	CHECK_EQ(swap_stats.used, 0);
	CHECK_EQ(page_stats.charged + page_stats.locked, 0);
}

static void poke(vaddr_t va, uint32_t value)
{
	CHECK_EQ(sim_write32(as, va, value), 0);
}

static uint32_t peek(vaddr_t va)
{
	uint32_t value = 0xdead;
	CHECK_EQ(sim_read32(as, va, &value), 0);
	return value;
}

static long map(vaddr_t at, size_t length, unsigned map_flags, unsigned vma_flags)
{
	struct aspace_map r = { .start = at, .length = length, .prot = PROT_R | PROT_W,
				.map_flags = map_flags, .vma_flags = vma_flags };
	return aspace_map(as, &r);
}

TEST(map_follows_linux_s_rules)
{
	start(0);
	CHECK_EQ(map(0, 0, 0, 0), -EINVAL);
	CHECK_EQ(map(SPACE_AT + 1, PAGE_SIZE, ASPACE_FIXED, 0), -EINVAL);
	CHECK_EQ(map(0, 0xfffff001u, 0, 0), -ENOMEM);
	CHECK_EQ(map(USER_TOP - PAGE_SIZE, 2 * PAGE_SIZE, ASPACE_FIXED, 0), -ENOMEM);
	CHECK_EQ(map(0xfffff000u, PAGE_SIZE, ASPACE_FIXED, 0), -ENOMEM);
	CHECK_EQ(map(0, PAGE_SIZE, ASPACE_FIXED, 0), -EPERM);
	CHECK_EQ(map(SPACE_AT, 1, ASPACE_FIXED, 0), SPACE_AT);
	CHECK_EQ(map(SPACE_AT, PAGE_SIZE, ASPACE_FIXED | ASPACE_NOREPLACE, 0), -EEXIST);
	long high = map(0, PAGE_SIZE, 0, 0);
	CHECK_EQ((vaddr_t)high, as->mmap_top - PAGE_SIZE);
	CHECK(map(0, 3 * PAGE_SIZE, 0, 0) == high - 3 * (long)PAGE_SIZE);
	CHECK_EQ(map(page_va(5) + 7, PAGE_SIZE, 0, 0), page_va(5)); /* a hint, rounded */
	CHECK(map(page_va(5), PAGE_SIZE, 0, 0) != (long)page_va(5));
	CHECK_EQ(map(0, 512 << 20, 0, 0), -ENOMEM); /* never could be had */
	CHECK(!is_error(map(0, 512 << 20, 0, VMA_NORESERVE)));
	stop();
}

TEST(unmap_cuts_areas_and_forgives_holes)
{
	start(0);
	space_map(as, SPACE_AT, PAGES);
	poke(page_va(3), 3);
	poke(page_va(8), 8);
	CHECK_EQ(aspace_unmap(as, page_va(4), 4 * PAGE_SIZE), 0);
	CHECK_EQ(as->areas.count, 2);
	CHECK_EQ(aspace_unmap(as, page_va(2), 8 * PAGE_SIZE), 0);
	CHECK_EQ(aspace_unmap(as, page_va(2), 8 * PAGE_SIZE), 0);
	CHECK_EQ(aspace_unmap(as, page_va(2) + 1, PAGE_SIZE), -EINVAL);
	CHECK_EQ(aspace_unmap(as, page_va(2), 0), -EINVAL);
	CHECK_EQ(aspace_unmap(as, page_va(2), 0xffffffffu), -EINVAL);
	CHECK_EQ(as->areas.npages, PAGES - 8);
	space_map(as, page_va(2), 8); /* and it is one area again */
	CHECK_EQ(as->areas.count, 1);
	CHECK_EQ(peek(page_va(3)), 0);
	stop();
}

TEST(protect_stops_at_a_hole_like_linux)
{
	start(0);
	space_map(as, SPACE_AT, 4);
	space_map(as, page_va(6), 2);
	poke(page_va(1), 1);
	CHECK_EQ(aspace_protect(as, page_va(1), 6 * PAGE_SIZE, PROT_R), -ENOMEM);
	CHECK_EQ(sim_write32(as, page_va(1), 2),
		 -EACCES); /* what came before the hole is changed */
	CHECK_EQ(sim_write32(as, page_va(6), 2), 0);
	CHECK_EQ(aspace_protect(as, page_va(5), PAGE_SIZE, PROT_R), -ENOMEM);
	CHECK_EQ(aspace_protect(as, page_va(1) + 8, PAGE_SIZE, PROT_R), -EINVAL);
	CHECK_EQ(aspace_protect(as, page_va(1), 0, PROT_R), 0);
	CHECK_EQ(aspace_protect(as, page_va(1), 3 * PAGE_SIZE, PROT_R | PROT_W), 0);
	CHECK_EQ(as->areas.count, 2); /* merged again */
	CHECK_EQ(peek(page_va(1)), 1);
	stop();
}

TEST(brk_grows_shrinks_and_refuses)
{
	start(0);
	aspace_set_brk(as, SPACE_AT + 100);
	CHECK_EQ(as->brk_start, page_va(1));
	CHECK_EQ(aspace_brk(as, 0), page_va(1));
	CHECK_EQ(aspace_brk(as, page_va(3) + 5), page_va(3) + 5);
	poke(page_va(3), 9);
	CHECK_EQ(aspace_brk(as, page_va(2)), page_va(2));
	CHECK_EQ(sim_write32(as, page_va(3), 1), -EFAULT);
	CHECK_EQ(aspace_brk(as, page_va(4)), page_va(4));
	CHECK_EQ(peek(page_va(3)), 0);
	space_map(as, page_va(8), 1);
	CHECK_EQ(aspace_brk(as, page_va(9)), page_va(4)); /* something is in the way */
	CHECK_EQ(aspace_brk(as, SPACE_AT), page_va(4));
	CHECK_EQ(aspace_brk(as, 0xffffffffu), page_va(4));
	stop();
}

TEST(limits_hold)
{
	start(0);
	as->limit_as = 8 * PAGE_SIZE;
	CHECK(!is_error(map(0, 8 * PAGE_SIZE, 0, 0)));
	CHECK_EQ(map(0, PAGE_SIZE, 0, 0), -ENOMEM);
	as->limit_as = ASPACE_NO_LIMIT;
	as->limit_data = 10 * PAGE_SIZE;
	CHECK(!is_error(map(0, 2 * PAGE_SIZE, 0, 0)));
	CHECK_EQ(map(0, PAGE_SIZE, 0, 0), -ENOMEM);
	CHECK(!is_error(map(0, PAGE_SIZE, 0, VMA_SHARED)));
	as->limit_data = ASPACE_NO_LIMIT;
	as->limit_memlock = 2 * PAGE_SIZE;
	space_map(as, SPACE_AT, 4);
	CHECK_EQ(aspace_mlock(as, SPACE_AT, 3 * PAGE_SIZE, false), -ENOMEM);
	CHECK_EQ(aspace_mlock(as, SPACE_AT, 2 * PAGE_SIZE, false), 0);
	stop();
}

TEST(remap_grows_in_place_moves_and_shrinks)
{
	start(16);
	space_map(as, SPACE_AT, 8);
	for (unsigned i = 0; i < 8; i++)
		poke(page_va(i), 70 + i);
	space_evict_all();
	CHECK_EQ(aspace_remap(as, SPACE_AT, 8 * PAGE_SIZE, 10 * PAGE_SIZE, 0, 0), SPACE_AT);
	space_map(as, page_va(10), 1);
	CHECK_EQ(aspace_remap(as, SPACE_AT, 10 * PAGE_SIZE, 12 * PAGE_SIZE, 0, 0), -ENOMEM);
	long at = aspace_remap(as, SPACE_AT, 10 * PAGE_SIZE, 12 * PAGE_SIZE, ASPACE_MAYMOVE, 0);
	CHECK(!is_error(at) && at != SPACE_AT);
	mm_check();
	for (unsigned i = 0; i < 8; i++)
		CHECK_EQ(peek(at + i * PAGE_SIZE), 70 + i);
	CHECK_EQ(peek(at + 11 * PAGE_SIZE), 0);
	CHECK_EQ(sim_write32(as, SPACE_AT, 1), -EFAULT);
	CHECK_EQ(aspace_remap(as, at, 12 * PAGE_SIZE, PAGE_SIZE, 0, 0), at);
	CHECK_EQ(sim_write32(as, at + PAGE_SIZE, 1), -EFAULT);
	CHECK_EQ(peek(at), 70);
	stop();
}

TEST(remap_refuses_what_linux_refuses)
{
	unsigned fixed = ASPACE_MAYMOVE | ASPACE_MOVE_FIXED;
	start(0);
	space_map(as, SPACE_AT, 4);
	CHECK_EQ(aspace_remap(as, SPACE_AT + 1, PAGE_SIZE, PAGE_SIZE, 0, 0), -EINVAL);
	CHECK_EQ(aspace_remap(as, SPACE_AT, PAGE_SIZE, 0, 0, 0), -EINVAL);
	CHECK_EQ(aspace_remap(as, SPACE_AT, PAGE_SIZE, PAGE_SIZE, ASPACE_MOVE_FIXED, 0), -EINVAL);
	CHECK_EQ(aspace_remap(as, SPACE_AT, 2 * PAGE_SIZE, 2 * PAGE_SIZE, fixed, page_va(1)),
		 -EINVAL);
	CHECK_EQ(aspace_remap(as, SPACE_AT, PAGE_SIZE, PAGE_SIZE, fixed, USER_TOP), -EINVAL);
	CHECK_EQ(aspace_remap(as, SPACE_AT, 5 * PAGE_SIZE, 5 * PAGE_SIZE, ASPACE_MAYMOVE, 0),
		 -EFAULT);
	CHECK_EQ(aspace_remap(as, page_va(9), PAGE_SIZE, PAGE_SIZE, 0, 0), -EFAULT);
	CHECK_EQ(aspace_remap(as, SPACE_AT, 0, PAGE_SIZE, ASPACE_MAYMOVE, 0), -EINVAL);
	stop();
}

TEST(dontneed_gives_zeroes_and_free_only_under_pressure)
{
	start(16);
	space_map(as, SPACE_AT, PAGES);
	poke(page_va(0), 1);
	poke(page_va(1), 2);
	CHECK_EQ(aspace_advise(as, page_va(0), PAGE_SIZE, ADVISE_DONTNEED), 0);
	CHECK_EQ(peek(page_va(0)), 0);
	CHECK_EQ(aspace_advise(as, page_va(1), 2 * PAGE_SIZE, ADVISE_FREE), 0);
	CHECK_EQ(peek(page_va(1)), 2); /* nothing needed the frame yet */
	uint32_t outs = mmstat_read(swap_outs);
	space_evict_all();
	CHECK_EQ(mmstat_read(swap_outs), outs);
	CHECK_EQ(peek(page_va(1)), 0);
	poke(page_va(2), 3);
	CHECK_EQ(aspace_advise(as, page_va(2), PAGE_SIZE, ADVISE_FREE), 0);
	poke(page_va(2), 4); /* written again: it counts again */
	space_evict_all();
	CHECK_EQ(peek(page_va(2)), 4);
	stop();
}

TEST(pageout_and_willneed_move_pages_out_and_in)
{
	start(0);
	space_map(as, SPACE_AT, 4);
	poke(page_va(0), 5);
	CHECK(aspace_in_core(as, page_va(0)));
	CHECK_EQ(aspace_advise(as, SPACE_AT, PAGE_SIZE, ADVISE_PAGEOUT), 0);
	CHECK(!aspace_in_core(as, page_va(0)));
	CHECK_EQ(pmap_lookup(&as->pmap, page_va(0)).kind, PMAP_SLOT);
	CHECK_EQ(aspace_advise(as, SPACE_AT, PAGE_SIZE, ADVISE_WILLNEED), 0);
	CHECK(aspace_in_core(as, page_va(0)));
	CHECK_EQ(peek(page_va(0)), 5);
	CHECK(!aspace_in_core(as, page_va(1)));
	CHECK_EQ(aspace_advise(as, page_va(1), PAGE_SIZE, ADVISE_POPULATE_WRITE), 0);
	CHECK(aspace_in_core(as, page_va(1)));
	stop();
}

TEST(advice_about_fork_is_kept)
{
	start(0);
	space_map(as, SPACE_AT, 3);
	for (unsigned i = 0; i < 3; i++)
		poke(page_va(i), 1 + i);
	CHECK_EQ(aspace_advise(as, page_va(1), PAGE_SIZE, ADVISE_DONTFORK), 0);
	CHECK_EQ(aspace_advise(as, page_va(2), PAGE_SIZE, ADVISE_WIPEONFORK), 0);
	struct aspace *parent = as, *child = aspace_fork(as);
	as = child;
	CHECK_EQ(peek(page_va(0)), 1);
	CHECK_EQ(sim_write32(as, page_va(1), 1), -EFAULT);
	CHECK_EQ(peek(page_va(2)), 0);
	space_put(child);
	as = parent;
	CHECK_EQ(aspace_advise(as, SPACE_AT, 3 * PAGE_SIZE, ADVISE_DOFORK), 0);
	CHECK_EQ(aspace_advise(as, SPACE_AT, 3 * PAGE_SIZE, ADVISE_KEEPONFORK), 0);
	CHECK_EQ(as->areas.count, 1);
	stop();
}

TEST(advice_follows_linux_s_errors)
{
	start(0);
	space_map(as, SPACE_AT, 2);
	space_map(as, page_va(4), 1);
	poke(page_va(4), 4);
	CHECK_EQ(aspace_advise(as, SPACE_AT + 1, PAGE_SIZE, ADVISE_COLD), -EINVAL);
	CHECK_EQ(aspace_advise(as, SPACE_AT, PAGE_SIZE, 9), -EINVAL);
	CHECK_EQ(aspace_advise(as, SPACE_AT, PAGE_SIZE, 24), -EINVAL);
	CHECK_EQ(aspace_advise(as, SPACE_AT, 0, ADVISE_COLD), 0);
	CHECK_EQ(aspace_advise(as, SPACE_AT, 0xfffff000u, ADVISE_COLD), -EINVAL);
	CHECK_EQ(aspace_advise(as, SPACE_AT, 5 * PAGE_SIZE, ADVISE_DONTNEED), -ENOMEM);
	CHECK_EQ(peek(page_va(4)), 0); /* the rest is done */
	CHECK_EQ(aspace_mlock(as, SPACE_AT, PAGE_SIZE, false), 0);
	CHECK_EQ(aspace_advise(as, SPACE_AT, PAGE_SIZE, ADVISE_DONTNEED), -EINVAL);
	stop();
}

TEST(locked_pages_stay_whatever_comes)
{
	start(16);
	space_map(as, SPACE_AT, 40);
	poke(page_va(0), 1);
	CHECK_EQ(aspace_mlock(as, page_va(0), 4 * PAGE_SIZE, false), 0);
	CHECK_EQ(page_stats.locked, 4);
	for (unsigned i = 4; i < 40; i++)
		poke(page_va(i), i);
	mm_check();
	for (unsigned i = 0; i < 4; i++)
		CHECK_EQ(pmap_lookup(&as->pmap, page_va(i)).kind, PMAP_FRAME);
	struct aspace *parent = as, *child = aspace_fork(as);
	poke(page_va(0), 2); /* the copy is locked in its place */
	mm_check();
	CHECK_EQ(page_stats.locked, 4);
	space_put(child);
	as = parent;
	CHECK_EQ(aspace_munlock(as, page_va(1), 2 * PAGE_SIZE), 0);
	CHECK_EQ(aspace_mlock(as, page_va(39), 2 * PAGE_SIZE, true), -ENOMEM); /* a hole */
	aspace_munlock_all(as);
	CHECK_EQ(page_stats.locked, 0);
	CHECK_EQ(peek(page_va(0)), 2);
	stop();
}

TEST(lock_all_covers_what_is_there_and_what_comes)
{
	start(0);
	space_map(as, SPACE_AT, 3);
	as->lock_future = true;
	CHECK_EQ(aspace_mlock_all(as, false), 0);
	CHECK_EQ(page_stats.locked, 3);
	space_map(as, page_va(8), 2);
	poke(page_va(8), 1);
	CHECK_EQ(page_stats.locked, 4);
	aspace_munlock_all(as);
	CHECK(!as->lock_future);
	stop();
}

TEST(covers_tells_holes)
{
	start(0);
	space_map(as, SPACE_AT, 3);
	space_map(as, page_va(4), 1);
	CHECK(aspace_covers(as, SPACE_AT, 3 * PAGE_SIZE));
	CHECK(!aspace_covers(as, SPACE_AT, 4 * PAGE_SIZE));
	CHECK(!aspace_covers(as, page_va(4), 0xffffffffu));
	stop();
}

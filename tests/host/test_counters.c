/* Counters that programs drive: wide enough, or refused at their limit (docs/limits.md). */
#include "lib/errno.h"
#include "mm/check.h"
#include "mm/fault.h"
#include "mm/filepage.h"
#include "mm/reclaim.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { EACH = 40000 };

static const struct object_ops file_ops = { .name = "file", .keeps_pages = true };
static struct object file;

/* Two spaces, each with 40,000 locked maps of the same page: more than 16 bits can count. */
TEST(a_page_can_be_locked_more_than_65535_times)
{
	struct aspace *spaces[2];
	sim_slab_debug = false;
	sim_stale_check = false;
	space_boot(8192, 128, 0, "clock");
	object_init(&file, &file_ops, PAGE_SIZE);
	for (unsigned n = 0; n < 2; n++) {
		spaces[n] = aspace_create();
		for (unsigned i = 0; i < EACH; i++) {
			vaddr_t at = SPACE_AT + i * PAGE_SIZE;
			struct aspace_map r = { .start = at, .length = PAGE_SIZE, .prot = PROT_R,
						.map_flags = ASPACE_FIXED,
						.vma_flags = VMA_SHARED | VMA_LOCKED,
						.object = &file };
			CHECK_EQ(aspace_map(spaces[n], &r), at);
			CHECK_EQ(fault_handle(spaces[n], at, PROT_R), 0);
		}
	}
	struct frame *page = object_lookup(&file, 0).frame;
	CHECK_EQ(frame_locks(page), 2 * EACH);
	CHECK_EQ(page->mappers, 2 * EACH);
	mm_check();
	aspace_munlock_all(spaces[0]);
	CHECK_EQ(frame_locks(page), EACH);
	CHECK_EQ(filepage_truncate(&file, 0), 0);
	mm_check();
	CHECK_EQ(page_stats.locked, 0);
	CHECK_EQ(frame_stats.owned[FRAME_OBJECT], 0);
	for (unsigned n = 0; n < 2; n++)
		space_put(spaces[n]);
	mm_check();
}

static long map_page(struct aspace *as, vaddr_t at)
{
	struct aspace_map r = { .start = at, .length = PAGE_SIZE, .prot = PROT_R,
				.map_flags = ASPACE_FIXED };
	return aspace_map(as, &r);
}

TEST(areas_beyond_linux_s_limit_are_refused)
{
	sim_slab_debug = false;
	space_boot(8192, 128, 0, "clock");
	struct aspace *as = aspace_create();
	const vaddr_t first = SPACE_AT, more = SPACE_AT + 2 * ASPACE_AREAS_MAX * PAGE_SIZE;
	space_map(as, more, 8);
	for (unsigned i = 1; i < ASPACE_AREAS_MAX; i++)
		CHECK_EQ(map_page(as, first + 2 * i * PAGE_SIZE), first + 2 * i * PAGE_SIZE);
	CHECK_EQ(as->areas.count, ASPACE_AREAS_MAX);
	CHECK_EQ(map_page(as, first), -ENOMEM);
	CHECK_EQ(aspace_unmap(as, more + PAGE_SIZE, PAGE_SIZE), -ENOMEM);
	CHECK_EQ(aspace_protect(as, more + PAGE_SIZE, PAGE_SIZE, PROT_R), -ENOMEM);
	CHECK_EQ(aspace_mlock(as, more + PAGE_SIZE, PAGE_SIZE, false), -ENOMEM);
	CHECK_EQ(aspace_remap(as, more, PAGE_SIZE, 2 * PAGE_SIZE, ASPACE_MAYMOVE, 0), -ENOMEM);
	mm_check();
	CHECK_EQ(aspace_unmap(as, first + 2 * PAGE_SIZE, PAGE_SIZE), 0);
	CHECK_EQ(map_page(as, first), first);
	space_put(as);
	mm_check();
}

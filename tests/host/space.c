/* The whole of mm on the simulated machine. */
#include "tests/host/space.h"

#include <string.h>

#include "kernel/base/panic.h"
#include "mm/object.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"
#include "mm/swap.h"
#include "tests/host/test.h"

unsigned space_tables_at_boot;
struct sim_disk *space_disk;
const struct policy_view space_view = { rmap_test_clear_accessed, rmap_dirty,
					       page_name };

void space_boot(unsigned nframes, unsigned nslots, unsigned limit, const char *policy)
{
	sim_start(nframes);
	vma_init();
	object_init_module();
	aspace_init();
	space_disk = sim_disk_create(nslots + 1);
	CHECK_EQ(swap_init(&space_disk->dev), 0);
	CHECK_EQ(policy_start(policy, &space_view), 0);
	reclaim_init(limit);
	space_tables_at_boot = frame_stats.owned[FRAME_TABLE];
}

void space_map(struct aspace *as, vaddr_t start, unsigned npages)
{
	struct aspace_map request = {
		.start = start,
		.length = npages * PAGE_SIZE,
		.prot = PROT_R | PROT_W,
		.map_flags = ASPACE_FIXED,
	};
	CHECK_EQ(aspace_map(as, &request), start);
}

void space_put(struct aspace *as)
{
	sim_use(NULL);
	aspace_put(as);
}

void space_evict_all(void)
{
	uint32_t limit = reclaim_stats.limit;
	reclaim_stats.limit = 1;
	struct frame *f = reclaim_alloc(FRAME_ANON);
	CHECK(f != NULL);
	reclaim_stats.limit = limit;
	page_unpin(f);
}

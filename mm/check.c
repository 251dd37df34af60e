/*
 * Every module's invariants at once.
 *
 * Each module asserts what its theory numbers; this runs them all, from the frames up. Tests call
 * it after every operation, the kernel at the end of each self-test.
 */
#include "mm/check.h"

#include "drivers/block.h"
#include "mm/allot.h"
#include "mm/aspace/space.h"
#include "mm/frame.h"
#include "mm/page.h"
#include "mm/partition/partition.h"
#include "mm/pmap.h"
#include "mm/policy/policy.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/swap.h"
#include "mm/vmalloc.h"

void mm_check(void)
{
	block_check();
	frame_check();
	slab_check();
	vmalloc_check();
	pmap_check_kernel();
	swap_check();
	policy_check();
	page_check();
	reclaim_check();
	allot_check();
	partition_check();
	aspace_check_all();
}

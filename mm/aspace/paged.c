/*
 * The paged kind of address space: its table of operations.
 *
 * The functions are with their subjects (space.c, map.c, move.c, code.c, advise.c).
 */
#include "mm/aspace/ops.h"

#include "mm/aspace/aspace_internal.h"

static void paged_destroy(struct aspace *as)
{
	(void)as; /* it went with its areas */
}

static int paged_fork(struct aspace *from, struct aspace *to)
{
	(void)from, (void)to; /* area by area */
	return 0;
}

static uint32_t paged_swapped(const struct aspace *as)
{
	return as->pmap.swapped;
}

const struct aspace_ops aspace_paged = {
	.name = "pages",
	.paged = true,
	.drop_pages = paged_drop_pages,
	.destroy = paged_destroy,
	.fork = paged_fork,
	.fork_area = paged_fork_area,
	.map = paged_map,
	.remap = paged_remap,
	.advise = paged_advise,
	.protect_pages = paged_protect_pages,
	.code_changed = paged_code_changed,
	.populate = paged_populate,
	.mlock = paged_mlock,
	.munlock = paged_munlock,
	.mlock_all = paged_mlock_all,
	.in_core = paged_in_core,
	.swapped = paged_swapped,
	.check = paged_check,
};

#include "tests/kernel/scratch.h"

#include "kernel/proc/process.h"
#include "kernel/x86/cpu.h"
#include "mm/mmstat.h"
#include "mm/reclaim.h"

struct aspace *space_open(void)
{
	struct aspace *as = aspace_create();
	if (as != NULL)
		space_use(as);
	return as;
}

void space_use(struct aspace *as)
{
	process_borrow_aspace(as);
	aspace_activate(as);
}

void space_close(struct aspace *as)
{
	space_use(NULL);
	aspace_put(as);
}

bool space_map(struct aspace *as, vaddr_t start, unsigned npages)
{
	struct aspace_map request = {
		.start = start,
		.length = npages * PAGE_SIZE,
		.prot = PROT_R | PROT_W,
		.map_flags = ASPACE_FIXED,
	};
	return aspace_map(as, &request) == (long)start;
}

bool space_peek(vaddr_t va, uint32_t *value)
{
	return cpu_user_read(value, va, sizeof(*value)) == 0;
}

bool space_poke(vaddr_t va, uint32_t value)
{
	return cpu_user_write(va, &value, sizeof(value)) == 0;
}

uint32_t space_word(vaddr_t va)
{
	uint32_t value;
	return space_peek(va, &value) ? value : 0xdead;
}

uint32_t space_faults(void)
{
	return mmstat_read(minor_faults) + mmstat_read(major_faults);
}

uint32_t space_limit(uint32_t limit)
{
	uint32_t old = reclaim_stats.limit;
	reclaim_stats.limit = limit;
	return old;
}

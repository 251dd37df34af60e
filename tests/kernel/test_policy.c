/* Replacement policies on the real MMU, changed while they work. */
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/check.h"
#include "mm/mmstat.h"
#include "mm/policy.h"
#include "mm/swap.h"
#include "tests/kernel/space.h"

enum { LIMIT = 16, NPAGES = 64 };

static vaddr_t page_at(unsigned i)
{
	return SPACE_AT + i * PAGE_SIZE;
}

/* A space with NPAGES pages, each with its number in it, in LIMIT frames. */
static struct aspace *paging_space(uint32_t *old_limit)
{
	if (swap_stats.total < 2 * NPAGES) {
		selftest_skip("needs a swap area: swap=1M");
		return NULL;
	}
	struct aspace *as = space_open();
	if (as == NULL)
		return NULL;
	*old_limit = space_limit(LIMIT);
	EXPECT(space_map(as, SPACE_AT, NPAGES));
	for (unsigned i = 0; i < NPAGES; i++)
		EXPECT(space_poke(page_at(i), i));
	return as;
}

SELFTEST(policy_switch_in_the_midst_of_paging_loses_nothing)
{
	uint32_t old_limit, written = 0;
	const char *name, *before = policy_name();
	struct aspace *as = paging_space(&old_limit);
	if (as == NULL)
		return;
	uint32_t ins = mmstat_read(swap_ins);
	for (unsigned k = 0; (name = policy_nth_name(k)) != NULL; k++) {
		uint32_t known = policy_count();
		EXPECT_EQ(policy_switch(name), 0);
		EXPECT(strcmp(policy_name(), name) == 0);
		EXPECT_EQ(policy_count(), (long)known);
		for (unsigned i = 0; i < NPAGES; i++) {
			unsigned page = i * 29 % NPAGES;
			EXPECT_EQ(space_word(page_at(page)), (long)(page + written));
			EXPECT(space_poke(page_at(page), page + written + 1));
			policy_check();
		}
		written++;
		mm_check();
	}
	EXPECT_EQ(policy_switch("nosuch"), -EINVAL);
	EXPECT(mmstat_read(swap_ins) - ins > written * (NPAGES - LIMIT) / 2);
	EXPECT_EQ(policy_switch(before), 0);
	space_limit(old_limit);
	space_close(as);
}

/* The MMU's bit is set by a use before the switch and read by the new policy after it. */
SELFTEST(policy_switch_leaves_the_accessed_bits_alone)
{
	uint32_t old_limit;
	const char *before = policy_name();
	struct aspace *as = paging_space(&old_limit);
	if (as == NULL)
		return;
	EXPECT_EQ(policy_switch("fifo"), 0);
	for (unsigned i = 0; i < NPAGES; i++) {
		EXPECT(space_poke(page_at(i), i));
		pmap_test_clear_accessed(&as->pmap, page_at(i));
	}
	unsigned used = NPAGES - LIMIT / 2;
	EXPECT_EQ(space_word(page_at(used)), (long)used);
	EXPECT_EQ(policy_switch("clock"), 0);
	for (unsigned i = 0; i < LIMIT / 2; i++)
		EXPECT(space_poke(page_at(i), i));
	EXPECT_EQ(pmap_lookup(&as->pmap, page_at(used)).kind, PMAP_FRAME);
	EXPECT_EQ(policy_switch(before), 0);
	space_limit(old_limit);
	space_close(as);
}

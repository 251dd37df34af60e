/* Replacement policies on the real MMU, changed while they work. */
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/check.h"
#include "mm/mmstat.h"
#include "mm/policy/policy.h"
#include "mm/reclaim.h"
#include "mm/swap.h"
#include "tests/kernel/scratch.h"

enum { LIMIT = 16, NPAGES = 64 };

static vaddr_t page_at(unsigned i)
{
	return SPACE_AT + i * PAGE_SIZE;
}

/* A space with NPAGES pages, each with its number in it, in LIMIT frames. */
static struct aspace *paging_space(uint32_t *old_limit)
{
	if (swap_capacity() < 2 * NPAGES) {
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

enum { SPACES = 2, SWITCH_FAULTS = 100, ALL_FAULTS = 4000 };

/* Every 100 faults another policy, every 700 global or local replacement; two spaces in use. */
SELFTEST(policy_switch_every_100_faults_loses_nothing_globally_or_locally)
{
	static uint32_t values[SPACES][NPAGES];
	uint32_t old_limit, random = 1, npolicies = 0, wrong = 0;
	const char *before = policy_name();
	struct aspace *as[SPACES] = { paging_space(&old_limit), NULL };
	if (as[0] == NULL)
		return;
	space_limit(2 * LIMIT);
	as[1] = space_open();
	EXPECT(as[1] != NULL && space_map(as[1], SPACE_AT, NPAGES));
	for (unsigned i = 0; i < NPAGES; i++)
		values[0][i] = i;
	while (policy_nth_name(npolicies) != NULL)
		npolicies++;
	uint32_t start = space_faults(), switches = 0;
	while (space_faults() - start < ALL_FAULTS) {
		random = random * 1664525 + 1013904223;
		unsigned which = random >> 31, page = (random >> 16) % NPAGES;
		space_use(as[which]);
		wrong += space_word(page_at(page)) != values[which][page];
		values[which][page] = random;
		EXPECT(space_poke(page_at(page), random));
		if ((space_faults() - start) / SWITCH_FAULTS == switches)
			continue;
		switches = (space_faults() - start) / SWITCH_FAULTS;
		EXPECT_EQ(policy_switch(policy_nth_name(switches * 5 % npolicies)), 0);
		if (switches % 7 == 0)
			reclaim_set_local(!policy_is_local());
		mm_check();
	}
	EXPECT_EQ(wrong, 0);
	EXPECT_EQ(switches, ALL_FAULTS / SWITCH_FAULTS);
	reclaim_set_local(false);
	EXPECT_EQ(policy_switch(before), 0);
	space_limit(old_limit);
	space_close(as[0]);
	space_close(as[1]);
}

/* On the real MMU: as[1] walks through all its pages, as[0] keeps its eight. */
SELFTEST(policy_local_replacement_spares_the_neighbour_under_every_policy)
{
	enum { HOT = 8, TURNS = 6 };
	uint32_t old_limit;
	const char *name, *before = policy_name();
	struct aspace *as[SPACES] = { paging_space(&old_limit), NULL };
	if (as[0] == NULL)
		return;
	space_limit(2 * LIMIT);
	as[1] = space_open();
	EXPECT(as[1] != NULL && space_map(as[1], SPACE_AT, NPAGES));
	for (unsigned k = 0; (name = policy_nth_name(k)) != NULL; k++) {
		EXPECT_EQ(policy_switch(name), 0);
		reclaim_set_local(true);
		uint32_t evicted = 0;
		for (unsigned turn = 0; turn < TURNS; turn++) {
			space_use(as[0]);
			for (unsigned i = 0; i < 2 * HOT; i++)
				EXPECT_EQ(space_word(page_at(i % HOT)), (long)(i % HOT));
			if (turn == 1)
				evicted = as[0]->allot->evicted;
			space_use(as[1]);
			for (unsigned i = 0; i < NPAGES; i++)
				EXPECT(space_poke(page_at(i), i));
		}
		EXPECT_EQ(as[0]->allot->evicted - evicted, 0);
		mm_check();
		reclaim_set_local(false);
	}
	EXPECT_EQ(policy_switch(before), 0);
	space_limit(old_limit);
	space_close(as[0]);
	space_close(as[1]);
}

/* A sample clears the accessed bits of all pages in use, and takes nothing from the policy. */
SELFTEST(policy_sees_what_a_sample_of_the_working_set_took)
{
	uint32_t old_limit, old_window = allot_stats.window;
	const char *before = policy_name();
	struct aspace *as = paging_space(&old_limit);
	if (as == NULL)
		return;
	EXPECT_EQ(policy_switch("clock"), 0);
	space_limit(0); /* all fit */
	for (unsigned i = 0; i < NPAGES; i++) {
		EXPECT_EQ(space_word(page_at(i)), (long)i);
		pmap_test_clear_accessed(&as->pmap, page_at(i));
		frame_of(pmap_lookup(&as->pmap, page_at(i)).number)->flags &=
			(uint8_t) ~(FRAME_REFERENCED | FRAME_USED);
	}
	unsigned used = NPAGES / 4;
	for (unsigned i = 0; i < used; i++)
		EXPECT_EQ(space_word(page_at(i)), (long)i);
	allot_stats.window = 1;
	as->allot->time = as->allot->sampled_time + 1000000;
	allot_sample(as->allot);
	EXPECT_EQ(as->allot->working_set, (long)used);
	EXPECT(!pmap_lookup(&as->pmap, page_at(0)).accessed);
	space_limit(NPAGES - 2 * used); /* the next fault evicts half of all, and none of these */
	EXPECT(space_map(as, SPACE_AT + NPAGES * PAGE_SIZE, 1));
	EXPECT(space_poke(page_at(NPAGES), 1));
	for (unsigned i = 0; i < used; i++)
		EXPECT_EQ(pmap_lookup(&as->pmap, page_at(i)).kind, PMAP_FRAME);
	allot_stats.window = old_window;
	EXPECT_EQ(policy_switch(before), 0);
	space_limit(old_limit);
	space_close(as);
}

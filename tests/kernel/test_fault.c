/* The page fault on the real machine: what comes in, how often, and in which order of steps. */
#include "kernel/x86/cpu.h"
#include "lib/errno.h"
#include "mm/fault.h"
#include "mm/mmstat.h"
#include "mm/trace.h"
#include "mm/user.h"
#include "tests/kernel/scratch.h"

enum { NPAGES = 40 };

SELFTEST(fault_takes_its_steps_in_order)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	uint32_t kinds = trace_on;
	EXPECT(space_map(as, SPACE_AT, 1));
	trace_reset();
	trace_on = 1u << TRACE_FAULT;
	EXPECT(space_poke(SPACE_AT, 1));
	trace_on = kinds;
	EXPECT_EQ(trace_count(), 6);
	for (uint32_t i = 0; i < trace_count(); i++) {
		struct trace_record r;
		EXPECT(trace_get(i, &r));
		EXPECT_EQ(r.kind, TRACE_FAULT);
		EXPECT_EQ(r.a, TRACE_STEP_LEGAL + i);
		EXPECT_EQ(r.b, SPACE_AT);
	}
	space_close(as);
}

SELFTEST(fault_count_equals_pages_touched)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, NPAGES));
	uint32_t before = space_faults();
	for (unsigned i = 0; i < NPAGES; i += 2)
		EXPECT(space_poke(SPACE_AT + i * PAGE_SIZE, i));
	for (unsigned i = 0; i < NPAGES; i += 2)
		EXPECT_EQ(space_word(SPACE_AT + i * PAGE_SIZE), (long)i);
	EXPECT_EQ(space_faults() - before, NPAGES / 2);
	EXPECT_EQ(as->pmap.resident, NPAGES / 2);
	space_close(as);
}

SELFTEST(fault_reads_share_the_page_of_zeroes)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, NPAGES));
	uint32_t free = frame_stats.free;
	uint32_t before = space_faults();
	for (unsigned i = 0; i < NPAGES; i++)
		EXPECT_EQ(space_word(SPACE_AT + i * PAGE_SIZE), 0);
	EXPECT_EQ(space_faults() - before, NPAGES);
	EXPECT_EQ(free - frame_stats.free, 3); /* a page table and its reverse-map pages */
	EXPECT(space_poke(SPACE_AT, 5)); /* the later write counts one more */
	EXPECT_EQ(space_faults() - before, NPAGES + 1);
	EXPECT_EQ(space_word(SPACE_AT), 5);
	EXPECT_EQ(space_word(SPACE_AT + PAGE_SIZE), 0);
	space_close(as);
}

SELFTEST(fault_outside_every_area_is_refused)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	uint32_t word, invalid = mmstat_read(faults_invalid);
	EXPECT(space_map(as, SPACE_AT, 1));
	EXPECT(!space_peek(SPACE_AT - 4, &word));
	EXPECT(!space_peek(SPACE_AT + PAGE_SIZE, &word));
	EXPECT_EQ(fault_handle(as, SPACE_AT - 1, PROT_R), -EFAULT);
	EXPECT_EQ(mmstat_read(faults_invalid) - invalid, 3);
	space_close(as);
}

SELFTEST(fault_on_a_forbidden_write_is_refused)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, 1));
	EXPECT_EQ(aspace_protect(as, SPACE_AT, PAGE_SIZE, PROT_R), 0);
	EXPECT_EQ(fault_handle(as, SPACE_AT, PROT_W), -EACCES);
	EXPECT_EQ(space_word(SPACE_AT), 0);
	space_close(as);
}

SELFTEST(fault_on_an_allowed_access_changes_nothing)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, 1) && space_poke(SPACE_AT, 9));
	uint32_t before = space_faults(), stale = mmstat_read(faults_stale);
	EXPECT_EQ(fault_handle(as, SPACE_AT, PROT_W), 0);
	EXPECT_EQ(space_faults(), before);
	EXPECT_EQ(mmstat_read(faults_stale) - stale, 1);
	EXPECT_EQ(space_word(SPACE_AT), 9);
	space_close(as);
}

SELFTEST(cow_count_goes_one_two_one_zero)
{
	struct aspace *parent = space_open();
	REQUIRE(parent != NULL);
	EXPECT(space_map(parent, SPACE_AT, 1) && space_poke(SPACE_AT, 1));
	struct frame *f = frame_of(pmap_lookup(&parent->pmap, SPACE_AT).number);
	EXPECT_EQ(f->mappers, 1);
	struct aspace *child = aspace_fork(parent);
	REQUIRE(child != NULL);
	EXPECT_EQ(f->mappers, 2);
	uint32_t copies = mmstat_read(cow_copies), reuses = mmstat_read(cow_reuses);
	EXPECT(space_poke(SPACE_AT, 2)); /* the parent writes: it gets the copy */
	EXPECT_EQ(f->mappers, 1);
	EXPECT_EQ(mmstat_read(cow_copies) - copies, 1);
	space_use(child);
	EXPECT_EQ(space_word(SPACE_AT), 1);
	EXPECT(space_poke(SPACE_AT, 3)); /* the last owner writes in place */
	EXPECT_EQ(mmstat_read(cow_copies) - copies, 1);
	EXPECT_EQ(mmstat_read(cow_reuses) - reuses, 1);
	EXPECT_EQ(pmap_lookup(&child->pmap, SPACE_AT).number, (long)frame_pfn(f));
	space_use(parent);
	EXPECT_EQ(space_word(SPACE_AT), 2);
	aspace_put(child);
	EXPECT_EQ(f->state, FRAME_FREE);
	space_close(parent);
}

SELFTEST(stack_grows_to_its_limit_and_keeps_its_gap)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	uint32_t limit = 256 * 1024, word;
	EXPECT_EQ(aspace_add_stack(as, limit), 0);
	EXPECT(space_poke(USER_TOP - 4, 1));
	EXPECT(space_poke(USER_TOP - limit, 2));
	EXPECT(!space_poke(USER_TOP - limit - 4, 3));
	space_close(as);

	as = space_open();
	REQUIRE(as != NULL);
	EXPECT_EQ(aspace_add_stack(as, ASPACE_STACK_LIMIT), 0);
	vaddr_t below = USER_TOP - 2 * ASPACE_STACK_GAP;
	EXPECT(space_map(as, below - PAGE_SIZE, 1)); /* FIXED may */
	EXPECT(space_poke(USER_TOP - ASPACE_STACK_GAP, 1));
	EXPECT(!space_peek(USER_TOP - ASPACE_STACK_GAP - 4, &word));
	struct aspace_map hint = { .start = below, .length = PAGE_SIZE, .prot = PROT_R };
	EXPECT(aspace_map(as, &hint) != (long)below);
	space_close(as);
}

SELFTEST(user_copies_stop_at_the_limit)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	char buf[64];
	EXPECT_EQ(user_read(as, buf, USER_TOP - 32, 64), -EFAULT);
	EXPECT_EQ(user_read(as, buf, 0xfffffff0u, 64), -EFAULT);
	EXPECT_EQ(user_read(as, buf, 0xc0100000u, 4), -EFAULT);
	EXPECT_EQ(user_write(as, 0xc0100000u, buf, 4), -EFAULT);
	EXPECT_EQ(user_read(as, buf, 0, 4), -EFAULT);
	EXPECT(space_map(as, SPACE_AT, 1));
	EXPECT_EQ(user_write(as, SPACE_AT + PAGE_SIZE - 8, "clockhand", 8), 0);
	EXPECT_EQ(user_write(as, SPACE_AT + PAGE_SIZE - 8, "clockhand", 9), -EFAULT);
	EXPECT_EQ(user_read_string(as, buf, SPACE_AT + PAGE_SIZE - 8, 5), -ENAMETOOLONG);
	EXPECT_EQ(user_read_string(as, buf, SPACE_AT + PAGE_SIZE - 8, sizeof(buf)), -EFAULT);
	space_close(as);
}

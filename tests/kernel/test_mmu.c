/* What the MMU itself does: bits it sets, translations it must forget, pages it must refuse. */
#include "kernel/x86/cpu.h"
#include "lib/errno.h"
#include "mm/fault.h"
#include "mm/vmalloc.h"
#include "tests/kernel/scratch.h"

extern char kernel_text_start[], kernel_rodata_start[];

static struct pmap_entry entry_at(struct aspace *as, vaddr_t va)
{
	return pmap_lookup(&as->pmap, va);
}

SELFTEST(cpu_control_registers_are_what_we_wrote)
{
	uint32_t cr4 = 0;
	if (cpu_features() & CPUID_PSE)
		cr4 |= 1 << 4;
	if (cpu_features() & CPUID_PGE)
		cr4 |= 1 << 7;
	if (cpu_features() & CPUID_FXSR)
		cr4 |= 1 << 9;
	if (cpu_features() & CPUID_SSE)
		cr4 |= 1 << 10;
	EXPECT_EQ(cpu_read_cr0(), 0x80010033); /* PG WP NE ET MP PE */
	EXPECT_EQ(cpu_read_cr4(), cr4);
}

SELFTEST(mmu_sets_accessed_on_read_and_dirty_on_write)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, 1));
	EXPECT_EQ(fault_handle(as, SPACE_AT, PROT_W), 0);
	struct pmap_entry e = entry_at(as, SPACE_AT);
	EXPECT(e.kind == PMAP_FRAME && !e.accessed && !e.dirty);
	EXPECT_EQ(space_word(SPACE_AT), 0);
	e = entry_at(as, SPACE_AT);
	EXPECT(e.accessed && !e.dirty);
	EXPECT(space_poke(SPACE_AT, 7));
	e = entry_at(as, SPACE_AT);
	EXPECT(e.accessed && e.dirty);
	space_close(as);
}

SELFTEST(mmu_sets_a_cleared_accessed_bit_again)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, 1) && space_poke(SPACE_AT, 1));
	EXPECT(pmap_test_clear_accessed(&as->pmap, SPACE_AT));
	EXPECT(!pmap_test_clear_accessed(&as->pmap, SPACE_AT));
	EXPECT_EQ(space_word(SPACE_AT), 1);
	EXPECT(pmap_test_clear_accessed(&as->pmap, SPACE_AT));
	space_close(as);
}

SELFTEST(mmu_forgets_an_unmapped_page_at_once)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	uint32_t word;
	EXPECT(space_map(as, SPACE_AT, 2) && space_poke(SPACE_AT, 1) &&
	       space_poke(SPACE_AT + PAGE_SIZE, 2));
	EXPECT_EQ(aspace_unmap(as, SPACE_AT, PAGE_SIZE), 0);
	EXPECT(!space_peek(SPACE_AT, &word));
	EXPECT_EQ(space_word(SPACE_AT + PAGE_SIZE), 2);
	space_close(as);
}

SELFTEST(mmu_forgets_a_withdrawn_right_at_once)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	uint32_t word;
	EXPECT(space_map(as, SPACE_AT, 1) && space_poke(SPACE_AT, 1));
	EXPECT_EQ(aspace_protect(as, SPACE_AT, PAGE_SIZE, PROT_R), 0);
	EXPECT(!space_poke(SPACE_AT, 2));
	EXPECT_EQ(aspace_protect(as, SPACE_AT, PAGE_SIZE, PROT_NONE), 0);
	EXPECT(!space_peek(SPACE_AT, &word));
	EXPECT_EQ(aspace_protect(as, SPACE_AT, PAGE_SIZE, PROT_R | PROT_W), 0);
	EXPECT_EQ(space_word(SPACE_AT), 1);
	EXPECT(space_poke(SPACE_AT, 3));
	space_close(as);
}

SELFTEST(mmu_keeps_all_facts_of_a_withdrawn_page)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, 1) && space_poke(SPACE_AT, 1));
	struct pmap_entry before = entry_at(as, SPACE_AT);
	pmap_withdraw(&as->pmap, SPACE_AT);
	struct pmap_entry e = entry_at(as, SPACE_AT);
	EXPECT(e.kind == PMAP_FRAME && e.number == before.number && e.prot == before.prot);
	EXPECT(e.accessed && e.dirty);
	EXPECT(pmap_test_clear_accessed(&as->pmap, SPACE_AT));
	EXPECT(pmap_grant(&as->pmap, SPACE_AT, false));
	EXPECT_EQ(space_word(SPACE_AT), 1);
	EXPECT(entry_at(as, SPACE_AT).accessed);
	EXPECT(entry_at(as, SPACE_AT).prot == (PROT_R | PROT_W));
	EXPECT(!pmap_grant(&as->pmap, SPACE_AT, false));
	EXPECT(pmap_grant(&as->pmap, SPACE_AT, true) && space_poke(SPACE_AT, 2));
	EXPECT(!pmap_grant(&as->pmap, SPACE_AT, true));
	space_close(as);
}

SELFTEST(mmu_grants_no_more_than_the_page_s_rights)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, 2) && space_poke(SPACE_AT, 1));
	pmap_withdraw(&as->pmap, SPACE_AT);
	EXPECT_EQ(aspace_protect(as, SPACE_AT, PAGE_SIZE, PROT_R), 0);
	EXPECT_EQ(entry_at(as, SPACE_AT).prot, PROT_R);
	EXPECT(pmap_grant(&as->pmap, SPACE_AT, true));
	EXPECT(!pmap_grant(&as->pmap, SPACE_AT, true) && !space_poke(SPACE_AT, 2));
	EXPECT_EQ(space_word(SPACE_AT), 1);
	EXPECT_EQ(aspace_protect(as, SPACE_AT, PAGE_SIZE, PROT_NONE), 0);
	pmap_withdraw(&as->pmap, SPACE_AT);
	EXPECT(!pmap_grant(&as->pmap, SPACE_AT, false));
	EXPECT(!pmap_grant(&as->pmap, SPACE_AT + PAGE_SIZE, false));
	space_close(as);
}

SELFTEST(mmu_sees_a_page_that_moved_to_another_frame)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, 1) && space_poke(SPACE_AT, 1));
	for (uint32_t i = 2; i < 10; i++) {
		EXPECT_EQ(aspace_unmap(as, SPACE_AT, PAGE_SIZE), 0);
		EXPECT(space_map(as, SPACE_AT, 1));
		EXPECT_EQ(space_word(SPACE_AT), 0);
		EXPECT(space_poke(SPACE_AT, i));
		EXPECT_EQ(space_word(SPACE_AT), (long)i);
	}
	space_close(as);
}

SELFTEST(kernel_text_and_constants_can_not_be_written)
{
	EXPECT(!space_poke((vaddr_t)kernel_text_start, 0));
	EXPECT(!space_poke((vaddr_t)kernel_rodata_start, 0));
}

SELFTEST(page_zero_is_not_mapped)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	uint32_t word;
	EXPECT(!space_peek(0, &word));
	EXPECT(!space_peek(PAGE_SIZE, &word));
	struct aspace_map at_zero = { .length = PAGE_SIZE,
				      .prot = PROT_R,
				      .map_flags = ASPACE_FIXED };
	EXPECT_EQ(aspace_map(as, &at_zero), -EPERM);
	space_close(as);
}

SELFTEST(vmalloc_ranges_have_guard_pages)
{
	char *range = vmalloc(2);
	REQUIRE(range != NULL);
	vaddr_t start = 0;
	range[0] = 1;
	range[2 * PAGE_SIZE - 1] = 1;
	EXPECT(vmalloc_guard((vaddr_t)range - 1, &start) && start == (vaddr_t)range);
	EXPECT(!pmap_kernel_mapped((vaddr_t)range - PAGE_SIZE));
	EXPECT(!pmap_kernel_mapped((vaddr_t)range + 2 * PAGE_SIZE));
	EXPECT(!space_poke((vaddr_t)range - 4, 0));
	vfree(range);
}

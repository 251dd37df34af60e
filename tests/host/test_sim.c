/* The simulated MMU itself: a machine that could not be wrong would prove nothing. */
#include "tests/host/sim.h"

#include "kernel/base/panic.h"
#include "kernel/x86/cpu.h"
#include "lib/errno.h"
#include "mm/frame.h"
#include "mm/pmap.h"
#include "tests/host/sim_internal.h"
#include "tests/host/test.h"

enum { AT = 0x08048000 };

static struct pmap pm;
static struct frame *frame;

/* One address space with one page, in use. */
static void one_page(unsigned prot)
{
	sim_start(64);
	CHECK_EQ(pmap_create(&pm), 0);
	frame = frame_alloc(0, FRAME_ANON);
	CHECK_EQ(pmap_map(&pm, AT, frame_pfn(frame), prot), 0);
	pmap_activate(&pm);
}

static uint32_t *entry_word(vaddr_t va)
{
	uint32_t *directory = (uint32_t *)(sim_ram + sim_directory);
	return (uint32_t *)(sim_ram + (directory[va >> 22] & ~PAGE_MASK)) + (va >> 12 & 1023);
}

TEST(sim_sets_accessed_on_a_read_and_dirty_on_a_write)
{
	one_page(PROT_R | PROT_W);
	CHECK(!pmap_lookup(&pm, AT).accessed && !pmap_lookup(&pm, AT).dirty);
	CHECK(sim_access(AT, SIM_BY_USER) == frame_bytes(frame));
	CHECK(pmap_lookup(&pm, AT).accessed && !pmap_lookup(&pm, AT).dirty);
	CHECK(sim_access(AT, SIM_BY_USER | SIM_FOR_WRITE) == frame_bytes(frame));
	CHECK(pmap_lookup(&pm, AT).dirty);
}

TEST(sim_faults_as_rights_say)
{
	one_page(PROT_R);
	CHECK(sim_access(AT, SIM_BY_USER));
	CHECK(!sim_access(AT, SIM_BY_USER | SIM_FOR_WRITE));
	CHECK(!sim_access(AT, SIM_FOR_WRITE)); /* the kernel too: CR0.WP */
	CHECK(!sim_access(AT + PAGE_SIZE, SIM_BY_USER));
	CHECK(!sim_access(0, SIM_BY_USER));
	CHECK(!sim_access(DIRECT_BASE_VA, SIM_BY_USER));
	CHECK(sim_access(DIRECT_BASE_VA, 0) == sim_ram);
	CHECK(!pmap_lookup(&pm, AT).dirty);
}

TEST(sim_keeps_a_stale_entry_until_it_is_flushed)
{
	one_page(PROT_R | PROT_W);
	CHECK(sim_access(AT, SIM_BY_USER | SIM_FOR_WRITE));
	sim_stale_check = false;
	*entry_word(AT) = 0; /* behind the kernel's back */
	CHECK(sim_access(AT, SIM_BY_USER | SIM_FOR_WRITE));
	CHECK_PANIC("missed flush: 0x8048000 was unmapped", sim_tlb_check());
	sim_stale_check = true;
	CHECK_PANIC("missed flush", sim_access(AT, SIM_BY_USER));
	cpu_invlpg(AT + 5);
	CHECK(!sim_access(AT, SIM_BY_USER));
	sim_tlb_check();
}

TEST(sim_sees_each_kind_of_missed_flush)
{
	static const struct {
		uint32_t clear, set;
		const char *what;
	} changes[] = {
		{ 0x1, 0, "unmapped" },	     { 0x2, 0, "protected" },
		{ 0x4, 0, "protected" },     { 0x20, 0, "not accessed" },
		{ 0x40, 0, "marked clean" }, { 0xfffff000, 0x7000, "another frame" },
	};
	one_page(PROT_R | PROT_W);
	CHECK(sim_access(AT, SIM_BY_USER | SIM_FOR_WRITE));
	uint32_t before = *entry_word(AT);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		*entry_word(AT) = (before & ~changes[i].clear) | changes[i].set;
		CHECK_PANIC(changes[i].what, sim_access(AT, SIM_BY_USER | SIM_FOR_WRITE));
		*entry_word(AT) = before;
	}
	sim_tlb_check();
}

TEST(sim_loses_a_dirty_bit_that_was_cleared_without_a_flush)
{
	one_page(PROT_R | PROT_W);
	CHECK(sim_access(AT, SIM_BY_USER | SIM_FOR_WRITE));
	sim_stale_check = false;
	*entry_word(AT) &= ~0x60u;
	CHECK(sim_access(AT, SIM_BY_USER | SIM_FOR_WRITE));
	CHECK(!pmap_lookup(&pm, AT).dirty && !pmap_lookup(&pm, AT).accessed);
	cpu_invlpg(AT);
	CHECK(sim_access(AT, SIM_BY_USER | SIM_FOR_WRITE));
	CHECK(pmap_lookup(&pm, AT).dirty && pmap_lookup(&pm, AT).accessed);
}

TEST(sim_needs_no_flush_for_more_rights_and_forgets_what_it_faults_on)
{
	one_page(PROT_R);
	CHECK(sim_access(AT, SIM_BY_USER));
	*entry_word(AT) |= 0x2;
	CHECK(sim_access(AT, SIM_BY_USER));
	CHECK(!sim_access(AT, SIM_BY_USER | SIM_FOR_WRITE)); /* the spurious fault */
	CHECK(sim_access(AT, SIM_BY_USER | SIM_FOR_WRITE));
}

TEST(sim_keeps_global_entries_when_the_directory_is_loaded)
{
	one_page(PROT_R);
	CHECK(sim_access(AT, SIM_BY_USER) && sim_access(DIRECT_BASE_VA, 0));
	CHECK(sim_tlb(DIRECT_BASE_VA).rights & SIM_GLOBAL);
	cpu_load_directory(cpu_directory());
	CHECK(sim_tlb(AT).rights == 0 && sim_tlb(DIRECT_BASE_VA).rights != 0);
	cpu_flush_tlb();
	CHECK(sim_tlb(DIRECT_BASE_VA).rights == 0);
}

TEST(sim_translates_large_pages_and_flushes_them_whole)
{
	sim_start(3000);
	vaddr_t va = DIRECT_BASE_VA + (5u << 20);
	CHECK(sim_walk(va).rights & SIM_LARGE);
	CHECK(sim_access(va, 0) == sim_ram + (5u << 20));
	CHECK(sim_access(va + PAGE_SIZE, 0) == sim_ram + (5u << 20) + PAGE_SIZE);
	cpu_invlpg(va);
	CHECK(sim_tlb(va + PAGE_SIZE).rights == 0);
}

TEST(sim_without_large_pages_maps_all_ram_by_small_ones)
{
	sim_features = CPUID_FPU;
	sim_start(3000);
	for (pfn_t pfn = 0; pfn < frame_count; pfn++) {
		struct sim_translation t = sim_walk(DIRECT_BASE_VA + (pfn << PAGE_SHIFT));
		CHECK_EQ(t.pfn, pfn);
		CHECK(!(t.rights & (SIM_LARGE | SIM_GLOBAL | SIM_USER)));
	}
	CHECK_EQ(frame_stats.free, 3000);
}

TEST(sim_start_leaves_the_frames_it_was_asked_for)
{
	static const pfn_t sizes[] = { 1, 64, 1000, 1023, 4096, 40000 };
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		CHECK_PANIC("as asked", { /* in a copy: one machine each */
			sim_start(sizes[i]);
			CHECK_EQ(frame_stats.free, sizes[i]);
			panic("as asked");
		});
	}
}

TEST(sim_disk_fails_the_operation_it_is_told_to)
{
	static unsigned char page[PAGE_SIZE];
	struct sim_disk *disk = sim_disk_create(8);
	disk->fail_write = 1;
	CHECK_EQ(disk->dev.write(&disk->dev, 3, page), 0);
	CHECK_EQ(disk->dev.write(&disk->dev, 3, page), -EIO);
	CHECK_EQ(disk->dev.write(&disk->dev, 3, page), 0);
	disk->fail_read = 0;
	disk->fail_count = 2;
	CHECK_EQ(disk->dev.read(&disk->dev, 3, page), -EIO);
	CHECK_EQ(disk->dev.read(&disk->dev, 3, page), -EIO);
	CHECK_EQ(disk->dev.read(&disk->dev, 3, page), 0);
	CHECK_EQ(disk->reads, 3);
}

TEST(sim_refuses_the_allocation_it_is_told_to)
{
	sim_start(64);
	sim_fail(SIM_FAIL_FRAMES, 1, false);
	CHECK(pmap_create(&pm) == 0);
	CHECK_EQ(pmap_reserve(&pm, AT), -ENOMEM);
	CHECK_EQ(sim_fail_refused(), 1);
	CHECK_EQ(pmap_reserve(&pm, AT), 0);
	sim_fail(0, 0, false);
}

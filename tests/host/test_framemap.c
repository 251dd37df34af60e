/* The memory map: each class has its cause, a group shows the most telling, looking is free. */
#include <string.h>

#include "mm/check.h"
#include "mm/filepage.h"
#include "mm/framemap.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { FRAMES = 512, PAGES = 8 };

static struct aspace *as;
static uint8_t cells[2 * FRAMES];
static struct framemap map;

static vaddr_t page_va(unsigned i)
{
	return SPACE_AT + i * PAGE_SIZE;
}

static void start(const char *policy)
{
	space_boot(FRAMES, 128, 0, policy);
	as = aspace_create();
	space_map(as, SPACE_AT, PAGES);
}

static struct frame *frame_at(vaddr_t va)
{
	struct pmap_entry e = pmap_lookup(&as->pmap, va);
	CHECK_EQ(e.kind, PMAP_FRAME);
	return frame_of(e.number);
}

static void take(void)
{
	framemap_begin(&map, framemap_end(), cells, sizeof(cells));
	CHECK(framemap_step(&map, map.end));
}

/* [framemap.1] and [framemap.2]. */
static void expect_sums(void)
{
	uint32_t frames = 0, shown = 0;
	for (unsigned class = 0; class < FRAMEMAP_CLASS_COUNT; class++) {
		uint32_t found = 0;
		for (uint32_t i = 0; i < map.ncells; i++)
			found += map.cells[i] == class;
		CHECK_EQ(found, map.shown[class]);
		frames += map.frames[class];
		shown += map.shown[class];
	}
	CHECK_EQ(frames, map.end);
	CHECK_EQ(shown, map.ncells);
}

TEST(framemap_tells_use_and_modification_apart)
{
	uint8_t value;
	start("clock");
	CHECK_EQ(sim_write8(as, page_va(0), 7), 0);
	CHECK_EQ(framemap_class(frame_at(page_va(0))), FRAMEMAP_DIRTY_USED);
	CHECK(rmap_test_clear_accessed(frame_at(page_va(0))));
	CHECK_EQ(framemap_class(frame_at(page_va(0))), FRAMEMAP_DIRTY);
	space_evict_all();
	CHECK_EQ(sim_read8(as, page_va(0), &value), 0);
	CHECK_EQ(value, 7);
	CHECK_EQ(framemap_class(frame_at(page_va(0))), FRAMEMAP_CLEAN_USED);
	CHECK(rmap_test_clear_accessed(frame_at(page_va(0))));
	CHECK_EQ(framemap_class(frame_at(page_va(0))), FRAMEMAP_CLEAN);
	frame_at(page_va(0))->flags |= FRAME_REFERENCED; /* as a policy leaves it at a switch */
	CHECK_EQ(framemap_class(frame_at(page_va(0))), FRAMEMAP_CLEAN_USED);
	space_put(as);
}

TEST(framemap_a_page_that_is_nowhere_else_is_dirty)
{
	start("clock");
	CHECK_EQ(sim_write8(as, page_va(0), 7), 0);
	struct frame *f = frame_at(page_va(0));
	struct pmap_entry old = pmap_unmap(&as->pmap, page_va(0)); /* forget the MMU's mark */
	CHECK(old.dirty);
	CHECK_EQ(pmap_map(&as->pmap, page_va(0), frame_pfn(f), PROT_R | PROT_W), 0);
	CHECK_EQ(framemap_class(f), FRAMEMAP_DIRTY);
	space_put(as);
}

TEST(framemap_sees_sharing_and_locks)
{
	start("clock");
	CHECK_EQ(sim_write8(as, page_va(0), 1), 0);
	CHECK_EQ(sim_write8(as, page_va(1), 1), 0);
	struct aspace *child = aspace_fork(as);
	CHECK_EQ(framemap_class(frame_at(page_va(0))), FRAMEMAP_SHARED);
	CHECK_EQ(sim_write8(as, page_va(0), 2), 0);
	CHECK(framemap_class(frame_at(page_va(0))) == FRAMEMAP_DIRTY_USED);
	space_put(child);
	as->limit_memlock = UINT32_MAX;
	CHECK_EQ(aspace_mlock(as, page_va(1), PAGE_SIZE, false), 0);
	CHECK_EQ(framemap_class(frame_at(page_va(1))), FRAMEMAP_LOCKED);
	CHECK_EQ(aspace_munlock(as, page_va(1), PAGE_SIZE), 0);
	frame_pin(frame_at(page_va(1)));
	CHECK_EQ(framemap_class(frame_at(page_va(1))), FRAMEMAP_LOCKED);
	frame_unpin(frame_at(page_va(1)));
	space_put(as);
}

static int file_read(struct object *o, uint32_t offset, void *buf, size_t n)
{
	(void)o, (void)offset;
	memset(buf, 0x33, n);
	return 0;
}

TEST(framemap_knows_pages_of_files)
{
	static const struct object_ops ops = { .name = "file", .read = file_read,
					       .keeps_pages = true };
	static struct object file;
	uint8_t value;
	start("clock");
	object_init(&file, &ops, PAGE_SIZE);
	struct aspace_map r = { .start = page_va(32), .length = PAGE_SIZE, .prot = PROT_R,
				.map_flags = ASPACE_FIXED, .object = &file };
	CHECK_EQ(aspace_map(as, &r), page_va(32));
	CHECK_EQ(sim_read8(as, page_va(32), &value), 0);
	struct frame *f = frame_at(page_va(32));
	CHECK_EQ(framemap_class(f), FRAMEMAP_CLEAN_USED);
	CHECK_EQ(aspace_unmap(as, page_va(32), PAGE_SIZE), 0);
	CHECK_EQ(framemap_class(f), FRAMEMAP_CACHED);
	reclaim_drop_caches();
	CHECK_EQ(framemap_class(f), FRAMEMAP_FREE);
	space_put(as);
}

TEST(framemap_counts_what_the_kernel_has)
{
	start("clock");
	void *range = vmalloc(3);
	struct frame *block = frame_alloc(2, FRAME_KERNEL);
	CHECK(range != NULL && block != NULL);
	take();
	expect_sums();
	CHECK_EQ(map.shift, 0);
	CHECK_EQ(map.frames[FRAMEMAP_FREE], frame_stats.free);
	CHECK_EQ(map.frames[FRAMEMAP_SLAB], frame_stats.owned[FRAME_SLAB]);
	CHECK_EQ(map.frames[FRAMEMAP_TABLE], frame_stats.owned[FRAME_TABLE]);
	CHECK_EQ(map.frames[FRAMEMAP_STACK], frame_stats.owned[FRAME_VMALLOC]);
	CHECK_EQ(map.frames[FRAMEMAP_KERNEL], frame_stats.owned[FRAME_KERNEL]);
	CHECK(map.frames[FRAMEMAP_STACK] >= 3 && map.frames[FRAMEMAP_KERNEL] >= 4);
	for (unsigned i = 0; i < 4; i++)
		CHECK_EQ(map.cells[frame_pfn(block) + i], FRAMEMAP_KERNEL);
	frame_free(block);
	vfree(range);
	space_put(as);
}

TEST(framemap_shows_the_region_of_partitions)
{
	start("clock");
	framemap_set_region(8, 24);
	take();
	CHECK_EQ(map.frames[FRAMEMAP_REGION], 16);
	CHECK_EQ(map.cells[7] == FRAMEMAP_REGION, false);
	CHECK_EQ(map.cells[8], FRAMEMAP_REGION);
	CHECK_EQ(map.cells[23], FRAMEMAP_REGION);
	CHECK_EQ(map.cells[24] == FRAMEMAP_REGION, false);
	framemap_set_region(0, 0);
	space_put(as);
}

TEST(framemap_a_group_shows_its_most_telling_frame)
{
	start("clock");
	CHECK_EQ(sim_write8(as, page_va(0), 1), 0);
	pfn_t dirty = frame_pfn(frame_at(page_va(0)));
	static uint8_t one[2 * FRAMES];
	struct framemap fine;
	framemap_begin(&fine, framemap_end(), one, sizeof(one));
	CHECK(framemap_step(&fine, fine.end));
	framemap_begin(&map, framemap_end(), cells, 40);
	CHECK(framemap_step(&map, map.end));
	expect_sums();
	CHECK(map.ncells <= 40 && map.ncells > 20);
	CHECK_EQ(map.cells[framemap_cell(&map, dirty)], FRAMEMAP_DIRTY_USED);
	for (pfn_t pfn = 0; pfn < map.end; pfn += 1u << map.shift) {
		uint8_t most = 0;
		for (pfn_t i = pfn; i < map.end && i < pfn + (1u << map.shift); i++)
			most = MAX(most, one[i]);
		CHECK_EQ(map.cells[pfn >> map.shift], most);
	}
	CHECK(memcmp(map.frames, fine.frames, sizeof(map.frames)) == 0);
	CHECK_EQ(framemap_cell(&map, map.end), map.ncells);
	space_put(as);
}

TEST(framemap_in_steps_is_the_same_picture)
{
	static uint8_t once[2 * FRAMES];
	start("clock");
	for (unsigned i = 0; i < PAGES; i++)
		CHECK_EQ(sim_write8(as, page_va(i), 1), 0);
	take();
	memcpy(once, cells, sizeof(once));
	struct framemap whole = map;
	unsigned steps = 1;
	framemap_begin(&map, framemap_end(), cells, sizeof(cells));
	while (!framemap_step(&map, 7))
		steps++;
	CHECK_EQ(steps, (map.end + 6) / 7);
	CHECK(memcmp(once, cells, map.ncells) == 0);
	CHECK(memcmp(whole.frames, map.frames, sizeof(map.frames)) == 0);
	expect_sums();
	space_put(as);
}

/* Every entry of the page tables, every frame, and the TLB are as before. */
TEST(framemap_looking_changes_nothing)
{
	static struct frame before[4 * FRAMES];
	struct pmap_entry entries[PAGES];
	start("clock");
	for (unsigned i = 0; i < PAGES; i++)
		CHECK_EQ(sim_write8(as, page_va(i), 1), 0);
	struct aspace *child = aspace_fork(as);
	for (unsigned i = 0; i < PAGES / 2; i++) /* half of them its own again */
		CHECK_EQ(sim_write8(as, page_va(i), 2), 0);
	for (unsigned i = 0; i < PAGES; i++)
		entries[i] = pmap_lookup(&as->pmap, page_va(i));
	uint32_t flushes = sim_flushes;
	CHECK(frame_count <= ARRAY_SIZE(before));
	memcpy(before, frame_table, frame_count * sizeof(before[0]));
	take();
	CHECK(memcmp(before, frame_table, frame_count * sizeof(before[0])) == 0);
	for (unsigned i = 0; i < PAGES; i++) {
		struct pmap_entry after = pmap_lookup(&as->pmap, page_va(i));
		CHECK(entries[i].accessed && entries[i].dirty);
		CHECK(after.accessed && after.dirty);
		CHECK_EQ(after.number, entries[i].number);
		CHECK_EQ(after.prot, entries[i].prot);
	}
	CHECK_EQ(sim_flushes, flushes);
	mm_check();
	space_put(child);
	space_put(as);
}

TEST(framemap_hand_is_where_the_policy_looks_next)
{
	static const char *const with[] = { "clock", "enhanced-clock", "wsclock", "sieve" };
	for (unsigned i = 0; i < ARRAY_SIZE(with); i++) {
		if (i == 0)
			start(with[i]);
		else
			CHECK_EQ(policy_switch(with[i]), 0);
		for (unsigned page = 0; page < PAGES; page++)
			CHECK_EQ(sim_write8(as, page_va(page), 1), 0);
		struct frame *victim = policy_select();
		CHECK(victim != NULL);
		take();
		CHECK_EQ(framemap_hand(&map), frame_pfn(victim));
	}
	CHECK_EQ(policy_switch("random"), 0);
	CHECK_EQ(framemap_hand(&map), map.ncells);
	space_put(as);
}

TEST(rmap_referenced_asks_and_does_not_clear)
{
	start("clock");
	CHECK_EQ(sim_write8(as, page_va(0), 1), 0);
	struct aspace *child = aspace_fork(as);
	struct frame *f = frame_at(page_va(0));
	CHECK(rmap_test_clear_accessed(f));
	CHECK(!rmap_referenced(f));
	uint8_t value;
	CHECK_EQ(sim_read8(child, page_va(0), &value), 0);
	CHECK(rmap_referenced(f) && rmap_referenced(f));
	CHECK(rmap_query(f, UINT32_MAX).accessed && !rmap_query(f, 0).accessed);
	CHECK(rmap_test_clear_accessed(f));
	CHECK(!rmap_referenced(f));
	space_put(child);
	space_put(as);
}

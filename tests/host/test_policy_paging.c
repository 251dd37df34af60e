/* Policies in the whole of mm: what reclaim tells them, and what that is worth. */
#include "mm/mmstat.h"
#include "mm/reclaim.h"
#include "tests/host/sim.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { FRAMES = 64, HOT = 40, SCAN = 400 };

static struct frame *frame_at(struct aspace *as, vaddr_t va)
{
	struct pmap_entry e = pmap_lookup(&as->pmap, va);
	CHECK_EQ(e.kind, PMAP_FRAME);
	return frame_of(e.number);
}

TEST(a_private_page_comes_back_under_the_name_it_left_with)
{
	space_boot(512, 512, 0, "2q");
	struct aspace *as = aspace_create();
	uint32_t word;
	space_map(as, SPACE_AT, 8);
	for (unsigned i = 0; i < 8; i++)
		CHECK_EQ(sim_write32(as, SPACE_AT + i * PAGE_SIZE, i), 0);
	CHECK_EQ(page_name(frame_at(as, SPACE_AT)), 0); /* it was never away */
	space_evict_all();
	for (unsigned i = 0; i < 8; i++) {
		vaddr_t va = SPACE_AT + i * PAGE_SIZE;
		uint32_t left_as = pmap_lookup(&as->pmap, va).number;
		CHECK_EQ(sim_read32(as, va, &word), 0);
		CHECK_EQ(page_name(frame_at(as, va)), left_as);
	}
	space_put(as);
}

static int source_read(struct object *o, uint32_t offset, void *buf, size_t n)
{
	(void)o;
	for (size_t i = 0; i < n; i++)
		((uint8_t *)buf)[i] = (uint8_t)(offset >> PAGE_SHIFT);
	return 0;
}

TEST(a_page_of_a_file_is_called_the_same_each_time_and_unlike_others)
{
	static const struct object_ops ops = { .name = "file", .read = source_read,
					       .keeps_pages = true };
	static struct object file;
	space_boot(512, 512, 0, "2q");
	object_init(&file, &ops, 2 * PAGE_SIZE);
	struct aspace *as = aspace_create();
	struct aspace_map request = { .start = SPACE_AT, .length = 2 * PAGE_SIZE, .prot = PROT_R,
				      .map_flags = ASPACE_FIXED, .object = &file };
	uint32_t word, name[2];
	CHECK_EQ(aspace_map(as, &request), SPACE_AT);
	for (int round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 2; i++) {
			CHECK_EQ(sim_read32(as, SPACE_AT + i * PAGE_SIZE, &word), 0);
			uint32_t now = page_name(frame_at(as, SPACE_AT + i * PAGE_SIZE));
			CHECK(now != 0 && (round == 0 || now == name[i]));
			name[i] = now;
		}
		CHECK(name[0] != name[1]);
		space_evict_all();
		reclaim_drop_caches();
	}
	space_put(as);
}

/* Pages read back from swap: HOT pages are in use while a scan of SCAN others runs past twice. */
static uint32_t swap_ins_beside_a_scan(const char *policy)
{
	uint32_t word;
	space_boot(2048, 1024, FRAMES, policy);
	struct aspace *as = aspace_create();
	space_map(as, SPACE_AT, HOT + SCAN);
	for (unsigned i = 0; i < 8 * SCAN; i++) {
		unsigned page = i % 4 == 3 ? HOT + i / 4 % SCAN : test_random_below(HOT);
		CHECK_EQ(sim_read32(as, SPACE_AT + page * PAGE_SIZE, &word), 0);
		CHECK_EQ(sim_write32(as, SPACE_AT + page * PAGE_SIZE, page), 0);
	}
	return mmstat_read(swap_ins);
}

/* Each in a process of its own; the scan itself is brought back SCAN times. */
TEST(clock_loses_hot_pages_to_a_scan)
{
	CHECK(swap_ins_beside_a_scan("clock") > SCAN + 300);
}

TEST(sieve_keeps_hot_pages_beside_a_scan)
{
	CHECK(swap_ins_beside_a_scan("sieve") < SCAN + 100);
}

TEST(twoq_keeps_hot_pages_beside_a_scan)
{
	CHECK(swap_ins_beside_a_scan("2q") < SCAN + 100);
}

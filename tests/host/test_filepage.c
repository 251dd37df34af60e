/* A file's pages: one copy for maps, reads and writes; truncation; dirty pages survive on swap. */
#include <string.h>

#include "lib/errno.h"
#include "mm/check.h"
#include "mm/fault.h"
#include "mm/filepage.h"
#include "mm/mmstat.h"
#include "mm/reclaim.h"
#include "tests/host/sim_process.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { PAGES = 8, SOURCE_BYTE = 0x53 };

static struct object file;
static struct aspace *as;

static int file_read(struct object *o, uint32_t offset, void *buf, size_t n)
{
	(void)o, (void)offset;
	memset(buf, SOURCE_BYTE, n);
	return 0;
}

static const struct object_ops file_ops = { .name = "file",
					    .read = file_read,
					    .keeps_pages = true };

static vaddr_t page_va(unsigned i)
{
	return SPACE_AT + i * PAGE_SIZE;
}

static void start(void)
{
	space_boot(512, 128, 16, "clock");
	object_init(&file, &file_ops, PAGES * PAGE_SIZE);
	as = aspace_create();
	struct aspace_map r = { .start = SPACE_AT,
				.length = PAGES * PAGE_SIZE,
				.prot = PROT_R | PROT_W,
				.map_flags = ASPACE_FIXED,
				.vma_flags = VMA_SHARED,
				.object = &file };
	CHECK_EQ(aspace_map(as, &r), SPACE_AT);
}

static void stop(void)
{
	mm_check();
	space_put(as);
	CHECK_EQ(filepage_truncate(&file, 0), 0);
	mm_check();
	CHECK_EQ(swap_stats.used, 0);
	CHECK_EQ(frame_stats.owned[FRAME_OBJECT], 0);
}

static uint8_t peek(vaddr_t va)
{
	uint8_t value = 0;
	CHECK_EQ(sim_read8(as, va, &value), 0);
	return value;
}

static void write_page(uint32_t index, uint8_t value)
{
	struct frame *f;
	CHECK_EQ(filepage_get(&file, index, true, &f), 0);
	memset(frame_bytes(f), value, PAGE_SIZE);
	filepage_put(f, true);
}

static uint8_t read_page(uint32_t index)
{
	struct frame *f;
	CHECK_EQ(filepage_get(&file, index, false, &f), 0);
	uint8_t value = *(uint8_t *)frame_bytes(f);
	filepage_put(f, false);
	return value;
}

TEST(a_map_and_a_write_see_each_other_at_once)
{
	start();
	CHECK_EQ(peek(page_va(1)), SOURCE_BYTE);
	write_page(1, 7);
	CHECK_EQ(peek(page_va(1)), 7);
	CHECK_EQ(sim_write8(as, page_va(1), 8), 0);
	CHECK_EQ(read_page(1), 8);
	CHECK_EQ(read_page(2), SOURCE_BYTE);
	stop();
}

TEST(a_written_page_comes_back_from_swap_and_not_from_the_source)
{
	start();
	write_page(0, 1);
	CHECK_EQ(sim_write8(as, page_va(1), 2), 0);
	CHECK_EQ(peek(page_va(2)), SOURCE_BYTE);
	space_evict_all();
	CHECK_EQ(object_lookup(&file, 1).kind, OBJECT_SLOT);
	CHECK_EQ(object_lookup(&file, 2).kind, OBJECT_EMPTY);
	CHECK(filepage_exists(&file, 1) && !filepage_exists(&file, 2));
	CHECK_EQ(read_page(0), 1);
	CHECK_EQ(peek(page_va(1)), 2);
	CHECK_EQ(peek(page_va(2)), SOURCE_BYTE);
	uint32_t outs = mmstat_read(swap_outs);
	space_evict_all(); /* clean copies on their slots: nothing to write */
	CHECK_EQ(mmstat_read(swap_outs), outs);
	CHECK_EQ(read_page(1), 2);
	stop();
}

TEST(unmapped_pages_stay_cached_until_somebody_needs_the_frames)
{
	start();
	CHECK_EQ(peek(page_va(3)), SOURCE_BYTE);
	CHECK_EQ(aspace_unmap(as, SPACE_AT, PAGES * PAGE_SIZE), 0);
	CHECK_EQ(page_stats.cached, 1);
	CHECK_EQ(page_stats.charged, 0);
	uint32_t ins = mmstat_read(file_ins);
	CHECK_EQ(read_page(3), SOURCE_BYTE);
	CHECK_EQ(mmstat_read(file_ins), ins);
	CHECK_EQ(reclaim_drop_caches(), 1);
	CHECK_EQ(read_page(3), SOURCE_BYTE);
	CHECK_EQ(mmstat_read(file_ins), ins + 1);
	stop();
}

TEST(truncation_takes_pages_out_of_every_map)
{
	uint8_t value;
	start();
	struct aspace *parent = as, *child = aspace_fork(as);
	for (unsigned i = 0; i < PAGES; i++)
		CHECK_EQ(sim_write8(child, page_va(i), i), 0);
	CHECK_EQ(aspace_mlock(parent, page_va(4), PAGE_SIZE, false), 0);
	CHECK_EQ(filepage_truncate(&file, 3 * PAGE_SIZE + 10), 0);
	mm_check();
	CHECK_EQ(sim_read8(child, page_va(3), &value), 0);
	CHECK_EQ(value, 3);
	CHECK_EQ(sim_read8(child, page_va(3) + 10, &value), 0);
	CHECK_EQ(value, 0); /* zero behind the end */
	CHECK_EQ(sim_read8(child, page_va(4), &value), -ENXIO);
	CHECK_EQ(sim_read8(parent, page_va(4), &value), -ENXIO);
	CHECK_EQ(filepage_truncate(&file, PAGES * PAGE_SIZE), 0);
	space_put(child);
	stop();
}

static void truncate_to_a_page(void *unused)
{
	(void)unused;
	CHECK_EQ(filepage_truncate(&file, PAGE_SIZE), 0);
}

TEST(a_page_being_used_is_not_truncated_under_its_user)
{
	struct frame *f;
	start();
	sim_process_init();
	CHECK_EQ(filepage_get(&file, 5, false, &f), 0);
	struct sim_process *p = sim_process_create(truncate_to_a_page, NULL);
	CHECK_EQ(sim_process_continue(p), SIM_WAITS);
	CHECK_EQ(object_lookup(&file, 5).kind, OBJECT_FRAME);
	CHECK_EQ(fault_handle(as, page_va(6), PROT_R), -ENXIO);
	filepage_put(f, false);
	CHECK_EQ(sim_process_continue(p), SIM_ENDED);
	CHECK_EQ(file.size_bytes, PAGE_SIZE);
	stop();
}

TEST(a_private_map_does_not_change_the_file)
{
	start();
	struct aspace_map r = { .length = PAGES * PAGE_SIZE,
				.prot = PROT_R | PROT_W,
				.object = &file };
	long at = aspace_map(as, &r);
	CHECK(!is_error(at));
	write_page(2, 9);
	CHECK_EQ(peek(at + 2 * PAGE_SIZE), 9); /* not copied yet: it shows the file */
	CHECK_EQ(sim_write8(as, at + 2 * PAGE_SIZE, 1), 0);
	CHECK_EQ(read_page(2), 9);
	space_evict_all();
	CHECK_EQ(sim_write8(as, at + 3 * PAGE_SIZE, 1),
		 0); /* a write to a page that is not there */
	CHECK_EQ(read_page(3), SOURCE_BYTE);
	CHECK_EQ(peek(at + 2 * PAGE_SIZE), 1);
	stop();
}

TEST(a_cached_page_that_is_written_is_not_dropped)
{
	start();
	CHECK_EQ(read_page(2), SOURCE_BYTE);
	CHECK_EQ(page_stats.cached, 1);
	write_page(2, 5);
	mm_check();
	reclaim_drop_caches();
	CHECK_EQ(read_page(2), 5);
	stop();
}

/* The last page of a program's data: a copy of what the file holds now, zero behind its end. */
TEST(a_private_page_filled_in_part_shows_the_file_as_it_was_written)
{
	start();
	struct aspace_map r = { .length = PAGES * PAGE_SIZE,
				.prot = PROT_R | PROT_W,
				.object = &file,
				.fill_end = 2 * PAGE_SIZE + 100 };
	for (unsigned evicted = 0; evicted < 2; evicted++) {
		long at = aspace_map(as, &r);
		CHECK(!is_error(at));
		write_page(2, 9);
		if (evicted)
			space_evict_all();
		CHECK_EQ(peek(at + 2 * PAGE_SIZE + 99), 9);
		CHECK_EQ(peek(at + 2 * PAGE_SIZE + 100), 0);
		CHECK_EQ(sim_write8(as, at + 2 * PAGE_SIZE, 1), 0);
		CHECK_EQ(read_page(2), 9);
		CHECK_EQ(aspace_unmap(as, at, PAGES * PAGE_SIZE), 0);
	}
	stop();
}

/*
 * A disk that fails, and a disk that sleeps: what other processes do meanwhile must not hurt.
 * The simulated disk calls a hook in the middle of each transfer; the hook plays the others.
 */
#include "lib/errno.h"
#include "mm/check.h"
#include "mm/fault.h"
#include "mm/mmstat.h"
#include "mm/object.h"
#include "mm/reclaim.h"
#include "tests/host/sim.h"
#include "tests/host/sim_process.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { LIMIT = 16, PAGES = 40 };

static struct aspace *one, *two;

static vaddr_t page_va(unsigned i)
{
	return SPACE_AT + i * PAGE_SIZE;
}

static struct aspace *filled(unsigned npages)
{
	struct aspace *as = aspace_create();
	space_map(as, SPACE_AT, npages);
	for (unsigned i = 0; i < npages; i++)
		CHECK_EQ(sim_write32(as, page_va(i), 1000 + i), 0);
	return as;
}

static void expect_intact(struct aspace *as, unsigned npages)
{
	for (unsigned i = 0; i < npages; i++) {
		uint32_t value = 0;
		CHECK_EQ(sim_read32(as, page_va(i), &value), 0);
		CHECK_EQ(value, 1000 + i);
	}
}

static void end(struct aspace *as)
{
	space_put(as);
	mm_check();
}

static void expect_nothing_left(void)
{
	mm_check();
	CHECK_EQ(swap_stats.used, 0);
	CHECK_EQ(page_stats.charged, 0);
	CHECK_EQ(frame_stats.owned[FRAME_ANON], 0);
}

static void fail_writes(int nth, uint32_t count)
{
	space_disk->fail_write = nth;
	space_disk->fail_count = count;
}

TEST(a_failed_write_loses_nothing)
{
	space_boot(512, 256, LIMIT, "clock");
	for (int nth = 0; nth < 12; nth++) {
		uint32_t errors = reclaim_stats.write_errors;
		fail_writes(nth, 3);
		struct aspace *as = filled(PAGES);
		mm_check();
		CHECK_EQ(reclaim_stats.write_errors - errors, 3);
		expect_intact(as, PAGES);
		end(as);
		expect_nothing_left();
	}
}

TEST(a_disk_that_only_fails_ends_in_enomem)
{
	space_boot(512, 256, LIMIT, "clock");
	fail_writes(0, UINT32_MAX);
	struct aspace *as = aspace_create();
	space_map(as, SPACE_AT, PAGES);
	unsigned n = 0;
	while (n < PAGES && sim_write32(as, page_va(n), 1000 + n) == 0)
		n++;
	CHECK_EQ(n, LIMIT);
	CHECK_EQ(sim_write32(as, page_va(n), 1), -ENOMEM);
	mm_check();
	expect_intact(as, n);
	end(as);
	expect_nothing_left();
}

TEST(a_failed_read_is_an_error_that_may_pass)
{
	space_boot(512, 256, LIMIT, "clock");
	struct aspace *as = filled(PAGES);
	space_disk->fail_read = 0;
	space_disk->fail_count = 1;
	uint32_t value;
	CHECK_EQ(sim_read32(as, page_va(0), &value), -EIO);
	mm_check();
	expect_intact(as, PAGES);
	end(as);
	expect_nothing_left();
}

/* --- others at work while the disk sleeps --- */

static unsigned sleeps;

/* The hooks: what others do in the first sleep. */

static void unmap_all_of_one(struct sim_disk *disk, uint32_t page, bool write)
{
	(void)page, (void)write;
	disk->while_asleep = NULL;
	sleeps++;
	CHECK_EQ(aspace_unmap(one, SPACE_AT, PAGES * PAGE_SIZE), 0);
}

static void exit_of_one(struct sim_disk *disk, uint32_t page, bool write)
{
	(void)page, (void)write;
	disk->while_asleep = NULL;
	sleeps++;
	space_put(one);
}

TEST(a_page_unmapped_during_its_write_is_gone)
{
	space_boot(512, 256, LIMIT, "clock");
	one = filled(LIMIT);
	two = aspace_create();
	space_map(two, SPACE_AT, PAGES);
	space_disk->while_asleep = unmap_all_of_one;
	CHECK_EQ(sim_write32(two, SPACE_AT, 1), 0); /* evicts a page of one */
	CHECK_EQ(sleeps, 1);
	mm_check();
	CHECK_EQ(sim_write32(one, SPACE_AT, 1), -EFAULT);
	CHECK_EQ(swap_stats.used, 0);
	end(one);
	end(two);
	expect_nothing_left();
}

/* --- two processes, each stopped where it sleeps --- */

static void unmap_one(void *unused)
{
	(void)unused;
	CHECK_EQ(aspace_unmap(one, SPACE_AT, PAGES * PAGE_SIZE), 0);
}

static void try_to_unmap_one(void *unused)
{
	(void)unused;
	CHECK_EQ(aspace_unmap(one, SPACE_AT, PAGES * PAGE_SIZE), -EINTR);
}

static void read_first_page(void *space)
{
	CHECK_EQ(fault_handle(space, page_va(0), PROT_R), 0);
}

static void write_first_page(void *space)
{
	CHECK_EQ(sim_write32(space, page_va(0), 1), 0);
}

/* Of the pages of one that have left, all but that on its way out can be had at once. */
static void touch_evicted_pages_of_one(void *unused)
{
	(void)unused;
	for (unsigned i = 0; i < LIMIT; i++)
		if (pmap_lookup(&one->pmap, page_va(i)).kind == PMAP_SLOT)
			CHECK_EQ(fault_handle(one, page_va(i), PROT_W), 0);
}

/* @first sleeps in the disk, @second has to wait for it. */
static void second_waits(struct sim_process *first, struct sim_process *second)
{
	CHECK_EQ(sim_process_continue(first), SIM_DISK);
	CHECK_EQ(sim_process_continue(second), SIM_WAITS);
	mm_check();
	sim_process_finish(first, second);
	mm_check();
}

TEST(a_page_unmapped_during_its_read_is_not_mapped)
{
	uint32_t value;
	space_boot(512, 256, LIMIT, "clock");
	sim_process_init();
	one = filled(PAGES);
	second_waits(sim_process_create(read_first_page, one),
		     sim_process_create(unmap_one, NULL));
	CHECK_EQ(mmstat_read(lock_waits), 1);
	CHECK_EQ(sim_read32(one, page_va(0), &value), -EFAULT);
	end(one);
	expect_nothing_left();
}

TEST(a_shared_page_is_read_once_though_both_ask_at_once)
{
	space_boot(512, 256, 0, "clock");
	sim_process_init();
	one = filled(1);
	two = aspace_fork(one);
	space_evict_all();
	CHECK_EQ(pmap_lookup(&one->pmap, page_va(0)).kind, PMAP_SLOT);
	uint32_t ins = mmstat_read(swap_ins);
	second_waits(sim_process_create(read_first_page, one),
		     sim_process_create(read_first_page, two));
	CHECK_EQ(mmstat_read(page_waits), 1);
	expect_intact(two, 1);
	CHECK_EQ(mmstat_read(swap_ins) - ins, 1);
	end(two);
	end(one);
	expect_nothing_left();
}

TEST(a_page_touched_during_its_write_waits_and_is_intact)
{
	space_boot(512, 256, LIMIT, "clock");
	sim_process_init();
	one = filled(LIMIT);
	two = aspace_create();
	space_map(two, SPACE_AT, 1);
	second_waits(sim_process_create(write_first_page, two),
		     sim_process_create(touch_evicted_pages_of_one, NULL));
	expect_intact(one, LIMIT);
	end(one);
	end(two);
	expect_nothing_left();
}

TEST(who_is_killed_does_not_wait_for_the_lock)
{
	space_boot(512, 256, LIMIT, "clock");
	sim_process_init();
	one = filled(PAGES);
	struct sim_process *reader = sim_process_create(read_first_page, one);
	CHECK_EQ(sim_process_continue(reader), SIM_DISK);
	struct sim_process *killed = sim_process_create(try_to_unmap_one, NULL);
	struct sim_process *other = sim_process_create(read_first_page, one);
	CHECK_EQ(sim_process_continue(killed), SIM_WAITS);
	CHECK_EQ(sim_process_continue(other), SIM_WAITS); /* behind him */
	sim_process_kill(killed);
	CHECK_EQ(sim_process_continue(killed), SIM_ENDED);
	CHECK_EQ(sim_process_continue(other), SIM_DISK); /* he has it now */
	sim_process_finish(reader, other);
	expect_intact(one, PAGES);
	end(one);
	expect_nothing_left();
}

TEST(a_process_that_ends_during_the_write_of_its_page_leaves_nothing)
{
	space_boot(512, 256, LIMIT, "clock");
	one = filled(LIMIT);
	two = aspace_create();
	space_map(two, SPACE_AT, 1);
	space_disk->while_asleep = exit_of_one;
	CHECK_EQ(sim_write32(two, SPACE_AT, 1), 0);
	CHECK_EQ(sleeps, 1);
	mm_check();
	end(two);
	expect_nothing_left();
}

/* The last reference to shared memory is dropped while one of its pages is being evicted. */
static void shared_memory_ends_during_a_write(int nth_fails)
{
	space_boot(512, 256, LIMIT, "clock");
	struct object *shared = object_create_shared(LIMIT * PAGE_SIZE);
	struct aspace_map share = { .start = SPACE_AT,
				    .length = LIMIT * PAGE_SIZE,
				    .prot = PROT_R | PROT_W,
				    .map_flags = ASPACE_FIXED,
				    .vma_flags = VMA_SHARED,
				    .object = shared };
	one = aspace_create();
	CHECK_EQ(aspace_map(one, &share), SPACE_AT);
	object_put(shared);
	for (unsigned i = 0; i < LIMIT; i++)
		CHECK_EQ(sim_write32(one, page_va(i), 1000 + i), 0);
	two = aspace_create();
	space_map(two, SPACE_AT, 1);
	sleeps = 0;
	fail_writes(nth_fails, 1);
	space_disk->while_asleep = exit_of_one;
	CHECK_EQ(sim_write32(two, SPACE_AT, 1), 0);
	CHECK_EQ(sleeps, 1);
	mm_check();
	end(two);
	expect_nothing_left();
	CHECK_EQ(frame_stats.owned[FRAME_OBJECT], 0);
}

TEST(shared_memory_that_ends_during_the_write_of_its_page_leaves_nothing)
{
	shared_memory_ends_during_a_write(-1);
}

TEST(shared_memory_that_ends_during_a_failing_write_leaves_nothing)
{
	shared_memory_ends_during_a_write(0);
}

/* --- both want the same page, and the first has to make room before it can read it --- */

static int source_read(struct object *o, uint32_t offset, void *buf, size_t n)
{
	(void)o;
	for (size_t i = 0; i < n; i++)
		((uint8_t *)buf)[i] = (uint8_t)(7 + (offset >> PAGE_SHIFT));
	return 0;
}

static void read_page_0_in_two(struct sim_disk *disk, uint32_t page, bool write)
{
	(void)page;
	uint8_t value;
	CHECK(write);
	disk->while_asleep = NULL;
	sleeps++;
	CHECK_EQ(sim_read8(two, page_va(LIMIT), &value), 0);
}

TEST(a_file_page_read_by_another_while_room_is_made_is_read_once)
{
	static const struct object_ops ops = { .name = "file", .read = source_read,
					       .keeps_pages = true };
	static struct object file;
	uint8_t value;
	space_boot(512, 256, LIMIT, "clock");
	object_init(&file, &ops, PAGE_SIZE);
	struct aspace_map r = { .start = page_va(LIMIT), .length = PAGE_SIZE, .prot = PROT_R,
				.map_flags = ASPACE_FIXED, .object = &file };
	one = filled(LIMIT);
	two = aspace_create();
	CHECK_EQ(aspace_map(one, &r), page_va(LIMIT));
	CHECK_EQ(aspace_map(two, &r), page_va(LIMIT));
	uint32_t ins = mmstat_read(file_ins);
	space_disk->while_asleep = read_page_0_in_two;
	CHECK_EQ(fault_handle(one, page_va(LIMIT), PROT_R), 0); /* and looked again */
	CHECK_EQ(sleeps, 1);
	CHECK_EQ(sim_read8(one, page_va(LIMIT), &value), 0);
	CHECK_EQ(value, 7);
	CHECK_EQ(mmstat_read(file_ins) - ins, 1);
	mm_check();
	object_check(&file);
	end(one);
	end(two);
	(void)reclaim_drop_caches();
	expect_nothing_left();
}

static void touch_page_0_in_two(struct sim_disk *disk, uint32_t page, bool write)
{
	(void)page, (void)write;
	uint32_t value;
	disk->while_asleep = NULL;
	sleeps++;
	CHECK_EQ(sim_read32(two, page_va(0), &value), 0);
}

TEST(a_slot_read_by_another_while_room_is_made_is_read_once)
{
	space_boot(512, 256, LIMIT, "clock");
	one = filled(1);
	two = aspace_fork(one);
	space_evict_all();
	struct aspace *crowd = filled(LIMIT);
	uint32_t ins = mmstat_read(swap_ins);
	space_disk->while_asleep = touch_page_0_in_two;
	CHECK_EQ(fault_handle(one, page_va(0), PROT_R), 0); /* and looked again */
	CHECK_EQ(sleeps, 1);
	expect_intact(one, 1);
	CHECK_EQ(mmstat_read(swap_ins) - ins, 1);
	expect_intact(two, 1);
	end(one);
	end(two);
	end(crowd);
	expect_nothing_left();
}

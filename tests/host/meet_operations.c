/* What meets in test_meet.c: everything that mm does for a program. */
#include "tests/host/space.h"

#include <string.h>

#include "lib/errno.h"
#include "mm/fault.h"
#include "mm/filepage.h"
#include "mm/reclaim.h"
#include "tests/host/meet.h"
#include "tests/host/sim.h"
#include "tests/host/test.h"

enum { FORK_FRAMES = 4 };

static vaddr_t private_va(unsigned i)
{
	return SPACE_AT + i * PAGE_SIZE;
}

/* The result is one that a program may get; which one depends on who was first. */
bool meet_no_memory;

static void allowed(long result)
{
	if (result == -ENOMEM)
		meet_no_memory = true;
	CHECK(!is_error(result) || result == -EFAULT || result == -EACCES || result == -ENXIO ||
	      result == -ENOMEM || result == -EINVAL);
}

static void allowed_access(struct aspace *as, vaddr_t va, uint32_t value)
{
	allowed(value == 0 ? sim_read32(as, va, &value) : sim_write32(as, va, value));
}

static void read_private(void *unused)
{
	(void)unused;
	allowed_access(meet_one, private_va(1), 0);
}

static void write_private(void *unused)
{
	(void)unused;
	allowed_access(meet_one, private_va(1), 71);
}

static void write_first(void *unused)
{
	(void)unused;
	allowed_access(meet_one, private_va(0), 72);
}

static void read_shared(void *unused)
{
	(void)unused;
	allowed_access(meet_one, MEET_FILE_AT + PAGE_SIZE, 0);
}

static void write_shared(void *unused)
{
	(void)unused;
	allowed_access(meet_one, MEET_FILE_AT + PAGE_SIZE, 73);
}

static void read_source(void *unused)
{
	(void)unused;
	allowed_access(meet_one, MEET_FILE_AT + 7 * PAGE_SIZE, 0);
}

static void write_source_privately(void *unused)
{
	(void)unused;
	allowed_access(meet_one, MEET_PRIVATE_AT + 7 * PAGE_SIZE, 74);
}

static void write_slot_privately(void *unused)
{
	(void)unused;
	allowed_access(meet_one, MEET_PRIVATE_AT + PAGE_SIZE, 75);
}

/* Of the other space, as long as it is there. */
static void access_two(uint32_t value)
{
	struct aspace *two = meet_two;
	if (two == NULL)
		return;
	aspace_get(two);
	allowed_access(two, private_va(1), value);
	sim_use(NULL);
	aspace_put(two);
}

static void read_in_two(void *unused)
{
	(void)unused;
	access_two(0);
}

static void write_in_two(void *unused)
{
	(void)unused;
	access_two(76);
}

static long map_at(vaddr_t at, unsigned npages, unsigned vma_flags)
{
	struct aspace_map r = { .start = at, .length = npages * PAGE_SIZE, .prot = PROT_R | PROT_W,
				.map_flags = ASPACE_FIXED, .vma_flags = vma_flags };
	return aspace_map(meet_one, &r);
}

static void map_new(void *unused)
{
	(void)unused;
	allowed(map_at(MEET_ELSEWHERE, 2, 0));
}

static void map_over(void *unused)
{
	(void)unused;
	allowed(map_at(private_va(0), 4, 0));
}

static void unmap(void *unused)
{
	(void)unused;
	allowed(aspace_unmap(meet_one, private_va(1), 3 * PAGE_SIZE));
}

static void unmap_all(void *unused)
{
	(void)unused;
	allowed(aspace_unmap(meet_one, SPACE_AT, 0x01000000));
}

static void protect(void *unused)
{
	(void)unused;
	allowed(aspace_protect(meet_one, private_va(0), 3 * PAGE_SIZE, PROT_R));
}

static void move(void *unused)
{
	(void)unused;
	allowed(aspace_remap(meet_one, private_va(0), 6 * PAGE_SIZE, 7 * PAGE_SIZE,
			     ASPACE_MAYMOVE | ASPACE_MOVE_FIXED, MEET_ELSEWHERE));
}

static void brk_up(void *unused)
{
	(void)unused;
	if (aspace_brk(meet_one, 0x20003000) != 0x20003000)
		meet_no_memory = true;
}

static void populate(void *unused)
{
	(void)unused;
	allowed(aspace_populate(meet_one, private_va(0), 5 * PAGE_SIZE));
}

static void populate_file(void *unused)
{
	(void)unused;
	allowed(aspace_populate(meet_one, MEET_FILE_AT, MEET_PAGES * PAGE_SIZE));
}

static void lock_some(void *unused)
{
	(void)unused;
	allowed(aspace_mlock(meet_one, private_va(0), 3 * PAGE_SIZE, false));
}

static void lock_and_unlock(void *unused)
{
	(void)unused;
	allowed(aspace_mlock(meet_one, MEET_FILE_AT, 3 * PAGE_SIZE, false));
	allowed(aspace_munlock(meet_one, MEET_FILE_AT, 3 * PAGE_SIZE));
}

static void lock_all(void *unused)
{
	(void)unused;
	allowed(aspace_mlock_all(meet_one, false));
}

static void advise(vaddr_t at, unsigned npages, unsigned advice)
{
	allowed(aspace_advise(meet_one, at, npages * PAGE_SIZE, advice));
}

static void need(void *unused)
{
	(void)unused;
	advise(MEET_FILE_AT, 8, ADVISE_WILLNEED);
}

static void drop(void *unused)
{
	(void)unused;
	advise(private_va(0), 3, ADVISE_DONTNEED);
}

static void free_later(void *unused)
{
	(void)unused;
	advise(private_va(8), 2, ADVISE_FREE);
}

static void page_out(void *unused)
{
	(void)unused;
	allowed_access(meet_one, private_va(1), 78);
	advise(private_va(0), MEET_PAGES, ADVISE_PAGEOUT);
}

static bool as_long_as_it_takes(const void *unused)
{
	(void)unused;
	return true;
}

static void roll_out(void *unused)
{
	(void)unused;
	allowed_access(meet_one, private_va(4), 79);
	aspace_roll_out(meet_one, as_long_as_it_takes, NULL);
}

static void fork_one(void *unused)
{
	(void)unused;
	if (reclaim_room(FORK_FRAMES)) /* its directory; tables come later */
		meet_no_memory = true;
	meet_child = aspace_fork(meet_one);
	meet_no_memory |= meet_child == NULL;
}

static void exit_two(void *unused)
{
	struct aspace *two = meet_two;
	(void)unused;
	meet_two = NULL;
	if (two != NULL)
		aspace_put(two);
}

static void file_use(uint32_t index, bool overwrite, char value)
{
	struct frame *f;
	int err = filepage_get(&meet_file, index, overwrite, &f);
	allowed(err);
	if (err)
		return;
	if (value != 0)
		memset(frame_bytes(f), value, overwrite ? PAGE_SIZE : 4);
	filepage_put(f, value != 0);
}

static void file_read_slot(void *unused)
{
	(void)unused;
	file_use(1, false, 0);
}

static void file_read_source(void *unused)
{
	(void)unused;
	file_use(7, false, 0);
}

static void file_write_part(void *unused)
{
	(void)unused;
	file_use(1, false, 'p');
}

static void file_overwrite(void *unused)
{
	(void)unused;
	file_use(1, true, 'w');
	if (meet_file.size_bytes < 2 * PAGE_SIZE)
		meet_file.size_bytes = 2 * PAGE_SIZE;
}

static void truncate(void *unused)
{
	(void)unused;
	allowed(filepage_truncate(&meet_file, PAGE_SIZE / 2));
}

static void truncate_and_grow(void *unused)
{
	(void)unused;
	allowed(filepage_truncate(&meet_file, 0));
	allowed(filepage_truncate(&meet_file, MEET_PAGES * PAGE_SIZE));
}

static void evict_all(void *unused)
{
	(void)unused;
	for (pfn_t pfn = 0; pfn < frame_count; pfn++)
		if (frame_is_user_page(frame_of(pfn)))
			(void)reclaim_page_out(frame_of(pfn));
}

const struct meet_operation meet_operations[] = {
	{ "read_private", read_private, false },
	{ "write_private", write_private, false },
	{ "write_first", write_first, false },
	{ "read_shared", read_shared, false },
	{ "write_shared", write_shared, false },
	{ "read_source", read_source, false },
	{ "write_source_privately", write_source_privately, false },
	{ "write_slot_privately", write_slot_privately, false },
	{ "read_in_two", read_in_two, false },
	{ "write_in_two", write_in_two, false },
	{ "map_new", map_new, false },
	{ "map_over", map_over, false },
	{ "unmap", unmap, false },
	{ "unmap_all", unmap_all, false },
	{ "protect", protect, false },
	{ "move", move, false },
	{ "brk_up", brk_up, false },
	{ "populate", populate, false },
	{ "populate_file", populate_file, false },
	{ "lock_some", lock_some, false },
	{ "lock_and_unlock", lock_and_unlock, false },
	{ "lock_all", lock_all, false },
	{ "need", need, false },
	{ "drop", drop, false },
	{ "free_later", free_later, true },
	{ "page_out", page_out, false },
	{ "roll_out", roll_out, false },
	{ "fork_one", fork_one, false },
	{ "exit_two", exit_two, false },
	{ "file_read_slot", file_read_slot, false },
	{ "file_read_source", file_read_source, false },
	{ "file_write_part", file_write_part, false },
	{ "file_overwrite", file_overwrite, false },
	{ "truncate", truncate, false },
	{ "truncate_and_grow", truncate_and_grow, false },
	{ "evict_all", evict_all, false },
};
const unsigned meet_count = ARRAY_SIZE(meet_operations);

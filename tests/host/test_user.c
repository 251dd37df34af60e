/* The one way to user memory: base, limit, rights, pages that are away, and strings. */
#include "mm/user.h"

#include <string.h>

#include "lib/errno.h"
#include "mm/check.h"
#include "mm/mmstat.h"
#include "tests/host/sim.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { NPAGES = 8, END = SPACE_AT + NPAGES * PAGE_SIZE };

static struct aspace *as;
static unsigned char bytes[NPAGES * PAGE_SIZE];

static void user_boot(void)
{
	space_boot(256, 64, 0, "clock");
	as = aspace_create();
	space_map(as, SPACE_AT, NPAGES);
	sim_use(as);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 7 + i / 251);
}

TEST(user_copies_any_bytes_across_pages)
{
	unsigned char back[3 * PAGE_SIZE];
	user_boot();
	CHECK_EQ(user_write(as, SPACE_AT, bytes, sizeof(bytes)), 0);
	for (unsigned round = 0; round < 500; round++) {
		size_t at = test_random_below(sizeof(bytes) - sizeof(back));
		size_t n = test_random_below(sizeof(back));
		CHECK_EQ(user_read(as, back, SPACE_AT + at, n), 0);
		CHECK(memcmp(back, bytes + at, n) == 0);
		size_t clear = test_random_below(n + 1);
		memset(bytes + at, 0, clear);
		CHECK_EQ(user_clear(as, SPACE_AT + at, clear), 0);
	}
	mm_check();
}

TEST(user_copies_bring_back_what_is_away)
{
	unsigned char back[sizeof(bytes)];
	user_boot();
	CHECK_EQ(user_write(as, SPACE_AT, bytes, sizeof(bytes)), 0);
	space_evict_all();
	CHECK_EQ(as->pmap.resident, 0);
	CHECK_EQ(user_read(as, back, SPACE_AT, sizeof(back)), 0);
	CHECK(memcmp(back, bytes, sizeof(bytes)) == 0);
	CHECK_EQ(mmstat_read(swap_ins), NPAGES);
	space_evict_all();
	CHECK_EQ(user_write(as, SPACE_AT + 10, "x", 1), 0);
	uint8_t value;
	CHECK_EQ(sim_read8(as, SPACE_AT + 10, &value), 0);
	CHECK_EQ(value, 'x');
	mm_check();
}

TEST(user_copies_end_where_memory_ends)
{
	char buf[64];
	user_boot();
	CHECK_EQ(user_write(as, END - 32, bytes, 32), 0);
	CHECK_EQ(user_write(as, END - 32, bytes, 33), -EFAULT);
	CHECK_EQ(user_read(as, buf, END - 32, 64), -EFAULT);
	CHECK_EQ(user_read(as, buf, END, 1), -EFAULT);
	CHECK_EQ(user_read(as, buf, SPACE_AT - 1, 1), -EFAULT);
	CHECK_EQ(user_clear(as, END - 1, 2), -EFAULT);
	CHECK_EQ(user_read(as, buf, 0, 1), -EFAULT);
	CHECK_EQ(user_read(as, buf, 0, 0), 0);
	mm_check();
}

TEST(user_copies_refuse_the_kernel_and_what_wraps_around)
{
	static const uptr_t kernel[] = { USER_TOP - 1,  USER_TOP,   DIRECT_BASE_VA + 4096,
					 VMALLOC_START, 0xfffffffc, 0xffffffff };
	char buf[8];
	user_boot();
	for (size_t i = 0; i < ARRAY_SIZE(kernel); i++) {
		CHECK_EQ(user_read(as, buf, kernel[i], 8), -EFAULT);
		CHECK_EQ(user_write(as, kernel[i], buf, 8), -EFAULT);
		CHECK_EQ(user_clear(as, kernel[i], 8), -EFAULT);
		CHECK_EQ(user_read_string(as, buf, kernel[i], sizeof(buf)), -EFAULT);
	}
	CHECK_EQ(user_clear(as, SPACE_AT, SIZE_MAX), -EFAULT);
	CHECK_EQ(user_clear(as, SPACE_AT, 0u - SPACE_AT), -EFAULT);
}

TEST(user_copies_respect_protection)
{
	char buf[8];
	user_boot();
	CHECK_EQ(user_write(as, SPACE_AT, bytes, 2 * PAGE_SIZE), 0);
	CHECK_EQ(aspace_protect(as, SPACE_AT + PAGE_SIZE, PAGE_SIZE, PROT_R), 0);
	CHECK_EQ(user_write(as, SPACE_AT + PAGE_SIZE - 4, buf, 8), -EFAULT);
	CHECK_EQ(user_clear(as, SPACE_AT + PAGE_SIZE, 1), -EFAULT);
	CHECK_EQ(user_read(as, buf, SPACE_AT + PAGE_SIZE, 8), 0);
	CHECK(memcmp(buf, bytes + PAGE_SIZE, 8) == 0);
	CHECK_EQ(aspace_protect(as, SPACE_AT + PAGE_SIZE, PAGE_SIZE, PROT_NONE), 0);
	CHECK_EQ(user_read(as, buf, SPACE_AT + PAGE_SIZE, 8), -EFAULT);
	sim_tlb_check();
	mm_check();
}

TEST(user_write_to_a_shared_page_copies_it_first)
{
	uint8_t value;
	user_boot();
	CHECK_EQ(user_write(as, SPACE_AT, "parent", 7), 0);
	struct aspace *child = aspace_fork(as);
	CHECK(child != NULL);
	sim_use(child);
	CHECK_EQ(user_write(child, SPACE_AT, "CHILD", 6), 0);
	CHECK_EQ(sim_read8(as, SPACE_AT, &value), 0);
	CHECK_EQ(value, 'p');
	CHECK_EQ(sim_read8(child, SPACE_AT, &value), 0);
	CHECK_EQ(value, 'C');
	mm_check();
}

TEST(user_addresses_are_offsets_from_the_base)
{
	enum { LIMIT = 2 * PAGE_SIZE };
	char buf[16];
	user_boot();
	CHECK_EQ(user_write(as, SPACE_AT + PAGE_SIZE, "above base", 11), 0);
	as->segment = (struct segment){ SPACE_AT, LIMIT, LIMIT };
	CHECK_EQ(user_read(as, buf, PAGE_SIZE, 11), 0);
	CHECK_STR(buf, "above base");
	CHECK_EQ(user_read(as, buf, LIMIT - 4, 4), 0);
	CHECK_EQ(user_read(as, buf, LIMIT - 4, 5), -EFAULT);
	CHECK_EQ(user_write(as, LIMIT, buf, 1), -EFAULT);
	CHECK_EQ(user_read(as, buf, SPACE_AT, 1), -EFAULT);
	CHECK_EQ(user_read(as, buf, 0xffffffff, 2), -EFAULT);
}

TEST(user_strings_are_read_up_to_their_end)
{
	char buf[200];
	user_boot();
	CHECK_EQ(user_write(as, SPACE_AT + PAGE_SIZE - 5, "over the edge", 14), 0);
	CHECK_EQ(user_read_string(as, buf, SPACE_AT + PAGE_SIZE - 5, sizeof(buf)), 13);
	CHECK_STR(buf, "over the edge");
	CHECK_EQ(user_read_string(as, buf, SPACE_AT + PAGE_SIZE - 5, 14), 13);
	CHECK_EQ(user_read_string(as, buf, SPACE_AT + PAGE_SIZE - 5, 13), -ENAMETOOLONG);
	CHECK_EQ(user_read_string(as, buf, SPACE_AT, 0), -ENAMETOOLONG);
	CHECK_EQ(user_read_string(as, buf, SPACE_AT, sizeof(buf)), 0); /* empty */
	/* Right before the end of memory: what lies behind the NUL need not exist. */
	CHECK_EQ(user_write(as, END - 4, "end", 4), 0);
	CHECK_EQ(user_read_string(as, buf, END - 4, sizeof(buf)), 3);
	CHECK_EQ(user_write(as, END - 4, "long", 4), 0);
	CHECK_EQ(user_read_string(as, buf, END - 4, sizeof(buf)), -EFAULT);
}

TEST(user_strings_may_end_right_at_the_limit)
{
	char buf[64];
	user_boot();
	CHECK_EQ(user_write(as, SPACE_AT + 96, "last", 5), 0);
	as->segment = (struct segment){ SPACE_AT, 101, 101 }; /* exact to the byte below 1 MiB */
	CHECK_EQ(user_read_string(as, buf, 96, sizeof(buf)), 4);
	CHECK_STR(buf, "last");
	as->segment.data_limit = 100;
	CHECK_EQ(user_read_string(as, buf, 96, sizeof(buf)), -EFAULT);
}

/*
 * Spaces that are one partition, on the real MMU and with real descriptors: the region is one block
 * of frames while a test runs. The kernel looks through linear addresses, through the one function
 * that knows base and limit, and through a segment with the partition's base and limit.
 */
#include "kernel/proc/process.h"
#include "kernel/selftest.h"
#include "kernel/x86/cpu.h"
#include "lib/errno.h"
#include "machine/layout.h"
#include "mm/partition/contiguous.h"
#include "mm/swap.h"
#include "mm/user.h"
#include "tests/kernel/scratch.h"

enum { K = 1024, REGION = 1024 * K, SELECTOR = SEGMENT_TLS_FIRST * 8 + 3 };
enum { CPUID_HYPERVISOR = 0x40000000 };

static struct frame *region_block;

static bool region_begin(void)
{
	if (partition_region.bytes != 0) {
		selftest_skip("this boot has a region of its own");
		return false;
	}
	region_block = frame_alloc(FRAME_MAX_ORDER, FRAME_KERNEL);
	if (region_block == NULL) {
		selftest_skip("no 4 MiB in one piece");
		return false;
	}
	EXPECT_EQ(partition_init(frame_pfn(region_block) << PAGE_SHIFT, REGION, contiguous_moved),
		  0);
	return true;
}

static void region_finish(void)
{
	partition_end();
	frame_free(region_block);
}

/* A space of @bytes in a place of its own. NULL: there is none. */
static struct aspace *space_enter(uint32_t bytes, enum contiguous_binding binding, uint32_t at)
{
	struct aspace *as = aspace_create();
	if (as == NULL)
		return NULL;
	if (contiguous_create(as, bytes, binding) == 0 && contiguous_enter(as->contiguous, at) == 0)
		return as;
	aspace_put(as);
	return NULL;
}

/* Words that tell one from another and where they belong. */
static void space_fill(struct aspace *as, uint32_t seed)
{
	space_use(as);
	for (uint32_t at = PAGE_SIZE; at + 4 <= as->segment.data_limit; at += 252) {
		uint32_t word = seed + at;
		EXPECT_EQ(user_write(as, at, &word, sizeof(word)), 0);
	}
}

static bool space_filled(struct aspace *as, uint32_t seed)
{
	bool right = true;
	space_use(as);
	for (uint32_t at = PAGE_SIZE; at + 4 <= as->segment.data_limit; at += 252) {
		uint32_t word = 0;
		right &= user_read(as, &word, at, sizeof(word)) == 0 && word == seed + at;
	}
	return right;
}

static void space_leave(struct aspace *as)
{
	space_use(NULL);
	aspace_put(as);
}

SELFTEST(partition_space_has_its_own_pages_and_no_others)
{
	if (!region_begin())
		return;
	struct aspace *a = space_enter(200 * K, BOUND_EXECUTION, PARTITION_ANYWHERE);
	struct aspace *b = space_enter(100 * K, BOUND_EXECUTION, PARTITION_ANYWHERE);
	REQUIRE(a != NULL && b != NULL);
	uint32_t word;
	space_fill(a, 1000);
	space_fill(b, 5000000);
	EXPECT(space_filled(a, 1000));
	space_use(a);
	EXPECT(!space_peek(PARTITION_WINDOW, &word)); /* the page of NULL */
	EXPECT(space_peek(PARTITION_WINDOW + PAGE_SIZE, &word));
	EXPECT(space_peek(PARTITION_WINDOW + 200 * K - 4, &word));
	EXPECT(!space_peek(PARTITION_WINDOW + 201 * K, &word)); /* the neighbour */
	EXPECT(!space_poke(PARTITION_WINDOW + 204 * K, 1));
	EXPECT(space_filled(b, 5000000));
	space_leave(a);
	space_leave(b);
	region_finish();
}

SELFTEST(partition_moved_while_in_force)
{
	if (!region_begin())
		return;
	struct aspace *low = space_enter(100 * K, BOUND_LOAD, PARTITION_ANYWHERE);
	struct aspace *as = space_enter(300 * K, BOUND_EXECUTION, PARTITION_ANYWHERE);
	REQUIRE(low != NULL && as != NULL);
	space_fill(as, 77);
	EXPECT_EQ(partition_move(as->contiguous->place, 600 * K), 0);
	EXPECT_EQ(as->segment.base, PARTITION_WINDOW + 600 * K);
	EXPECT(space_filled(as, 77));
	EXPECT_EQ(partition_move(as->contiguous->place, 480 * K), 0); /* over itself */
	EXPECT(space_filled(as, 77));
	EXPECT_EQ(partition_move(low->contiguous->place, 0), -EPERM);
	EXPECT_EQ(partition_compact(), 300 * K);
	EXPECT_EQ(as->contiguous->position, 100 * K);
	EXPECT(space_filled(as, 77));
	space_leave(as);
	space_leave(low);
	region_finish();
}

SELFTEST(partition_rolled_out_and_in_elsewhere)
{
	if (!region_begin())
		return;
	uint32_t used = swap_stats.used;
	struct aspace *as = space_enter(300 * K, BOUND_EXECUTION, PARTITION_ANYWHERE);
	REQUIRE(as != NULL);
	space_fill(as, 31);
	space_use(NULL);
	if (contiguous_roll_out(as->contiguous) == -ENOMEM) {
		selftest_skip("no swap area");
	} else {
		EXPECT_EQ(swap_stats.used, used + 74);
		EXPECT_EQ(as->pmap.resident, 0);
		struct aspace *other = space_enter(100 * K, BOUND_LOAD, PARTITION_ANYWHERE);
		EXPECT_EQ(contiguous_enter(as->contiguous, PARTITION_ANYWHERE), 0);
		EXPECT_EQ(as->contiguous->position, 100 * K);
		EXPECT_EQ(swap_stats.used, used);
		EXPECT(space_filled(as, 31));
		space_leave(other);
	}
	space_leave(as);
	region_finish();
}

static bool limits_are_not_checked(void)
{
	struct cpuid id = cpu_id(CPUID_HYPERVISOR, 0);
	bool tcg = id.ebx == 0x54474354 && id.ecx == 0x43544743;
	if (tcg)
		selftest_skip("QEMU does not check segment limits");
	return tcg;
}

/* Base and limit of @as as a descriptor of their own, which a load goes through. */
static bool segment_reads(const struct aspace *as, uint32_t offset)
{
	struct segment_tls tls[SEGMENT_NTLS] = { 0 };
	uint8_t value;
	EXPECT_EQ(segment_make_tls(&tls[0], as->segment.base, as->segment.data_limit - 1, 0), 0);
	segment_set_tls(tls);
	return cpu_segment_read(SELECTOR, offset, &value);
}

SELFTEST(partition_limit_is_the_segments_to_the_byte)
{
	static const struct segment_tls none[SEGMENT_NTLS];
	if (limits_are_not_checked() || !region_begin())
		return;
	struct aspace *as = space_enter(20 * K + 1, BOUND_EXECUTION, 64 * K);
	REQUIRE(as != NULL);
	space_use(as);
	EXPECT(segment_reads(as, 20 * K)); /* its last byte, and first of a page */
	EXPECT(!segment_reads(as, 20 * K + 1));
	EXPECT(!segment_reads(as, 0xffffffff));
	segment_set_tls(none);
	space_leave(as);
	region_finish();
}

SELFTEST(partition_limit_holds_for_system_calls)
{
	uint8_t bytes[2] = { 1, 2 };
	if (!region_begin())
		return;
	struct aspace *as = space_enter(20 * K + 1, BOUND_EXECUTION, 64 * K);
	REQUIRE(as != NULL);
	space_use(as);
	EXPECT_EQ(user_write(as, 20 * K, bytes, 1), 0);
	EXPECT_EQ(user_write(as, 20 * K, bytes, 2), -EFAULT);
	EXPECT_EQ(user_write(as, 20 * K + 1, bytes, 1), -EFAULT);
	EXPECT_EQ(user_read(as, bytes, 0, 1), -EFAULT);
	EXPECT_EQ(user_read(as, bytes, 0xffffffff, 2), -EFAULT);
	space_leave(as);
	region_finish();
}

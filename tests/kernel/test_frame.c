/* The buddy allocator on the machine's own frames. */
#include "kernel/selftest.h"
#include "mm/frame.h"

SELFTEST(frame_66_kb_take_a_block_of_128_kb)
{
	unsigned order = frame_order_for(66 * 1024);
	EXPECT_EQ(order, 5);
	uint32_t free = frame_stats.free;
	struct frame *f = frame_alloc(order, FRAME_KERNEL);
	REQUIRE(f != NULL);
	EXPECT_EQ(free - frame_stats.free, 32);
	EXPECT_EQ(frame_pfn(f) % 32, 0);
	selftest_note("66 KB asked, %u KB given, %u KB lost inside", 4u << order,
		      (4u << order) - 66);
	frame_free(f);
	EXPECT_EQ(frame_stats.free, free);
}

SELFTEST(frame_blocks_split_and_merge)
{
	struct frame *f = frame_alloc(3, FRAME_KERNEL);
	REQUIRE(f != NULL);
	uint32_t merges = frame_stats.merges, blocks = frame_stats.free_blocks[3];
	frame_free(f);
	/* Either it lies free as it is, or it has merged with its buddy. */
	EXPECT(frame_stats.free_blocks[3] == blocks + 1 || frame_stats.merges > merges);
	frame_check();
}

SELFTEST(frame_owner_and_state_are_recorded)
{
	uint32_t owned = frame_stats.owned[FRAME_KERNEL];
	struct frame *f = frame_alloc(0, FRAME_KERNEL);
	REQUIRE(f != NULL);
	EXPECT_EQ(f->state, FRAME_OWNED);
	EXPECT_EQ(f->owner, FRAME_KERNEL);
	EXPECT_EQ(f->pins, 0);
	EXPECT_EQ(frame_stats.owned[FRAME_KERNEL], owned + 1);
	frame_free(f);
	EXPECT_EQ(frame_stats.owned[FRAME_KERNEL], owned);
}

SELFTEST(frame_too_large_an_order_is_refused)
{
	EXPECT(frame_alloc(FRAME_MAX_ORDER + 1, FRAME_KERNEL) == NULL);
	EXPECT_EQ(frame_order_for((4u << 20) + 1), FRAME_MAX_ORDER + 1);
}

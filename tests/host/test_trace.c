/* Counters and the ring of trace records. */
#include "mm/trace.h"

#include "mm/mmstat.h"
#include "tests/host/test.h"

enum { RING = 1024 };

TEST(trace_is_off_until_selected)
{
	trace(TRACE_FAULT, 1, 2, 3);
	CHECK_EQ(trace_count(), 0);
	CHECK(trace_select("evict,fault"));
	trace(TRACE_FAULT, 1, 2, 3);
	trace(TRACE_SCAN, 4, 5, 6);
	trace(TRACE_EVICT, 7, 8, 9);
	struct trace_record r;
	CHECK_EQ(trace_count(), 2);
	CHECK(trace_get(1, &r) && r.kind == TRACE_EVICT && r.a == 7 && r.b == 8 && r.c == 9);
	CHECK(!trace_get(2, &r));
	trace_reset();
	CHECK(trace_count() == 0 && !trace_get(0, &r));
}

TEST(trace_selects_by_name_or_not_at_all)
{
	CHECK(trace_select("all"));
	CHECK_EQ(trace_on, (1u << TRACE_ALL) - 1);
	CHECK(!trace_select("fault,nonsense") && !trace_select("fau") && !trace_select("faults") &&
	      !trace_select(","));
	CHECK_EQ(trace_on, (1u << TRACE_ALL) - 1);
	CHECK(trace_select("scan"));
	CHECK_EQ(trace_on, 1u << TRACE_SCAN);
	CHECK(trace_select(""));
	CHECK_EQ(trace_on, 0);
	CHECK_STR(trace_kind_name(TRACE_EVICT), "evict");
	CHECK_STR(trace_kind_name(99), "?");
}

TEST(trace_loses_the_oldest_first)
{
	struct trace_record r;
	for (uint32_t i = 0; i < 3000; i++)
		trace_write(TRACE_SCAN, i, 0, 0);
	CHECK_EQ(trace_count(), 3000);
	CHECK(!trace_get(3000 - RING - 1, &r));
	for (uint32_t i = 3000 - RING; i < 3000; i++)
		CHECK(trace_get(i, &r) && r.a == i);
}

TEST(mmstat_counters_have_their_names)
{
	mmstat_count(swap_ins);
	mmstat_count(swap_ins);
	CHECK_EQ(mmstat_read(swap_ins), 2);
	CHECK_STR(mmstat_names[MMSTAT_swap_ins], "swap_ins");
	CHECK_STR(mmstat_names[MMSTAT_COUNT - 1], "oom_kills");
}

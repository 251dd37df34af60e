/* What /proc says of memory, while nothing changes it: it must add up to the counters exactly. */
#include "kernel/proc/process.h"
#include "kernel/procfs/proc_files.h"
#include "kernel/watch/loadavg.h"
#include "kernel/x86/cpu.h"
#include "lib/string.h"
#include "mm/fault.h"
#include "mm/history.h"
#include "mm/mmstat.h"
#include "mm/policy/policy.h"
#include "mm/reclaim.h"
#include "tests/kernel/scratch.h"

enum { COLUMN_STATE = 8, COLUMN_OWNER = 18, COLUMN_FLAGS = 48 };

static bool line_has(const char *line, unsigned column, const char *word)
{
	size_t n = strlen(word);
	return strncmp(line + column, word, n) == 0 && line[column + n] == ' ';
}

SELFTEST(proc_frames_add_up_to_the_counters)
{
	static const char *const owners[FRAME_OWNER_COUNT] = { NULL, "kernel", "slab", "vmalloc",
							   "table", "anon", "object" };
	uint32_t free = 0, charged = 0, cached = 0, known = 0, owned[FRAME_OWNER_COUNT] = { 0 };
	char line[PROC_RECORD_MAX];
	uint64_t n = 1;
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, 3) && space_poke(SPACE_AT, 1));
	EXPECT(space_poke(SPACE_AT + PAGE_SIZE, 1));
	for (; proc_record_frame(NULL, n, line); n++) {
		EXPECT(line[PROC_FRAME_LINE - 1] == '\n');
		free += line_has(line, COLUMN_STATE, "free");
		for (unsigned owner = 1; owner < FRAME_OWNER_COUNT; owner++)
			owned[owner] += line_has(line, COLUMN_OWNER, owners[owner]);
		charged += line[COLUMN_FLAGS + 2] == 'C';
		cached += line[COLUMN_FLAGS + 4] == 'K';
		known += line[COLUMN_FLAGS + 6] == 'P';
	}
	EXPECT_EQ(n, (uint64_t)frame_count + 1);
	EXPECT_EQ(free, frame_stats.free);
	for (unsigned owner = 1; owner < FRAME_OWNER_COUNT; owner++)
		EXPECT_EQ(owned[owner], frame_stats.owned[owner]);
	EXPECT_EQ(owned[FRAME_ANON], 2);
	EXPECT_EQ(charged, 2);
	EXPECT_EQ(charged, page_stats.charged);
	EXPECT_EQ(cached, page_stats.cached);
	EXPECT_EQ(known, policy_count());
	space_close(as);
}

static uint64_t word_of(bool (*record)(struct process *p, uint64_t index, char *to),
			struct process *p, uint64_t index)
{
	uint64_t word = UINT64_MAX;
	EXPECT(record(p, index, (char *)&word));
	return word;
}

SELFTEST(proc_kpageflags_add_up_to_the_counters)
{
	uint32_t bits[64] = { 0 };
	uint64_t word, mappers = 0;
	for (uint64_t pfn = 0; proc_record_kpageflags(NULL, pfn, (char *)&word); pfn++) {
		for (unsigned bit = 0; bit < 64; bit++)
			bits[bit] += word >> bit & 1;
		mappers += word_of(proc_record_kpagecount, NULL, pfn);
	}
	EXPECT_EQ(bits[10], frame_stats.free); /* BUDDY */
	EXPECT_EQ(bits[7], frame_stats.owned[FRAME_SLAB]);
	EXPECT_EQ(bits[12], frame_stats.owned[FRAME_ANON]);
	EXPECT_EQ(bits[26], frame_stats.owned[FRAME_TABLE]); /* PGTABLE */
	EXPECT_EQ(bits[5], policy_count() + page_stats.cached); /* LRU */
	EXPECT_EQ(bits[20], frame_count - frame_stats.total); /* NOPAGE */
	EXPECT_EQ(bits[24], 1); /* the page of zeroes */
	EXPECT_EQ(mappers, 0);
}

static struct process proc_fake; /* nobody's: just an address space to ask about */

static uint64_t pagemap_at(vaddr_t va)
{
	return word_of(proc_record_pagemap, &proc_fake, va >> PAGE_SHIFT);
}

SELFTEST(proc_pagemap_says_frame_slot_and_nothing)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	proc_fake.aspace = as;
	EXPECT(space_map(as, SPACE_AT, 4));
	EXPECT_EQ(pagemap_at(SPACE_AT), 0);
	EXPECT_EQ(space_word(SPACE_AT), 0);
	EXPECT(pagemap_at(SPACE_AT) == (1ull << 63 | object_zero_pfn));
	EXPECT(space_poke(SPACE_AT + PAGE_SIZE, 1));
	struct pmap_entry e = pmap_lookup(&as->pmap, SPACE_AT + PAGE_SIZE);
	EXPECT(pagemap_at(SPACE_AT + PAGE_SIZE) ==
	       (1ull << 63 | 1ull << 56 | 1ull << 55 | e.number));
	EXPECT_EQ(word_of(proc_record_kpagecount, NULL, e.number), 1);
	EXPECT(word_of(proc_record_kpageflags, NULL, e.number) & 1 << 2); /* REFERENCED */
	EXPECT(reclaim_page_out(frame_of(e.number)));
	e = pmap_lookup(&as->pmap, SPACE_AT + PAGE_SIZE);
	EXPECT(e.kind == PMAP_SLOT);
	EXPECT(pagemap_at(SPACE_AT + PAGE_SIZE) ==
	       (1ull << 62 | 1ull << 55 | (uint64_t)e.number << 5));
	EXPECT_EQ(pagemap_at(0), 0);
	EXPECT_EQ(pagemap_at(USER_TOP - PAGE_SIZE), 0);
	uint64_t word;
	EXPECT(!proc_record_pagemap(&proc_fake, USER_TOP >> PAGE_SHIFT, (char *)&word));
	proc_fake.aspace = NULL;
	EXPECT(!proc_record_pagemap(&proc_fake, 0, (char *)&word));
	space_close(as);
}

SELFTEST(proc_frames_remembers_faults_and_evictions)
{
	struct aspace *as = space_open();
	char line[PROC_RECORD_MAX];
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, 1) && space_poke(SPACE_AT, 1));
	struct frame *f = frame_of(pmap_lookup(&as->pmap, SPACE_AT).number);
	EXPECT_EQ(history_of(f).fault, history_now());
	uint32_t evict = history_of(f).evict;
	EXPECT(proc_record_frame(NULL, frame_pfn(f) + 1, line));
	EXPECT(line_has(line, COLUMN_STATE, "evictable") && line_has(line, COLUMN_OWNER, "anon"));
	EXPECT(line[COLUMN_FLAGS] == 'R' && line[COLUMN_FLAGS + 1] == 'M');
	EXPECT(pmap_lookup(&as->pmap, SPACE_AT).accessed);
	EXPECT(reclaim_page_out(f));
	EXPECT(history_of(f).evict > evict);
	EXPECT_EQ(history_of(f).evict, mmstat_read(evictions));
	space_close(as);
}

SELFTEST(load_averages_reach_a_steady_load)
{
	uint32_t load[LOADAVG_COUNT] = { 0 };
	for (unsigned n = 1; n <= 2000; n++) {
		for (unsigned which = 0; which < LOADAVG_COUNT; which++)
			load[which] = loadavg_next(which, load[which], 1);
		/* After its time 1 - 1/e of it, 0.632, and what rounding up adds at each step. */
		if (n == 12)
			EXPECT_EQ(load[0] * 100 >> LOADAVG_SHIFT, 63);
		if (n == 60)
			EXPECT_EQ(load[1] * 100 >> LOADAVG_SHIFT, 64);
		if (n == 180)
			EXPECT_EQ(load[2] * 100 >> LOADAVG_SHIFT, 64);
	}
	for (unsigned which = 0; which < LOADAVG_COUNT; which++)
		EXPECT_EQ(load[which], 1 << LOADAVG_SHIFT);
	for (unsigned n = 1; n <= 4000; n++)
		load[0] = loadavg_next(0, load[0], 0);
	EXPECT_EQ(load[0], 0);
}

/* The first decimal number in @t behind @word. */
static uint32_t number_after(const struct text *t, const char *word)
{
	size_t n = strlen(word);
	for (size_t at = 0; at + n < t->length; at++) {
		uint32_t value = 0;
		if (strncmp(t->bytes + at, word, n) != 0)
			continue;
		for (at += n; at < t->length && t->bytes[at] >= '0' && t->bytes[at] <= '9'; at++)
			value = value * 10 + (uint32_t)(t->bytes[at] - '0');
		return value;
	}
	return 0;
}

SELFTEST(proc_clock_shows_the_whole_ring_and_the_next_victim)
{
	struct text t = { .bytes = NULL };
	struct aspace *as = space_open();
	unsigned lines = 0;
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, 4));
	for (unsigned i = 0; i < 4; i++)
		EXPECT_EQ(fault_handle(as, SPACE_AT + i * PAGE_SIZE, PROT_W), 0);
	proc_show_clock(&t, NULL);
	REQUIRE(!t.failed);
	for (size_t at = 0; at < t.length; at++)
		lines += t.bytes[at] == '\n';
	EXPECT_EQ(number_after(&t, "frames "), 4);
	EXPECT_EQ(lines, 3 + 4); /* policy, frames, hand; and each frame of the ring once */
	/* Nothing was used: the hand takes what it points at. */
	EXPECT_EQ(number_after(&t, "hand "), frame_pfn(policy_select()));
	text_free(&t);
	space_close(as);
}

SELFTEST(proc_clock_shows_the_front_of_queues)
{
	static const char *const names[] = { "fifo", "second-chance", "lru", "nru", "2q" };
	const char *before = policy_name();
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, 4));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct text t = { .bytes = NULL };
		EXPECT_EQ(policy_switch(names[i]), 0);
		for (unsigned page = 0; page < 4; page++)
			EXPECT_EQ(fault_handle(as, SPACE_AT + page * PAGE_SIZE, PROT_W), 0);
		proc_show_clock(&t, NULL);
		EXPECT_EQ(number_after(&t, "front "), frame_pfn(policy_select()));
		text_free(&t);
	}
	EXPECT_EQ(policy_switch(before), 0);
	space_close(as);
}

/*
 * The buddy allocator: every reachable state of a small memory, random work in a larger one, and
 * mistakes that must not pass. Includes the module to save and restore its statics.
 */
#include "mm/frame.c"

#include <stdlib.h>
#include <string.h>

#include "tests/host/test.h"

/* ---- every state of a small memory ---- */

enum { SMALL_MAX = 8, STATES_MAX = 4096, KEY_BYTES = 4 * SMALL_MAX, BUCKETS = 8192 };

/* All there is to the allocator: pointers in it stay right, as it goes back where it was. */
struct snapshot {
	struct frame table[SMALL_MAX];
	struct list_node lists[FRAME_MAX_ORDER + 1];
	uint32_t orders;
	struct frame_stats stats;
	/* What tells states apart: the lists in their order, and the allocated blocks. */
	uint8_t key[KEY_BYTES];
};

static struct frame small_table[SMALL_MAX];
static struct snapshot states[STATES_MAX];
static unsigned nstates;
static unsigned ntransitions;
static unsigned buckets[BUCKETS]; /* state number + 1 */

static void state_key(uint8_t *key)
{
	unsigned n = 0;
	memset(key, 0xff, KEY_BYTES);
	for (unsigned order = 0; order <= 3; order++) {
		list_for_each(node, &frame_lists[order]) {
			key[n] = (uint8_t)frame_pfn(list_entry(node, struct frame, link));
			n++;
		}
		key[n] = 0xfe;
		n++;
	}
	for (pfn_t pfn = 0; pfn < frame_count; pfn++) {
		if (frame_of(pfn)->state == FRAME_OWNED && frame_of(pfn)->order != FRAME_INSIDE) {
			key[n] = (uint8_t)(pfn << 2 | frame_of(pfn)->order);
			n++;
		}
	}
	CHECK(n <= KEY_BYTES);
}

static void state_save(struct snapshot *s)
{
	memcpy(s->table, small_table, sizeof(small_table));
	memcpy(s->lists, frame_lists, sizeof(frame_lists));
	s->orders = frame_orders;
	s->stats = frame_stats;
	state_key(s->key);
}

static void state_restore(const struct snapshot *s)
{
	memcpy(small_table, s->table, sizeof(small_table));
	memcpy(frame_lists, s->lists, sizeof(frame_lists));
	frame_orders = s->orders;
	frame_stats = s->stats;
}

/* The present state is checked, and remembered if it is new. */
static void state_visit(void)
{
	frame_check();
	CHECK(nstates < STATES_MAX);
	state_save(&states[nstates]);
	uint32_t hash = 2166136261u;
	for (unsigned i = 0; i < KEY_BYTES; i++)
		hash = (hash ^ states[nstates].key[i]) * 16777619u;
	unsigned bucket = hash % BUCKETS;
	for (; buckets[bucket]; bucket = (bucket + 1) % BUCKETS) {
		if (memcmp(states[buckets[bucket] - 1].key, states[nstates].key, KEY_BYTES) == 0)
			return;
	}
	nstates++;
	buckets[bucket] = nstates;
}

/* Is there a free aligned row of 2^order frames? Looks at single frames only. */
static bool row_is_free(unsigned order)
{
	for (pfn_t start = 0; start + (1u << order) <= frame_count; start += 1u << order) {
		pfn_t n = 0;
		while (n < 1u << order && frame_of(start + n)->state == FRAME_FREE)
			n++;
		if (n == 1u << order)
			return true;
	}
	return false;
}

static void try_alloc(const struct snapshot *from, unsigned order)
{
	state_restore(from);
	ntransitions++; /* to refuse is one as well */
	bool possible = row_is_free(order);
	struct frame *f = frame_alloc(order, FRAME_KERNEL);
	CHECK_EQ(f != NULL, possible);
	if (!f)
		return;
	CHECK_EQ(f->order, order);
	state_visit();
}

static void try_free(const struct snapshot *from, pfn_t pfn)
{
	state_restore(from);
	if (frame_of(pfn)->state != FRAME_OWNED || frame_of(pfn)->order == FRAME_INSIDE)
		return;
	frame_free(frame_of(pfn));
	ntransitions++;
	state_visit();
}

static void explore(pfn_t nframes)
{
	frame_init(small_table, nframes);
	frame_add_range(0, nframes);
	state_visit();
	for (unsigned i = 0; i < nstates; i++) {
		for (unsigned order = 0; order <= 3; order++)
			try_alloc(&states[i], order);
		for (pfn_t pfn = 0; pfn < nframes; pfn++)
			try_free(&states[i], pfn);
	}
}

TEST(frame_all_states_of_4_frames_are_sound)
{
	explore(4);
	CHECK_EQ(nstates, 30);
}

TEST(frame_all_states_of_8_frames_are_sound)
{
	explore(8);
	CHECK_EQ(nstates, 1829);
	CHECK_EQ(ntransitions, 14441);
}

TEST(frame_all_states_of_7_frames_are_sound)
{
	explore(7); /* buddies that are not there */
	CHECK(nstates > 100);
}

/* ---- a larger one, at random ---- */

enum { RANDOM_FRAMES = 3001 }; /* nothing like a power of two */

static struct frame random_table[RANDOM_FRAMES];
static uint8_t taken[RANDOM_FRAMES]; /* the model */
static struct frame *held[RANDOM_FRAMES];
static unsigned nheld;

static void random_alloc(void)
{
	unsigned order = test_random_below(8);
	order = order * order / 6; /* small ones more often */
	enum frame_owner owner = 1 + test_random_below(FRAME_OWNER_COUNT - 1);
	struct frame *f = frame_alloc(order, owner);
	if (!f) {
		CHECK(!row_is_free(order));
		return;
	}
	CHECK_EQ(frame_pfn(f) % (1u << order), 0);
	CHECK(frame_pfn(f) + (1u << order) <= RANDOM_FRAMES);
	for (unsigned i = 0; i < 1u << order; i++) {
		CHECK_EQ(taken[frame_pfn(f) + i], 0);
		taken[frame_pfn(f) + i] = 1;
		CHECK(f[i].state == FRAME_OWNED && f[i].owner == owner && f[i].pins == 0);
		CHECK(!list_node_linked(&f[i].link));
		CHECK(f[i].mappers == 0 && f[i].flags == 0 && f[i].rmap == 0 && f[i].index == 0);
		f[i].rmap = f[i].index = 77; /* rubbish for the next owner not to see */
		f[i].flags = FRAME_DIRTY;
	}
	held[nheld] = f;
	nheld++;
}

static void random_free(void)
{
	unsigned i = test_random_below(nheld);
	struct frame *f = held[i];
	nheld--;
	held[i] = held[nheld];
	memset(taken + frame_pfn(f), 0, 1u << f->order);
	frame_free(f);
}

TEST(frame_random_work_keeps_every_invariant)
{
	frame_init(random_table, RANDOM_FRAMES);
	frame_add_range(1, 640); /* a hole behind it, as on a PC */
	frame_add_range(700, RANDOM_FRAMES);
	CHECK_EQ(frame_stats.total, 639 + 2301);
	memset(taken, 1, sizeof(taken));
	memset(taken + 1, 0, 639);
	memset(taken + 700, 0, 2301);
	for (unsigned step = 0; step < 20000; step++) {
		bool growing = step / 1000 % 2 == 0;
		if (nheld == 0 || test_random_below(100) < (growing ? 70u : 30u))
			random_alloc();
		else
			random_free();
		if (step % 2 == 0)
			frame_check();
		uint32_t sum = frame_stats.free;
		for (unsigned owner = 0; owner < FRAME_OWNER_COUNT; owner++)
			sum += frame_stats.owned[owner];
		CHECK_EQ(sum, frame_stats.total);
	}
	while (nheld)
		random_free();
	frame_check();
	CHECK_EQ(frame_stats.free, frame_stats.total);
	CHECK_EQ(frame_stats.allocs, frame_stats.frees);
	CHECK(frame_stats.failures > 0);
	CHECK_EQ(mmstat_read(frame_failures), frame_stats.failures);
}

/* ---- examples ---- */

static struct frame example_table[64];

static void example_init(void)
{
	frame_init(example_table, 64);
	frame_add_range(0, 64);
}

TEST(frame_order_for_rounds_up_as_the_textbook_s_66_kb)
{
	CHECK_EQ(frame_order_for(66 << 10), 5); /* 128 KB: 62 KB unused */
	CHECK_EQ(frame_order_for(1), 0);
	CHECK_EQ(frame_order_for(4096), 0);
	CHECK_EQ(frame_order_for(4097), 1);
	CHECK_EQ(frame_order_for(64 << 10), 4);
	CHECK_EQ(frame_order_for((64 << 10) + 1), 5);
	CHECK_EQ(frame_order_for(128 << 10), 5);
	CHECK_EQ(frame_order_for(4 << 20), FRAME_MAX_ORDER);
	CHECK_EQ(frame_order_for((4 << 20) + 1), FRAME_MAX_ORDER + 1);
	CHECK_EQ(frame_order_for(SIZE_MAX), FRAME_MAX_ORDER + 1);
	CHECK_PANIC("bytes > 0", (void)frame_order_for(0));
}

TEST(frame_a_request_of_66_kb_splits_256_kb_once)
{
	example_init();
	CHECK_EQ(frame_stats.free_blocks[6], 1);
	struct frame *f = frame_alloc(frame_order_for(66 << 10), FRAME_KERNEL);
	CHECK_EQ(frame_pfn(f), 0); /* the lower half */
	CHECK_EQ(frame_stats.splits, 1);
	CHECK_EQ(frame_stats.free_blocks[5], 1);
	CHECK_EQ(frame_stats.owned[FRAME_KERNEL], 32);
	frame_free(f);
	CHECK_EQ(frame_stats.merges, 1);
	CHECK_EQ(frame_stats.free_blocks[6], 1);
}

TEST(frame_single_frames_come_in_rising_order_and_merge_back)
{
	struct frame *frames[64];
	example_init();
	for (pfn_t i = 0; i < 64; i++) {
		frames[i] = frame_alloc(0, FRAME_ANON);
		CHECK_EQ(frame_pfn(frames[i]), i);
	}
	CHECK(!frame_alloc(0, FRAME_ANON));
	CHECK_EQ(frame_stats.failures, 1);
	for (pfn_t i = 0; i < 64; i += 2)
		frame_free(frames[i]);
	CHECK_EQ(frame_stats.free_blocks[0], 32); /* half is free, and no two in a row */
	CHECK(!frame_alloc(1, FRAME_ANON));
	frame_check();
	for (pfn_t i = 1; i < 64; i += 2)
		frame_free(frames[i]);
	CHECK_EQ(frame_stats.free_blocks[6], 1);
	frame_check();
}

TEST(frame_the_one_freed_last_is_handed_out_first)
{
	struct frame *f[6];
	example_init();
	for (unsigned i = 0; i < ARRAY_SIZE(f); i++)
		f[i] = frame_alloc(0, FRAME_ANON);
	frame_free(f[0]);
	frame_free(f[4]); /* no two of these are buddies */
	frame_free(f[2]);
	CHECK(frame_alloc(0, FRAME_ANON) == f[2]);
	CHECK(frame_alloc(0, FRAME_ANON) == f[4]);
	CHECK(frame_alloc(0, FRAME_ANON) == f[0]);
}

TEST(frame_orders_that_do_not_exist_are_refused)
{
	example_init();
	CHECK(!frame_alloc(7, FRAME_KERNEL));
	CHECK(!frame_alloc(FRAME_MAX_ORDER + 1, FRAME_KERNEL));
	CHECK(!frame_alloc(33, FRAME_KERNEL));
	CHECK(!frame_alloc(UINT32_MAX, FRAME_KERNEL));
	frame_check();
	CHECK_EQ(frame_stats.free, 64);
}

TEST(frame_largest_blocks_are_not_merged_further)
{
	static struct frame table[4096];
	frame_init(table, 4096);
	frame_add_range(0, 4096);
	CHECK_EQ(frame_stats.free_blocks[FRAME_MAX_ORDER], 4);
	struct frame *f = frame_alloc(FRAME_MAX_ORDER, FRAME_KERNEL);
	frame_check();
	frame_free(f);
	frame_check();
	CHECK_EQ(frame_stats.free_blocks[FRAME_MAX_ORDER], 4);
}

/* ---- mistakes ---- */

TEST(frame_free_panics_on_every_mistake)
{
	example_init();
	struct frame *f = frame_alloc(2, FRAME_ANON);
	struct frame *single = frame_alloc(0, FRAME_ANON);
	CHECK_PANIC("freed twice", frame_free(f); frame_free(f));
	CHECK_PANIC("inside a block", frame_free(f + 1));
	CHECK_PANIC("freed twice", frame_free(single + 1)); /* never allocated */
	CHECK_PANIC("1 pins", frame_pin(f); frame_free(f));
	CHECK_PANIC("1 mappers", f->mappers = 1; frame_free(f));
	CHECK_PANIC("evictable", frame_set_evictable(single); frame_free(single));
	CHECK_PANIC("linked", struct list_node head; list_init(&head);
		    list_push_back(&head, &f->link); frame_free(f));
	memset(example_table, 0, sizeof(example_table));
	frame_init(example_table, 64);
	CHECK_PANIC("reserved", frame_free(frame_of(3)));
}

TEST(frame_states_change_only_along_their_arrows)
{
	example_init();
	struct frame *f = frame_alloc(0, FRAME_ANON);
	struct frame *kernel = frame_alloc(0, FRAME_KERNEL);
	struct frame *large = frame_alloc(1, FRAME_ANON);
	frame_set_evictable(f);
	frame_check();
	CHECK_EQ(f->state, FRAME_EVICTABLE);
	CHECK_EQ(frame_stats.owned[FRAME_ANON], 3);
	CHECK_PANIC("FRAME_OWNED", frame_set_evictable(f));
	frame_set_owned(f);
	CHECK_PANIC("FRAME_EVICTABLE", frame_set_owned(f));
	CHECK_PANIC("frame_is_user_page", frame_set_evictable(kernel));
	CHECK_PANIC("frame_is_user_page", frame_set_evictable(large));
	CHECK_PANIC("FRAME_RESERVED", frame_add_range(3, 5));
	CHECK_PANIC("frame_count", frame_add_range(60, 65));
}

TEST(frame_pins_are_counted_to_their_limit)
{
	example_init();
	struct frame *f = frame_alloc(0, FRAME_ANON);
	CHECK_PANIC("pins > 0", frame_unpin(f));
	for (unsigned i = 0; i < 70000; i++)
		frame_pin(f);
	for (unsigned i = 0; i < 70000; i++)
		frame_unpin(f);
	f->pins = UINT32_MAX;
	CHECK_PANIC("pins <", frame_pin(f));
	f->pins = 0;
	frame_free(f);
}

TEST(a_frame_takes_40_bytes_of_a_32_bit_machine)
{
	CHECK_EQ(sizeof(struct frame), 40);
}

TEST(frame_check_finds_damage)
{
	example_init();
	struct frame *f = frame_alloc(3, FRAME_KERNEL);
	frame_check();
	CHECK_PANIC("ASSERT", f[3].state = FRAME_FREE; frame_check());
	CHECK_PANIC("ASSERT", f[3].owner = FRAME_SLAB; frame_check());
	CHECK_PANIC("ASSERT", frame_stats.free--; frame_check());
	CHECK_PANIC("ASSERT", frame_stats.owned[FRAME_KERNEL]++; frame_check());
	CHECK_PANIC("ASSERT", frame_orders ^= 2; frame_check());
	CHECK_PANIC("ASSERT", list_remove(&frame_of(32)->link); frame_check());
	CHECK_PANIC("ASSERT", frame_of(32)->order = 4; frame_check());
	CHECK_PANIC("ASSERT", frame_of(8)->state = FRAME_RESERVED; frame_check());
}

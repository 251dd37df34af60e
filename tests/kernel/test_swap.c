/* Eviction, swap and the clock on the real machine. */
#include "lib/errno.h"
#include "mm/fault.h"
#include "mm/mmstat.h"
#include "mm/policy/policy.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/swap.h"
#include "tests/kernel/scratch.h"

enum { LIMIT = 16, NPAGES = 64 };

static vaddr_t page_at(unsigned i)
{
	return SPACE_AT + i * PAGE_SIZE;
}

static bool swap_missing(void)
{
	if (swap_capacity() >= 2 * NPAGES)
		return false;
	selftest_skip("needs a swap area: swap=1M");
	return true;
}

static void write_pages(uint32_t add)
{
	for (unsigned i = 0; i < NPAGES; i++)
		EXPECT(space_poke(page_at(i), i * 3 + add));
}

static void read_pages(uint32_t add)
{
	for (unsigned i = 0; i < NPAGES; i++)
		EXPECT_EQ(space_word(page_at(i)), (long)(i * 3 + add));
}

SELFTEST(swap_brings_every_page_back_intact)
{
	if (swap_missing())
		return;
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	uint32_t old = space_limit(LIMIT);
	EXPECT(space_map(as, SPACE_AT, NPAGES));
	write_pages(1);
	EXPECT(as->pmap.resident <= LIMIT);
	EXPECT_EQ(as->pmap.resident + as->pmap.swapped, NPAGES);
	read_pages(1);
	write_pages(2);
	read_pages(2);
	EXPECT(page_stats.charged <= LIMIT);
	space_limit(old);
	space_close(as);
}

SELFTEST(swap_writes_a_clean_page_only_once)
{
	if (swap_missing())
		return;
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	uint32_t old = space_limit(LIMIT);
	EXPECT(space_map(as, SPACE_AT, NPAGES));
	write_pages(1);
	read_pages(1); /* from here on every page has a good copy on swap */
	uint32_t outs = mmstat_read(swap_outs), ins = mmstat_read(swap_ins);
	uint32_t clean = mmstat_read(evictions_clean);
	read_pages(1);
	EXPECT_EQ(mmstat_read(swap_outs) - outs, 0);
	EXPECT_EQ(mmstat_read(swap_ins) - ins, NPAGES);
	EXPECT_EQ(mmstat_read(evictions_clean) - clean, NPAGES);
	outs = mmstat_read(swap_outs);
	write_pages(2);
	read_pages(2); /* a dirty page costs two transfers */
	EXPECT_EQ(mmstat_read(swap_outs) - outs, NPAGES);
	space_limit(old);
	space_close(as);
}

/* Push every page of @as out by touching another space's pages. */
static void push_out(struct aspace *as)
{
	struct aspace *other = space_open();
	REQUIRE(other != NULL);
	EXPECT(space_map(other, SPACE_AT, NPAGES));
	write_pages(7);
	space_close(other);
	space_use(as);
}

SELFTEST(swap_slot_shared_by_fork_is_read_back_once)
{
	if (swap_missing())
		return;
	struct aspace *parent = space_open();
	REQUIRE(parent != NULL);
	uint32_t old = space_limit(LIMIT);
	EXPECT(space_map(parent, SPACE_AT, 1) && space_poke(SPACE_AT, 42));
	struct aspace *child = aspace_fork(parent);
	REQUIRE(child != NULL);
	push_out(parent);
	EXPECT_EQ(pmap_lookup(&parent->pmap, SPACE_AT).kind, PMAP_SLOT);
	EXPECT_EQ(pmap_lookup(&child->pmap, SPACE_AT).number,
		  (long)pmap_lookup(&parent->pmap, SPACE_AT).number);
	EXPECT_EQ(swap_refs(pmap_lookup(&child->pmap, SPACE_AT).number), 2);
	uint32_t ins = mmstat_read(swap_ins);
	EXPECT_EQ(space_word(SPACE_AT), 42);
	space_use(child);
	EXPECT_EQ(space_word(SPACE_AT), 42);
	EXPECT_EQ(mmstat_read(swap_ins) - ins, 1);
	EXPECT(space_poke(SPACE_AT, 43)); /* still copy on write */
	space_use(parent);
	EXPECT_EQ(space_word(SPACE_AT), 42);
	aspace_put(child);
	space_limit(old);
	space_close(parent);
}

SELFTEST(swap_slot_of_a_fork_outlives_either_side)
{
	if (swap_missing())
		return;
	for (int child_first = 0; child_first < 2; child_first++) {
		struct aspace *parent = space_open();
		REQUIRE(parent != NULL);
		uint32_t old = space_limit(LIMIT), used = swap_stats.used;
		EXPECT(space_map(parent, SPACE_AT, 1) && space_poke(SPACE_AT, 42));
		push_out(parent);
		struct aspace *child = aspace_fork(parent);
		REQUIRE(child != NULL);
		struct aspace *stays = child_first ? parent : child;
		space_use(stays);
		aspace_put(child_first ? child : parent);
		EXPECT_EQ(swap_stats.used - used, 1);
		EXPECT_EQ(space_word(SPACE_AT), 42);
		space_close(stays);
		EXPECT_EQ(swap_stats.used, used);
		space_limit(old);
	}
}

/* Take slots until @left are free; the @n taken ones, or NULL: no memory for the list. */
static slot_t *take_slots(uint32_t left, uint32_t *n)
{
	slot_t *taken = kmalloc(swap_capacity() * sizeof(*taken));
	*n = 0;
	while (taken != NULL && swap_capacity() - swap_stats.used > left) {
		taken[*n] = swap_alloc();
		*n += 1;
	}
	return taken;
}

static void give_slots_back(slot_t *taken, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		swap_get(taken[i]);
		swap_put(taken[i]);
	}
	kfree(taken);
}

SELFTEST(swap_full_is_an_error_and_not_the_end)
{
	if (swap_missing())
		return;
	struct aspace *as = space_open();
	uint32_t old = space_limit(LIMIT), ntaken;
	slot_t *taken = take_slots(4, &ntaken);
	REQUIRE(as != NULL && taken != NULL);
	EXPECT(space_map(as, SPACE_AT, NPAGES));
	unsigned written = 0;
	while (written < NPAGES && space_poke(page_at(written), written))
		written++;
	give_slots_back(taken, ntaken);
	EXPECT_EQ(written, LIMIT + 4);
	for (unsigned i = 0; i < written; i++)
		EXPECT_EQ(space_word(page_at(i)), (long)i);
	EXPECT(space_poke(page_at(written), written)); /* and with slots it goes on */
	space_limit(old);
	space_close(as);
}

SELFTEST(clock_spares_a_page_in_steady_use)
{
	if (swap_missing())
		return;
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	uint32_t old = space_limit(LIMIT);
	EXPECT(space_map(as, SPACE_AT, NPAGES));
	for (unsigned i = 1; i < NPAGES; i++) {
		EXPECT(space_poke(page_at(0), i)); /* referenced on every lap */
		EXPECT(space_poke(page_at(i), i));
		pmap_test_clear_accessed(&as->pmap, page_at(i)); /* and idle from now on */
		EXPECT_EQ(pmap_lookup(&as->pmap, page_at(0)).kind, PMAP_FRAME);
	}
	space_limit(old);
	space_close(as);
}

SELFTEST(clock_gives_up_when_every_page_is_pinned)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, LIMIT + 1));
	for (unsigned i = 0; i < LIMIT; i++)
		EXPECT(space_poke(page_at(i), i));
	for (unsigned i = 0; i < LIMIT; i++)
		frame_pin(frame_of(pmap_lookup(&as->pmap, page_at(i)).number));
	uint32_t old = space_limit(page_stats.charged);
	EXPECT_EQ(fault_handle(as, page_at(LIMIT), PROT_W), -ENOMEM);
	space_limit(old);
	for (unsigned i = 0; i < LIMIT; i++)
		frame_unpin(frame_of(pmap_lookup(&as->pmap, page_at(i)).number));
	EXPECT_EQ(fault_handle(as, page_at(LIMIT), PROT_W), 0);
	space_close(as);
}

SELFTEST(shared_memory_is_evicted_and_comes_back_for_both)
{
	if (swap_missing())
		return;
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	struct object *o = object_create_shared(PAGE_SIZE);
	REQUIRE(o != NULL);
	struct aspace_map request = {
		.start = SPACE_AT + 0x100000,
		.length = PAGE_SIZE,
		.prot = PROT_R | PROT_W,
		.map_flags = ASPACE_FIXED,
		.vma_flags = VMA_SHARED,
		.object = o,
	};
	EXPECT_EQ(aspace_map(as, &request), (long)request.start);
	object_put(o);
	struct aspace *child = aspace_fork(as);
	REQUIRE(child != NULL);
	uint32_t old = space_limit(LIMIT);
	EXPECT(space_poke(request.start, 11));
	push_out(as);
	EXPECT_EQ(pmap_lookup(&as->pmap, request.start).kind, PMAP_NONE);
	EXPECT_EQ(object_lookup(o, 0).kind, OBJECT_SLOT);
	space_use(child);
	EXPECT_EQ(space_word(request.start), 11);
	EXPECT(space_poke(request.start, 12));
	space_use(as);
	EXPECT_EQ(space_word(request.start), 12);
	space_limit(old);
	aspace_put(child);
	space_close(as);
}

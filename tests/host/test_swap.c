/* Slots: who knows them, when they are free. */
#include <string.h>

#include "mm/swap.h"
#include "tests/host/sim.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { SLOTS = 64 };

TEST(slots_are_handed_out_once_each_and_never_slot_zero)
{
	static bool seen[SLOTS + 1];
	space_boot(256, SLOTS, 0, "clock");
	CHECK_EQ(swap_capacity(), SLOTS);
	for (int i = 0; i < SLOTS; i++) {
		slot_t slot = swap_alloc();
		CHECK(slot >= 1 && slot <= SLOTS && !seen[slot]);
		seen[slot] = true;
		swap_get(slot);
	}
	CHECK_EQ(swap_alloc(), 0);
	swap_check();
	for (slot_t slot = 1; slot <= SLOTS; slot++) {
		swap_get(slot);
		swap_put(slot);
		CHECK_EQ(swap_refs(slot), 1);
		swap_put(slot);
	}
	CHECK_EQ(swap_stats.used, 0);
	swap_check();
}

TEST(slot_lives_while_referenced_or_attached)
{
	space_boot(256, SLOTS, 0, "clock");
	struct frame *f = frame_alloc(0, FRAME_ANON);
	slot_t slot = swap_alloc();
	swap_attach(slot, f);
	swap_get(slot);
	CHECK(swap_frame(slot) == f && f->slot == slot);
	swap_put(slot);
	CHECK_EQ(swap_stats.used, 1);
	swap_get(slot);
	swap_detach(f);
	CHECK_EQ(swap_stats.used, 1);
	CHECK(swap_frame(slot) == NULL && f->slot == 0);
	swap_put(slot);
	CHECK_EQ(swap_stats.used, 0);
	frame_free(f);
}

TEST(slot_stolen_from_a_clean_copy_leaves_the_page_dirty)
{
	space_boot(256, SLOTS, 0, "clock");
	struct frame *spare = frame_alloc(0, FRAME_ANON), *needed = frame_alloc(0, FRAME_ANON);
	slot_t a = swap_alloc(), b = swap_alloc();
	swap_attach(a, spare);
	swap_attach(b, needed);
	swap_get(b); /* an entry still stands for it */
	CHECK(swap_steal_copy());
	CHECK(spare->slot == 0 && (spare->flags & FRAME_DIRTY));
	CHECK_EQ(needed->slot, b);
	CHECK(!swap_steal_copy());
	swap_detach(needed);
	swap_put(b);
	frame_free(spare);
	frame_free(needed);
	swap_check();
}

TEST(slots_hold_what_was_written)
{
	space_boot(256, SLOTS, 0, "clock");
	static char page[PAGE_SIZE], back[PAGE_SIZE];
	struct frame *f = frame_alloc(0, FRAME_ANON);
	for (int i = 0; i < SLOTS; i++) {
		slot_t slot = swap_alloc();
		memset(page, i, sizeof(page));
		swap_attach(slot, f);
		swap_get(slot);
		CHECK_EQ(swap_write(slot, page), 0);
		swap_detach(f);
	}
	for (int i = 0; i < SLOTS; i++) {
		CHECK_EQ(swap_read(i + 1, back), 0);
		memset(page, i, sizeof(page));
		CHECK(memcmp(page, back, sizeof(page)) == 0);
		swap_put(i + 1);
	}
	frame_free(f);
}

TEST(slot_numbers_survive_in_page_table_entries)
{
	static const slot_t numbers[] = { 1, 2, 3, 1023, 1024, 0xfffff, 0x3fffffff };
	space_boot(256, SLOTS, 0, "clock");
	struct aspace *as = aspace_create();
	CHECK_EQ(pmap_reserve(&as->pmap, SPACE_AT), 0);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		pmap_set_slot(&as->pmap, SPACE_AT, numbers[i]);
		struct pmap_entry e = pmap_lookup(&as->pmap, SPACE_AT);
		CHECK_EQ(e.kind, PMAP_SLOT);
		CHECK_EQ(e.number, numbers[i]);
		pmap_clear(&as->pmap, SPACE_AT);
		CHECK_EQ(pmap_lookup(&as->pmap, SPACE_AT).kind, PMAP_NONE);
	}
	aspace_put(as);
}

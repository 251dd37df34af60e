/*
 * Swap slots: which pages of the swap area hold what.
 *
 * A slot is one page on the device. Page-table entries (and objects) name the slot that holds
 * their evicted page; a count per slot says how many do, so fork shares a slot without copying.
 * A slot also remembers the frame that holds the same page in memory: the first of several
 * sharers to fault reads it, the others find the frame. And a frame remembers its slot: as long
 * as the page is not modified the slot is a valid copy, and evicting it again writes nothing.
 *
 *      entries --(refs)--> slot <--(frame | slot)--> frame <--(mappers)-- entries
 *
 * A slot that no entry names but whose frame is resident is only a spare copy. When no slot is
 * free, swap_steal_copy takes such a slot away from its frame.
 *
 * A slot notes when its page was evicted, for refault.c.
 *
 * Always true (swap_check):
 *   [swap.1]  a slot is taken while its count is not zero or a frame is attached (or it was just
 *       allocated); used is the number of taken ones
 *   [swap.2]  slot 0 is never allocated: page 0 of the device is the header, and 0 means "none"
 *   [swap.3]  slot and frame name each other, or neither does
 * Left out: clustering. The first device is memory; there is no seek to save.
 * The header has Linux's SWAPSPACE2 layout (mkswap(8)), so the area is known to other tools.
 */
#include "mm/swap.h"

#include "lib/assert.h"
#include "lib/bitmap.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/mmstat.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

struct slot {
	uint32_t refs;
	struct frame *frame;
	uint32_t evicted_at; /* evictions counted then; 0: its page did not have to make room */
};

/* Page 0 of the area from byte 1024 on; the magic stands in the page's last ten bytes. */
struct swap_header {
	uint32_t version;
	uint32_t last_page;
	uint32_t nbad;
	uint8_t uuid[16];
	char label[16];
};
enum { HEADER_OFFSET = 1024, MAGIC_LENGTH = 10 };

struct swap_stats swap_stats;

static struct block_device *swap_device;
static struct slot *slots;	/* by slot number; 0 is the header's */
static uint32_t swap_nslots;	/* without the header's */
static uint32_t *slot_taken;	/* bitmap */
static slot_t slot_hint;	/* next fit starts here */
static slot_t steal_hand;

static size_t pages_for(size_t bytes)
{
	return (bytes + PAGE_MASK) >> PAGE_SHIFT;
}

static int header_write(struct block_device *dev)
{
	char *page = kzalloc(PAGE_SIZE);
	if (page == NULL)
		return -ENOMEM;
	struct swap_header header = { .version = 1,
				      .last_page = dev->npages - 1,
				      .label = "clockhand" };
	memcpy(page + HEADER_OFFSET, &header, sizeof(header));
	memcpy(page + PAGE_SIZE - MAGIC_LENGTH, "SWAPSPACE2", MAGIC_LENGTH);
	int err = block_write(dev, 0, page);
	kfree(page);
	return err;
}

int swap_init(struct block_device *dev)
{
	size_t table_pages = pages_for(dev->npages * sizeof(struct slot));
	size_t map_bytes = BITMAP_WORDS(dev->npages) * sizeof(uint32_t);
	int err = header_write(dev);
	if (err)
		return err;
	slots = vmalloc(table_pages);
	slot_taken = vmalloc(pages_for(map_bytes));
	if (slots == NULL || slot_taken == NULL)
		return -ENOMEM;
	memset(slots, 0, table_pages << PAGE_SHIFT);
	memset(slot_taken, 0, map_bytes);
	bitmap_set(slot_taken, 0);
	swap_device = dev;
	slot_hint = 1;
	steal_hand = 1;
	swap_nslots = dev->npages - 1;
	swap_stats = (struct swap_stats){ 0 };
	return 0;
}

uint32_t swap_capacity(void)
{
	return swap_nslots;
}

static struct slot *slot_of(slot_t slot)
{
	ASSERT(slot != 0 && slot <= swap_nslots && bitmap_test(slot_taken, slot));
	return &slots[slot];
}

slot_t swap_alloc(void)
{
	if (swap_stats.used == swap_nslots)
		return 0;
	size_t end = swap_nslots + 1;
	size_t slot = bitmap_find_clear(slot_taken, end, slot_hint);
	if (slot == end)
		slot = bitmap_find_clear(slot_taken, end, 1);
	ASSERT(slot != 0 && slot < end);
	bitmap_set(slot_taken, slot);
	slot_hint = slot + 1;
	swap_stats.used++;
	return slot;
}

static void slot_free_if_unused(slot_t slot)
{
	const struct slot *s = slot_of(slot);
	if (s->refs != 0 || s->frame != NULL)
		return;
	bitmap_clear(slot_taken, slot);
	swap_stats.used--;
}

void swap_get(slot_t slot)
{
	struct slot *s = slot_of(slot);
	s->refs++;
	ASSERT(s->refs != 0);
}

void swap_put(slot_t slot)
{
	struct slot *s = slot_of(slot);
	ASSERT(s->refs > 0);
	s->refs--;
	slot_free_if_unused(slot);
}

uint32_t swap_refs(slot_t slot)
{
	return slot_of(slot)->refs;
}

void swap_attach(slot_t slot, struct frame *f)
{
	struct slot *s = slot_of(slot);
	ASSERT(s->frame == NULL && f->slot == 0);
	s->frame = f;
	f->slot = slot;
}

void swap_detach(struct frame *f)
{
	slot_t slot = f->slot;
	slot_of(slot)->frame = NULL;
	f->slot = 0;
	slot_free_if_unused(slot);
}

struct frame *swap_frame(slot_t slot)
{
	return slot_of(slot)->frame;
}

void swap_note_evicted(slot_t slot, bool for_room)
{
	slot_of(slot)->evicted_at = for_room ? mmstat_read(evictions) : 0;
}

uint32_t swap_distance(slot_t slot)
{
	uint32_t at = slot_of(slot)->evicted_at;
	return at != 0 ? mmstat_read(evictions) - at : UINT32_MAX;
}

bool swap_is_on(const struct block_device *dev)
{
	return dev == swap_device;
}

int swap_read(slot_t slot, void *page)
{
	ASSERT(slot_of(slot)->frame != NULL || swap_refs(slot) > 0);
	swap_stats.reads++;
	int err = block_read(swap_device, slot, page);
	if (err) {
		swap_stats.errors++;
		mmstat_count(swap_errors);
		return err;
	}
	mmstat_count(swap_ins);
	return 0;
}

int swap_write(slot_t slot, const void *page)
{
	ASSERT(slot_of(slot)->frame != NULL || swap_refs(slot) > 0);
	swap_stats.writes++;
	int err = block_write(swap_device, slot, page);
	if (err) {
		swap_stats.errors++;
		mmstat_count(swap_errors);
		return err;
	}
	mmstat_count(swap_outs);
	return 0;
}

bool swap_steal_copy(void)
{
	for (uint32_t n = 0; n < swap_nslots; n++) {
		slot_t slot = steal_hand;
		steal_hand = slot == swap_nslots ? 1 : slot + 1;
		struct frame *f = slots[slot].frame;
		if (f == NULL || slots[slot].refs != 0 || (f->flags & FRAME_BUSY) || f->pins != 0)
			continue;
		f->flags |= FRAME_DIRTY;
		swap_detach(f);
		return true;
	}
	return false;
}

void swap_check(void)
{
	uint32_t used = 0;
	if (swap_device == NULL)
		return;
	ASSERT(bitmap_test(slot_taken, 0)); /* [swap.2] */
	for (slot_t slot = 1; slot <= swap_nslots; slot++) {
		const struct slot *s = &slots[slot];
		bool taken = bitmap_test(slot_taken, slot);
		used += taken;
		ASSERT(taken || (s->refs == 0 && s->frame == NULL)); /* [swap.1] */
		if (s->frame != NULL)
			ASSERT(s->frame->slot == slot && frame_is_user_page(s->frame));
	}
	ASSERT(used == swap_stats.used); /* [swap.1] */
}

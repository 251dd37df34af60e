/*
 * From a logical to a physical address: the textbook's example done by the real MMU, and the
 * kernel's explanation of a walk compared with what the MMU does.
 */
#include "kernel/x86/cpu.h"
#include "lib/string.h"
#include "mm/fault.h"
#include "mm/reclaim.h"
#include "tests/kernel/scratch.h"

/*
 * Four words a page, a page table of four entries: 0 -> 5, 1 -> 6, 2 -> 1, 3 -> 2. The MMU's pages
 * are larger, so a "word" is a quarter of a page here, and frames are counted from a free block of
 * eight.
 */
enum { WALK_PAGES = 4, WALK_WORDS = 4, WALK_ORDER = 3, WALK_UNIT = PAGE_SIZE / WALK_WORDS };

static const unsigned walk_frame[WALK_PAGES] = { 5, 6, 1, 2 };

/* Every word of physical memory says where it is. */
static void walk_fill(const struct frame *base)
{
	uint32_t *memory = frame_bytes(base);
	for (unsigned i = 0; i < (1u << WALK_ORDER) * PAGE_SIZE / sizeof(*memory); i++)
		memory[i] = i * sizeof(*memory);
}

/* The physical unit that the MMU reaches by logical unit @n. */
static unsigned walk_by_mmu(unsigned n)
{
	uint32_t where = space_word(SPACE_AT + n * WALK_UNIT);
	return where / WALK_UNIT;
}

SELFTEST(paging_example_logical_to_physical_by_the_mmu)
{
	static const struct {
		unsigned logical, physical;
	} book[] = { { 0, 20 }, { 3, 23 }, { 4, 24 }, { 13, 9 } };
	struct frame *base = frame_alloc(WALK_ORDER, FRAME_KERNEL);
	struct aspace *as = space_open();
	REQUIRE(as != NULL && base != NULL);
	walk_fill(base);
	for (unsigned page = 0; page < WALK_PAGES; page++)
		EXPECT_EQ(pmap_map(&as->pmap, SPACE_AT + page * PAGE_SIZE,
				   frame_pfn(base) + walk_frame[page], PROT_R), 0);
	for (size_t i = 0; i < ARRAY_SIZE(book); i++)
		EXPECT_EQ(walk_by_mmu(book[i].logical), book[i].physical);
	for (unsigned n = 0; n < WALK_PAGES * WALK_WORDS; n++)
		EXPECT_EQ(walk_by_mmu(n), walk_frame[n / WALK_WORDS] * WALK_WORDS + n % WALK_WORDS);
	for (unsigned page = 0; page < WALK_PAGES; page++)
		(void)pmap_unmap(&as->pmap, SPACE_AT + page * PAGE_SIZE);
	space_close(as);
	frame_free(base);
}

/* --- the explanation --- */

struct walk_seen {
	paddr_t physical;
	bool accessed, dirty, writable; /* of the last entry */
	bool slot, nothing;
};

static paddr_t walk_hex(const char *text)
{
	paddr_t value = 0;
	for (text += 2; (*text >= '0' && *text <= '9') || (*text >= 'a' && *text <= 'f'); text++)
		value = value << 4 |
			(paddr_t)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
	return value;
}

static void walk_line(void *context, const char *line)
{
	struct walk_seen *seen = context;
	if (strncmp(line, "physical", 8) == 0)
		seen->physical = walk_hex(strchr(line, '0'));
	if (strncmp(line, "  bit 1 ", 8) == 0)
		seen->writable = line[14] == '1';
	if (strncmp(line, "  bit 5 ", 8) == 0)
		seen->accessed = line[14] == '1';
	if (strncmp(line, "  bit 6 ", 8) == 0)
		seen->dirty = line[14] == '1';
	seen->slot = seen->slot || strncmp(line, "  the kernel's note: on slot", 28) == 0;
	seen->nothing = seen->nothing || strncmp(line, "  bit 0  P    0", 15) == 0;
}

static struct walk_seen walk(const struct aspace *as, vaddr_t va)
{
	struct walk_seen seen = { .physical = 0 };
	pmap_explain(&as->pmap, va, walk_line, &seen);
	return seen;
}

SELFTEST(walk_explains_what_the_mmu_did)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, 1));
	EXPECT(walk(as, SPACE_AT).nothing);
	EXPECT_EQ(fault_handle(as, SPACE_AT, PROT_W), 0);
	struct walk_seen seen = walk(as, SPACE_AT + 0x123);
	struct pmap_entry e = pmap_lookup(&as->pmap, SPACE_AT);
	EXPECT_EQ(seen.physical, (e.number << PAGE_SHIFT) + 0x123);
	EXPECT(seen.writable && !seen.accessed && !seen.dirty && !seen.nothing);
	EXPECT_EQ(space_word(SPACE_AT), 0);
	seen = walk(as, SPACE_AT);
	EXPECT(seen.accessed && !seen.dirty);
	EXPECT(space_poke(SPACE_AT, 1));
	EXPECT(walk(as, SPACE_AT).dirty);
	/* Looking has cleared nothing. */
	EXPECT(pmap_lookup(&as->pmap, SPACE_AT).accessed);
	EXPECT_EQ(aspace_protect(as, SPACE_AT, PAGE_SIZE, PROT_R), 0);
	EXPECT(!walk(as, SPACE_AT).writable);
	space_close(as);
}

SELFTEST(walk_explains_a_page_on_swap)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, 1) && space_poke(SPACE_AT, 1));
	EXPECT(reclaim_page_out(frame_of(pmap_lookup(&as->pmap, SPACE_AT).number)));
	EXPECT(walk(as, SPACE_AT).slot);
	EXPECT_EQ(space_word(SPACE_AT), 1);
	EXPECT(!walk(as, SPACE_AT).slot);
	space_close(as);
}

SELFTEST(walk_explains_the_direct_map)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	struct frame *f = frame_alloc(0, FRAME_KERNEL);
	REQUIRE(f != NULL);
	EXPECT_EQ(walk(as, (vaddr_t)frame_bytes(f) + 8).physical, (frame_pfn(f) << PAGE_SHIFT) + 8);
	frame_free(f);
	space_close(as);
}

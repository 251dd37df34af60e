/*
 * From a logical to a physical address: the textbook's example done by the real MMU, and the
 * kernel's explanation of a walk compared with what the MMU does.
 */
#include "kernel/procfs/proc_files.h"
#include "kernel/x86/cpu.h"
#include "lib/string.h"
#include "mm/fault.h"
#include "mm/pmap_walk.h"
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

/* Of a walk that ends at a page: is @what set in its last entry? */
static bool walk_bit(const struct pmap_walk *w, enum pmap_bit what)
{
	const struct pmap_step *end = pmap_walk_end(w);
	for (unsigned i = 0; i < end->nbits; i++)
		if (end->bits[i].what == what)
			return end->bits[i].set;
	return false;
}

static struct pmap_walk walk(const struct aspace *as, vaddr_t va)
{
	return pmap_walk(&as->pmap, va);
}

static unsigned walk_kind(const struct aspace *as, vaddr_t va)
{
	struct pmap_walk w = walk(as, va);
	return pmap_walk_end(&w)->kind;
}

/* Does the text of the walk to @va have @words? */
static bool walk_says(const struct aspace *as, vaddr_t va, const char *words)
{
	struct text t = { .bytes = NULL };
	bool found = false;
	proc_add_walk_tables(&t, &as->pmap, va);
	for (size_t i = 0; !t.failed && i + strlen(words) <= t.length; i++)
		found = found || memcmp(t.bytes + i, words, strlen(words)) == 0;
	text_free(&t);
	return found;
}

SELFTEST(walk_explains_what_the_mmu_did)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, 1));
	EXPECT_EQ(walk_kind(as, SPACE_AT), PMAP_STEP_NONE);
	EXPECT_EQ(fault_handle(as, SPACE_AT, PROT_W), 0);
	struct pmap_walk seen = walk(as, SPACE_AT + 0x123);
	struct pmap_entry e = pmap_lookup(&as->pmap, SPACE_AT);
	EXPECT_EQ(pmap_walk_end(&seen)->target, e.number << PAGE_SHIFT);
	EXPECT_EQ(pmap_walk_offset(&seen, SPACE_AT + 0x123), 0x123);
	EXPECT(seen.nsteps == 2 && seen.writable && seen.user);
	EXPECT(!walk_bit(&seen, PMAP_BIT_ACCESSED) && !walk_bit(&seen, PMAP_BIT_DIRTY));
	EXPECT_EQ(space_word(SPACE_AT), 0);
	seen = walk(as, SPACE_AT);
	EXPECT(walk_bit(&seen, PMAP_BIT_ACCESSED) && !walk_bit(&seen, PMAP_BIT_DIRTY));
	EXPECT(space_poke(SPACE_AT, 1));
	seen = walk(as, SPACE_AT);
	EXPECT(walk_bit(&seen, PMAP_BIT_DIRTY));
	EXPECT(walk_says(as, SPACE_AT, "bit 6  D    1  dirty"));
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
	struct pmap_walk seen = walk(as, SPACE_AT);
	EXPECT_EQ(pmap_walk_end(&seen)->kind, PMAP_STEP_SLOT);
	EXPECT_EQ(pmap_walk_end(&seen)->number, pmap_lookup(&as->pmap, SPACE_AT).number);
	EXPECT(walk_says(as, SPACE_AT, "the kernel's note: on slot"));
	EXPECT_EQ(space_word(SPACE_AT), 1);
	EXPECT_EQ(walk_kind(as, SPACE_AT), PMAP_STEP_PAGE);
	space_close(as);
}

SELFTEST(walk_tells_a_withdrawn_page_from_a_forbidden_one)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, SPACE_AT, 1) && space_poke(SPACE_AT, 1));
	pfn_t pfn = pmap_lookup(&as->pmap, SPACE_AT).number;
	pmap_withdraw(&as->pmap, SPACE_AT);
	struct pmap_walk seen = walk(as, SPACE_AT);
	EXPECT_EQ(pmap_walk_end(&seen)->kind, PMAP_STEP_WITHDRAWN);
	EXPECT_EQ(pmap_walk_end(&seen)->number, pfn);
	EXPECT(walk_says(as, SPACE_AT, "access revoked so that the next use is recorded"));
	EXPECT(!walk_says(as, SPACE_AT, "nobody may touch it"));
	EXPECT(pmap_grant(&as->pmap, SPACE_AT, true));
	EXPECT_EQ(walk_kind(as, SPACE_AT), PMAP_STEP_PAGE);
	EXPECT_EQ(aspace_protect(as, SPACE_AT, PAGE_SIZE, PROT_NONE), 0);
	EXPECT_EQ(walk_kind(as, SPACE_AT), PMAP_STEP_HIDDEN);
	EXPECT(walk_says(as, SPACE_AT, "nobody may touch it"));
	/* What is forbidden anyway cannot be withdrawn. */
	pmap_withdraw(&as->pmap, SPACE_AT);
	EXPECT_EQ(walk_kind(as, SPACE_AT), PMAP_STEP_HIDDEN);
	space_close(as);
}

SELFTEST(walk_explains_the_direct_map)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	struct frame *f = frame_alloc(0, FRAME_KERNEL);
	REQUIRE(f != NULL);
	vaddr_t va = (vaddr_t)frame_bytes(f) + 8;
	struct pmap_walk seen = walk(as, va);
	EXPECT_EQ(pmap_walk_end(&seen)->target + pmap_walk_offset(&seen, va),
		  (frame_pfn(f) << PAGE_SHIFT) + 8);
	EXPECT(!seen.user);
	frame_free(f);
	space_close(as);
}

/*
 * Base and limit, by real descriptors and real loads: a TLS descriptor is the window, and the
 * kernel looks through it. QEMU's emulation adds the base but compares no limit; there the cases
 * that must trap are skipped.
 */
#include "kernel/proc/process.h"
#include "kernel/selftest.h"
#include "kernel/x86/cpu.h"
#include "lib/errno.h"
#include "machine/layout.h"
#include "mm/segment.h"
#include "tests/kernel/emulator.h"
#include "tests/kernel/scratch.h"

enum { SELECTOR = SEGMENT_TLS_FIRST * 8 + 3 };

static uint8_t window_bytes[2 * PAGE_SIZE] __attribute__((aligned(4096)));

/* A window of @limit + 1 units at byte @start of window_bytes, whose bytes differ. */
static void window_open(uint32_t start, uint32_t limit, unsigned flags)
{
	for (unsigned i = 0; i < sizeof(window_bytes); i++)
		window_bytes[i] = (uint8_t)(i * 7 + i / 256);
	struct segment_tls tls[SEGMENT_NTLS] = { 0 };
	EXPECT_EQ(segment_make_tls(&tls[0], (vaddr_t)window_bytes + start, limit, flags), 0);
	segment_set_tls(tls);
}

static void window_close(void)
{
	const struct segment_tls none[SEGMENT_NTLS] = { 0 };
	segment_set_tls(none);
}

static bool window_reads(uint32_t offset, uint8_t expected)
{
	uint8_t value;
	return cpu_segment_read(SELECTOR, offset, &value) && value == expected;
}

static bool window_traps(uint32_t offset)
{
	uint8_t value;
	return !cpu_segment_read(SELECTOR, offset, &value);
}

SELFTEST(segment_base_is_added)
{
	window_open(100, 999, 0);
	EXPECT(window_reads(0, window_bytes[100]));
	EXPECT(window_reads(999, window_bytes[1099]));
	window_close();
}

SELFTEST(segment_selector_without_a_descriptor_traps)
{
	uint8_t value;
	window_close();
	EXPECT(window_traps(0));
	EXPECT(!cpu_segment_read(0x7ff8, 0, &value));
}

SELFTEST(segment_limit_is_byte_exact)
{
	if (emulator_ignores_limits())
		return;
	window_open(100, 999, 0);
	EXPECT(window_reads(999, window_bytes[1099]));
	EXPECT(window_traps(1000));
	EXPECT(window_traps(0xffffffff));
	window_open(100, 0, 0);
	EXPECT(window_reads(0, window_bytes[100]));
	EXPECT(window_traps(1));
	window_close();
}

SELFTEST(segment_limit_in_pages_ends_with_a_page)
{
	if (emulator_ignores_limits())
		return;
	window_open(0, 0, SEGMENT_TLS_PAGES);
	EXPECT(window_reads(PAGE_SIZE - 1, window_bytes[PAGE_SIZE - 1]));
	EXPECT(window_traps(PAGE_SIZE));
	window_close();
}

SELFTEST(segment_null_selector_traps)
{
	uint8_t value;
	if (emulator_ignores_limits())
		return;
	EXPECT(!cpu_segment_read(0, 0, &value));
}

SELFTEST(segment_limits_that_no_descriptor_holds_are_refused)
{
	const struct segment good = { 0, USER_TOP, USER_TOP };
	const struct segment bad[] = {
		{ 0, 0, 4096 },
		{ 0, 4096, 0 },
		{ 0, (1 << 20) + 1, 4096 },
		{ 0, 4096, (2 << 20) + 4095 },
		{ 4096, USER_TOP, 4096 },
		{ 0xfffff000, 8192, 4096 },
		{ 0, 0xfffff000, 4096 },
	};
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(segment_set_user(&bad[i]), -EINVAL);
	EXPECT_EQ(segment_set_user(&(struct segment){ USER_BASE, 4097, 1 }), 0);
	EXPECT_EQ(segment_set_user(&good), 0);
}

SELFTEST(segment_checks_offset_and_length_without_overflow)
{
	const struct segment seg = { 0x100000, 0x2000, 0x1000 };
	vaddr_t linear = 0;
	EXPECT_EQ(segment_to_linear(&seg, 0, 0x2000, &linear), 0);
	EXPECT_EQ(linear, 0x100000);
	EXPECT_EQ(segment_to_linear(&seg, 0x1fff, 1, &linear), 0);
	EXPECT_EQ(linear, 0x101fff);
	EXPECT_EQ(segment_to_linear(&seg, 0x2000, 0, &linear), 0);
	EXPECT_EQ(segment_to_linear(&seg, 0x1fff, 2, &linear), -EFAULT);
	EXPECT_EQ(segment_to_linear(&seg, 0x2001, 0, &linear), -EFAULT);
	EXPECT_EQ(segment_to_linear(&seg, 0xffffffff, 2, &linear), -EFAULT);
	EXPECT_EQ(segment_to_linear(&seg, 1, 0xffffffff, &linear), -EFAULT);
}

/* Pages of @as that are there and could be executed although their area says no. */
static uint32_t pages_exposed(struct aspace *as, bool above)
{
	uint32_t found = 0;
	for (struct vma *v = vma_first(&as->areas); v != NULL; v = vma_next(v))
		pmap_for_each(va, &as->pmap, v->start, v->end) {
			bool reachable = va < segment_user().code_limit;
			found += above ? (v->prot & PROT_X) != 0 && !reachable
				       : !(v->prot & PROT_X) && reachable;
		}
	return found;
}

/* Page tables against the descriptor that is loaded: nothing above the limit is code. */
SELFTEST(segment_code_limit_parts_code_from_data)
{
	enum { LOW = 0x10000000, HIGH = 0x20000000, PAGES = 4 };
	struct aspace *as = space_open();
	REQUIRE(as != NULL);
	EXPECT(space_map(as, LOW, PAGES) && space_map(as, HIGH, PAGES));
	for (unsigned i = 0; i < PAGES; i++)
		EXPECT(space_poke(LOW + i * PAGE_SIZE, i) && space_poke(HIGH + i * PAGE_SIZE, i));
	EXPECT_EQ(segment_user().code_limit, PAGE_SIZE);
	EXPECT_EQ(aspace_protect(as, LOW + PAGE_SIZE, PAGE_SIZE, PROT_R | PROT_X), 0);
	EXPECT_EQ(segment_user().code_limit, LOW + 2 * PAGE_SIZE);
	EXPECT_EQ(pages_exposed(as, true), 0);
	EXPECT_EQ(pages_exposed(as, false), 1); /* the one below the code */
	EXPECT_EQ(aspace_protect(as, HIGH, PAGE_SIZE, PROT_R | PROT_X), 0);
	EXPECT_EQ(pages_exposed(as, true), 0);
	EXPECT_EQ(pages_exposed(as, false), PAGES - 1);
	EXPECT_EQ(aspace_unmap(as, HIGH, PAGE_SIZE), 0);
	EXPECT_EQ(segment_user().code_limit, LOW + 2 * PAGE_SIZE);
	EXPECT_EQ(segment_user().data_limit, USER_TOP);
	space_close(as);
}

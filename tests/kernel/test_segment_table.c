/*
 * The textbook's segment table, with real descriptors over 8 KiB of real memory.
 *
 *   segment   base   limit
 *      0      1400    1000
 *      1      6300     400
 *      2      4300     400
 *      3      3200    1100
 *      4      4700    1000
 *
 * Byte 53 of segment 2 is at 4300 + 53 = 4353, byte 852 of segment 3 at 4052. Byte 1222 of segment
 * 0 is none: the segment has 1000. Addresses are counted from the memory's start.
 */
#include "kernel/selftest.h"
#include "kernel/x86/cpu.h"
#include "mm/segment.h"
#include "tests/kernel/emulator.h"

enum { NSEGMENTS = SEGMENT_NSPARE };

static const struct {
	uint32_t base, limit;
} table[NSEGMENTS] = { { 1400, 1000 }, { 6300, 400 }, { 4300, 400 }, { 3200, 1100 },
		       { 4700, 1000 } };

static uint8_t memory[8192] __attribute__((aligned(4096)));

/* Every descriptor at once; every byte of memory differs from its neighbours, near and far. */
static void table_load(void)
{
	struct segment_tls entries[NSEGMENTS];
	for (unsigned i = 0; i < sizeof(memory); i++)
		memory[i] = (uint8_t)(i * 7 + i / 256);
	for (unsigned i = 0; i < NSEGMENTS; i++)
		EXPECT_EQ(segment_make_tls(&entries[i], (vaddr_t)memory + table[i].base,
					   table[i].limit - 1, 0), 0);
	segment_set_spare(entries);
}

static void table_unload(void)
{
	const struct segment_tls none[NSEGMENTS] = { 0 };
	segment_set_spare(none);
}

/* Byte @offset of @segment, as the CPU fetches it; false: it traps. */
static bool table_read(unsigned segment, uint32_t offset, uint8_t *value)
{
	return cpu_segment_read((uint16_t)((SEGMENT_SPARE_FIRST + segment) * 8 + 3), offset, value);
}

static void table_expect(unsigned segment, uint32_t offset, uint32_t address)
{
	uint8_t value = 0;
	EXPECT(table_read(segment, offset, &value));
	EXPECT_EQ(value, memory[address]);
	/* It is that byte, and no other with the same value. */
	memory[address] ^= 0xff;
	EXPECT(table_read(segment, offset, &value));
	EXPECT_EQ(value, memory[address]);
	memory[address] ^= 0xff;
}

SELFTEST(segment_table_translates_as_in_the_textbook)
{
	table_load();
	table_expect(2, 53, 4353);
	table_expect(3, 852, 4052);
	for (unsigned i = 0; i < NSEGMENTS; i++) {
		table_expect(i, 0, table[i].base);
		table_expect(i, table[i].limit - 1, table[i].base + table[i].limit - 1);
	}
	table_unload();
}

SELFTEST(segment_table_traps_beyond_each_limit)
{
	uint8_t value;
	if (emulator_ignores_limits())
		return;
	table_load();
	EXPECT(!table_read(0, 1222, &value));
	for (unsigned i = 0; i < NSEGMENTS; i++)
		EXPECT(!table_read(i, table[i].limit, &value));
	table_unload();
}

SELFTEST(segment_table_entries_are_gone_after_use)
{
	uint8_t value;
	table_load();
	table_unload();
	for (unsigned i = 0; i < NSEGMENTS; i++)
		EXPECT(!table_read(i, 0, &value));
}

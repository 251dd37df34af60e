/*
 * From a code address to a function's name.
 *
 * The kernel is linked twice. After the first link a script writes the names of all functions with
 * their offsets from the start of the text into a table, sorted; the second link puts it after all
 * other read-only data, so no address changes. A kernel linked once has an empty table.
 *
 * The table is a count, then (offset, offset of the name from the table's start) pairs, then names.
 */
#include "kernel/base/symbols.h"

struct symbol_table {
	uint32_t count;
	struct {
		uint32_t offset;
		uint32_t name;
	} entries[];
};

extern const char symbols_start[], symbols_end[], kernel_text_start[], kernel_text_end[];

struct symbol symbol_find(uint32_t address)
{
	const struct symbol_table *table = (const struct symbol_table *)symbols_start;
	uint32_t text = (uint32_t)kernel_text_start;
	bool no_table = (uint32_t)symbols_start == (uint32_t)symbols_end;
	if (no_table || address < text || address >= (uint32_t)kernel_text_end)
		return (struct symbol){ NULL, 0 };
	uint32_t offset = address - text;
	/* The last entry at or below @offset is in [low, high). */
	uint32_t low = 0, high = table->count;
	while (high - low > 1) {
		uint32_t middle = (low + high) / 2;
		if (table->entries[middle].offset <= offset)
			low = middle;
		else
			high = middle;
	}
	if (low == high || table->entries[low].offset > offset)
		return (struct symbol){ NULL, 0 };
	return (struct symbol){ symbols_start + table->entries[low].name,
				offset - table->entries[low].offset };
}

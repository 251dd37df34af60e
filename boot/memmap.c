/*
 * Physical memory at boot: which ranges are RAM, and which of them are in use.
 *
 * Before the frame allocator there is nothing to allocate from, but the frame table itself, the
 * RAM disk and the archives need a place. So the map the loader gives becomes two small sets of
 * ranges: RAM, and "taken" inside it. Firmware maps cannot be trusted: entries come in any
 * order, overlap, do not begin on pages, wrap around, or lie above 4 GiB. The rules:
 *
 *   - what any entry calls reserved is reserved, even if another calls it RAM;
 *   - RAM is rounded inwards to pages, reserved and taken ranges outwards;
 *   - what lies above 4 GiB is counted and left alone;
 *   - when a set is full, memory is lost, never allocated twice.
 *
 * Always true (memmap_check), after memmap_finish:
 *   [memmap.1]  both sets are sorted; their ranges are page aligned, not empty, and do not touch
 *   [memmap.2]  RAM ends at or below 4 GiB
 * Left out: returning taken memory. What is needed only during boot is not taken; it is used before
 * the frame allocator starts.
 */
#include "boot/memmap.h"

#include "lib/assert.h"
#include "lib/string.h"

#define MEMMAP_4G (1ull << 32)
#define MEMMAP_PAGE ((uint64_t)PAGE_SIZE)

static uint64_t memmap_round_up(uint64_t bytes)
{
	return bytes > UINT64_MAX - PAGE_MASK ? ROUND_DOWN(UINT64_MAX, MEMMAP_PAGE)
					      : ROUND_UP(bytes, MEMMAP_PAGE);
}

static void range_delete(struct boot_range *set, unsigned *n, unsigned at, unsigned count)
{
	memmove(&set[at], &set[at + count], (*n - at - count) * sizeof(set[0]));
	*n -= count;
}

static void range_insert(struct boot_range *set, unsigned *n, unsigned at, struct boot_range r)
{
	memmove(&set[at + 1], &set[at], (*n - at) * sizeof(set[0]));
	set[at] = r;
	*n += 1;
}

/* Unite @r with the set. False: it is full and nothing has changed. */
static bool range_add(struct boot_range *set, unsigned *n, struct boot_range r)
{
	unsigned first = 0;
	while (first < *n && set[first].end < r.start)
		first++;
	unsigned last = first; /* set[first .. last) touch r */
	while (last < *n && set[last].start <= r.end)
		last++;
	if (first == last) {
		if (*n == BOOT_MAX_RANGES)
			return false;
		range_insert(set, n, first, r);
		return true;
	}
	set[first].start = MIN(set[first].start, r.start);
	set[first].end = MAX(set[last - 1].end, r.end);
	range_delete(set, n, first + 1, last - first - 1);
	return true;
}

/* Take @r out of set[i], which it overlaps. Returns where to look on. */
static unsigned range_cut(struct boot_range *set, unsigned *n, unsigned i, struct boot_range r)
{
	struct boot_range old = set[i];
	if (r.start <= old.start && r.end >= old.end) {
		range_delete(set, n, i, 1);
		return i;
	}
	if (r.start <= old.start) {
		set[i].start = r.end;
	} else {
		set[i].end = r.start;
		/* A hole in the middle. With no room for the upper part, that part is lost. */
		if (r.end < old.end && *n < BOOT_MAX_RANGES)
			range_insert(set, n, i + 1, (struct boot_range){ r.end, old.end });
	}
	return i + 1;
}

static void range_remove(struct boot_range *set, unsigned *n, struct boot_range r)
{
	unsigned i = 0;
	while (i < *n)
		i = set[i].start < r.end && r.start < set[i].end ? range_cut(set, n, i, r) : i + 1;
}

void memmap_add(struct boot_info *info, uint64_t start, uint64_t end)
{
	if (start < end)
		(void)range_add(info->ram, &info->nram, (struct boot_range){ start, end });
}

static struct boot_range range_outwards(uint64_t start, uint64_t end)
{
	return (struct boot_range){ ROUND_DOWN(start, MEMMAP_PAGE), memmap_round_up(end) };
}

void memmap_remove(struct boot_info *info, uint64_t start, uint64_t end)
{
	if (start < end)
		range_remove(info->ram, &info->nram, range_outwards(start, end));
}

void memmap_finish(struct boot_info *info)
{
	unsigned n = 0;
	for (unsigned i = 0; i < info->nram; i++) {
		uint64_t start = memmap_round_up(info->ram[i].start);
		uint64_t end = ROUND_DOWN(info->ram[i].end, MEMMAP_PAGE);
		if (end > MEMMAP_4G && start < end)
			info->ram_above_4g += end - MAX(start, MEMMAP_4G);
		end = MIN(end, MEMMAP_4G);
		if (start >= end)
			continue;
		info->ram[n] = (struct boot_range){ start, end };
		n++;
	}
	info->nram = n;
}

void memmap_reserve(struct boot_info *info, uint64_t start, uint64_t end)
{
	if (start >= end)
		return;
	struct boot_range r = range_outwards(start, end);
	if (!range_add(info->taken, &info->ntaken, r))
		range_remove(info->ram, &info->nram, r);
}

/* The part of set[i]'s neighbourhood: the first range of @set that ends after @from. */
static unsigned range_after(const struct boot_range *set, unsigned n, uint64_t from)
{
	unsigned i = 0;
	while (i < n && set[i].end <= from)
		i++;
	return i;
}

bool memmap_next_free(const struct boot_info *info, uint64_t from, struct boot_range *free)
{
	for (unsigned i = range_after(info->ram, info->nram, from); i < info->nram; i++) {
		uint64_t start = MAX(from, info->ram[i].start);
		unsigned t = range_after(info->taken, info->ntaken, start);
		if (t < info->ntaken && info->taken[t].start <= start) {
			start = info->taken[t].end; /* ranges do not touch: unused from here */
			t++;
		}
		if (start >= info->ram[i].end)
			continue;
		uint64_t end = info->ram[i].end;
		if (t < info->ntaken)
			end = MIN(end, info->taken[t].start);
		*free = (struct boot_range){ start, end };
		return true;
	}
	return false;
}

paddr_t memmap_take(struct boot_info *info, uint64_t bytes, uint64_t limit, enum memmap_end end)
{
	uint64_t size = memmap_round_up(bytes);
	uint64_t found = 0;
	struct boot_range r = { 0, 0 };
	while (memmap_next_free(info, r.end, &r) && r.start < limit) {
		uint64_t stop = MIN(r.end, limit);
		if (stop - r.start < size || (found != 0 && end == MEMMAP_LOWEST))
			continue;
		found = end == MEMMAP_LOWEST ? r.start : stop - size;
	}
	if (found != 0)
		memmap_reserve(info, found, found + size);
	return (paddr_t)found;
}

uint64_t memmap_total(const struct boot_info *info, uint64_t limit)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < info->nram && info->ram[i].start < limit; i++)
		sum += MIN(info->ram[i].end, limit) - info->ram[i].start;
	return sum;
}

uint64_t memmap_free(const struct boot_info *info, uint64_t limit)
{
	uint64_t sum = 0;
	struct boot_range r = { 0, 0 };
	while (memmap_next_free(info, r.end, &r) && r.start < limit)
		sum += MIN(r.end, limit) - r.start;
	return sum;
}

uint64_t memmap_top(const struct boot_info *info, uint64_t limit)
{
	uint64_t top = 0;
	for (unsigned i = 0; i < info->nram && info->ram[i].start < limit; i++)
		top = MIN(info->ram[i].end, limit);
	return top;
}

static void range_check(const struct boot_range *set, unsigned n)
{
	ASSERT(n <= BOOT_MAX_RANGES);
	for (unsigned i = 0; i < n; i++) {
		/* [memmap.1] */
		ASSERT((set[i].start & PAGE_MASK) == 0 && (set[i].end & PAGE_MASK) == 0);
		ASSERT(set[i].start < set[i].end); /* [memmap.1] */
		ASSERT(i == 0 || set[i - 1].end < set[i].start); /* [memmap.1] */
	}
}

void memmap_check(const struct boot_info *info)
{
	range_check(info->ram, info->nram);
	range_check(info->taken, info->ntaken);
	ASSERT(info->nram == 0 || info->ram[info->nram - 1].end <= MEMMAP_4G); /* [memmap.2] */
}

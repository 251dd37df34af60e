/*
 * Who gets which physical memory before there are frames.
 *
 *   swap area,    first, and as high as they fit, anywhere below 4 GiB: they are read through
 *   overlay,      windows, so RAM beyond the direct map, which the frame allocator does not
 *   input         manage, serves them first
 *   frame table   as low as it fits; it ends with the highest frame that is left, so that a large
 *                 swap area costs no table entries
 *   argv blob,    low too: the kernel copies partitions by their address
 *   partitions
 *
 * What the frame allocator gets is RAM less all this. Before anything is taken the sum is compared
 * with what there is, so that the user is told what is missing, instead of a failure later. The
 * reserve counted for the running system covers its page tables, stacks, and 16 pages to run in.
 */
#include "boot/placement.h"

#include "boot/memmap.h"
#include "drivers/fw_cfg.h"
#include "kernel/base/log.h"
#include "lib/errno.h"
#include "lib/string.h"

#define PLACEMENT_4G (1ull << 32)
enum { PLACEMENT_RESERVE = 1 << 20, PLACEMENT_ARGV_MAX = 128 << 10 };
/* Without swap= on the command line: a quarter of the RAM, up to this. */
enum { PLACEMENT_SWAP_DEFAULT = 64 << 20 };

static struct fw_cfg_file placement_find(const char *name, uint32_t max)
{
	struct fw_cfg_file file = { 0, 0 };
	if (fw_cfg_find(name, &file) && file.size > max) {
		log_warn("%s is too large (%u bytes): ignored", name, file.size);
		file.size = 0;
	}
	return file;
}

static uint32_t placement_swap_bytes(const struct boot_info *info, const struct cmdline *c)
{
	if (c->swap_given)
		return c->swap_bytes;
	uint64_t quarter = memmap_free(info, PLACEMENT_4G) / 4;
	uint64_t bytes = MIN(quarter, (uint64_t)PLACEMENT_SWAP_DEFAULT);
	return (uint32_t)ROUND_DOWN(bytes, (uint64_t)PAGE_SIZE);
}

/* Something the kernel reads by its address: as low as it fits in the direct map. */
static struct placement_blob placement_low(struct boot_info *info, uint32_t bytes)
{
	struct placement_blob blob = { 0, bytes };
	if (bytes != 0)
		blob.start = memmap_take(info, bytes, DIRECT_MAX_BYTES, MEMMAP_LOWEST);
	return blob;
}

/* Something seen through windows: as high as it fits. */
static struct placement_blob placement_high(struct boot_info *info, uint32_t bytes)
{
	struct placement_blob blob = { 0, bytes };
	if (bytes != 0)
		blob.start = memmap_take(info, bytes, PLACEMENT_4G, MEMMAP_HIGHEST);
	return blob;
}

static bool placement_missing(struct placement_blob blob)
{
	return blob.bytes != 0 && blob.start == 0;
}

/* Read @file to its place; what cannot be read is as if it were not there. */
static void placement_fill(struct placement_blob *blob, const struct fw_cfg_file *file)
{
	if (file->size == 0 || fw_cfg_read(file, blob->start, file->size) == 0)
		return;
	log_error("fw_cfg: read error");
	blob->bytes = 0;
}

static uint64_t placement_pages(uint32_t bytes)
{
	return ROUND_UP((uint64_t)bytes, (uint64_t)PAGE_SIZE);
}

/* What the launcher has for us. */
struct placement_files {
	struct fw_cfg_file overlay, input, argv;
};

static bool placement_fits(const struct placement *p, const struct boot_info *info)
{
	uint64_t have = memmap_total(info, PLACEMENT_4G);
	uint64_t used = have - memmap_free(info, PLACEMENT_4G);
	uint64_t high = placement_pages(p->swap.bytes) + placement_pages(p->overlay.bytes) +
			placement_pages(p->input.bytes);
	uint64_t low = have > high ? MIN(have - high, (uint64_t)DIRECT_MAX_BYTES) : 0;
	uint64_t table = placement_pages((uint32_t)(low >> PAGE_SHIFT) * sizeof(struct frame));
	uint64_t need = used + high + table + placement_pages(p->argv.bytes) +
			placement_pages(p->partitions.bytes) + PLACEMENT_RESERVE;
	if (need <= have)
		return true;
	log_error("not enough memory: %u KiB needed, %u of them for swap, %u for partitions; "
		  "this machine has %u KiB",
		  (uint32_t)(need >> 10), p->swap.bytes >> 10, p->partitions.bytes >> 10,
		  (uint32_t)(have >> 10));
	return false;
}

/* One past the highest frame of the direct map that is still unused. */
static pfn_t placement_top_frame(const struct boot_info *info)
{
	struct boot_range r = { 0, 0 };
	pfn_t top = 0;
	while (memmap_next_free(info, r.end, &r) && r.start < DIRECT_MAX_BYTES)
		top = (pfn_t)(MIN(r.end, (uint64_t)DIRECT_MAX_BYTES) >> PAGE_SHIFT);
	return top;
}

/* Find a place for each size in @p. False: no hole is large enough, or too little is left. */
static bool placement_take_all(struct placement *p, struct boot_info *info)
{
	p->swap = placement_high(info, p->swap.bytes);
	p->overlay = placement_high(info, p->overlay.bytes);
	p->input = placement_high(info, p->input.bytes);
	p->partitions = placement_low(info, p->partitions.bytes);
	p->nframes = placement_top_frame(info);
	uint32_t table_bytes = p->nframes * sizeof(struct frame);
	struct placement_blob table = placement_low(info, table_bytes);
	p->argv = placement_low(info, p->argv.bytes);
	if (placement_missing(table) || placement_missing(p->argv) || placement_missing(p->swap) ||
	    placement_missing(p->partitions) ||
	    placement_missing(p->overlay) || placement_missing(p->input) ||
	    memmap_free(info, DIRECT_MAX_BYTES) < PLACEMENT_RESERVE) {
		log_error("no room in one piece for %u KiB of swap, %u of launcher's files, or, "
			  "below %u MiB, %u KiB of partitions", p->swap.bytes >> 10,
			  (p->overlay.bytes + p->input.bytes) >> 10, DIRECT_MAX_BYTES >> 20,
			  p->partitions.bytes >> 10);
		return false;
	}
	p->frame_table = memset(phys_to_virt(table.start), 0, table_bytes);
	return true;
}

static void placement_read_files(struct placement *p, const struct placement_files *files)
{
	placement_fill(&p->overlay, &files->overlay);
	placement_fill(&p->input, &files->input);
	placement_fill(&p->argv, &files->argv);
	if (p->argv.bytes == 0)
		return;
	p->argv.bytes = files->argv.size;
	((char *)phys_to_virt(p->argv.start))[p->argv.bytes] = 0;
}

int placement_make(struct placement *p, struct boot_info *info, const struct cmdline *c)
{
	const struct placement_files files = {
		.overlay = placement_find("opt/org.clockhand/initrd", UINT32_MAX),
		.input = placement_find("opt/org.clockhand/stdin", UINT32_MAX),
		.argv = placement_find("opt/org.clockhand/argv", PLACEMENT_ARGV_MAX),
	};
	p->swap.bytes = placement_swap_bytes(info, c);
	p->partitions.bytes = c->partition_bytes;
	p->overlay.bytes = files.overlay.size;
	p->input.bytes = files.input.size;
	p->argv.bytes = files.argv.size != 0 ? files.argv.size + 1 : 0; /* with a NUL behind it */
	if (!placement_fits(p, info) || !placement_take_all(p, info))
		return -ENOMEM;
	placement_read_files(p, &files);
	return 0;
}

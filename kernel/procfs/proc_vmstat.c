/*
 * The rest of /proc/vmstat: what Linux counts under names of its own.
 *
 * Some of it exists here under another name, and is told again; the others are events that do not
 * happen here. They are 0, not missing, so that readers that look for a name find it.
 */
#include "kernel/proc/process.h"
#include "kernel/procfs/proc_files.h"
#include "mm/frame.h"
#include "mm/mmstat.h"
#include "mm/reclaim.h"

static const char *const vmstat_absent[] = {
	"nr_zone_inactive_anon", "nr_zone_write_pending", "nr_bounce", "nr_zspages", "nr_free_cma",
	"numa_hit", "numa_miss", "numa_foreign", "numa_interleave", "numa_local", "numa_other",
	"nr_inactive_anon", "nr_slab_reclaimable", "nr_isolated_anon", "nr_isolated_file",
	"nr_dirty", "nr_writeback", "nr_writeback_temp", "nr_shmem_hugepages",
	"nr_shmem_pmdmapped", "nr_file_hugepages", "nr_file_pmdmapped",
	"nr_anon_transparent_hugepages", "nr_vmscan_write", "nr_vmscan_immediate_reclaim",
	"nr_dirtied", "nr_written", "nr_throttled_written", "nr_kernel_misc_reclaimable",
	"nr_foll_pin_acquired", "nr_foll_pin_released", "nr_sec_page_table_pages", "nr_swapcached",
	"nr_dirty_threshold", "nr_dirty_background_threshold", "pgalloc_dma", "pgalloc_movable",
	"allocstall_normal", "allocstall_movable", "pgskip_normal", "pgskip_movable",
	"pglazyfree", "pglazyfreed", "pgreuse", "pgsteal_kswapd", "pgscan_kswapd", "pgscan_direct",
	"pgscan_direct_throttle", "zone_reclaim_failed", "pginodesteal", "slabs_scanned",
	"kswapd_inodesteal", "kswapd_low_wmark_hit_quickly", "kswapd_high_wmark_hit_quickly",
	"pageoutrun", "pgrotated", "drop_pagecache", "drop_slab", "pgmigrate_success",
	"pgmigrate_fail", "compact_stall", "compact_fail", "compact_success",
	"unevictable_pgs_culled", "unevictable_pgs_scanned", "unevictable_pgs_rescued",
	"unevictable_pgs_mlocked", "unevictable_pgs_munlocked", "unevictable_pgs_cleared",
	"unevictable_pgs_stranded", "swap_ra", "swap_ra_hit",
};

void proc_add_vmstat_rest(struct text *t, const struct proc_object_pages *pages)
{
	const uint32_t *owned = frame_stats.owned;
	uint32_t cached = reclaim_stats.cached, files = owned[FRAME_OBJECT];
	text_add(t, "nr_zone_active_anon %u\nnr_zone_inactive_file %u\n", owned[FRAME_ANON],
		 cached);
	text_add(t, "nr_zone_active_file %u\nnr_zone_unevictable %u\n", files - cached,
		 reclaim_stats.locked);
	text_add(t, "nr_active_anon %u\nnr_inactive_file %u\nnr_active_file %u\n",
		 owned[FRAME_ANON], cached, files - cached);
	text_add(t, "nr_unevictable %u\nnr_shmem %u\n", reclaim_stats.locked,
		 pages->shmem);
	text_add(t, "nr_kernel_stack %u\n",
		 process_count * PROCESS_STACK_PAGES * (PAGE_SIZE / 1024));
	text_add(t, "pgalloc_normal %u\npgfree %u\n", frame_stats.allocs, frame_stats.frees);
	text_add(t, "pgsteal_direct %u\n", mmstat_read(evictions) + mmstat_read(cache_drops));
	for (size_t i = 0; i < ARRAY_SIZE(vmstat_absent); i++)
		text_add(t, "%s 0\n", vmstat_absent[i]);
}

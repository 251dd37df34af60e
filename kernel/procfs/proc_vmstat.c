/*
 * The rest of /proc/vmstat: Linux's counters under Linux's names.
 *
 * They exist here under other names and are repeated. Events that do not happen here are left out,
 * as a reader takes a missing name as 0; except two that sar -B needs (docs/proc.md).
 */
#include "kernel/proc/process.h"
#include "kernel/procfs/proc_files.h"
#include "mm/frame.h"
#include "mm/mmstat.h"
#include "mm/reclaim.h"

void proc_add_vmstat_rest(struct text *t, const struct proc_object_pages *pages)
{
	const uint32_t *owned = frame_stats.owned;
	uint32_t cached = page_stats.cached, files = owned[FRAME_OBJECT];
	text_add(t, "nr_zone_active_anon %u\nnr_zone_inactive_file %u\n", owned[FRAME_ANON],
		 cached);
	text_add(t, "nr_zone_active_file %u\nnr_zone_unevictable %u\n", files - cached,
		 page_stats.locked);
	text_add(t, "nr_active_anon %u\nnr_inactive_file %u\nnr_active_file %u\n",
		 owned[FRAME_ANON], cached, files - cached);
	text_add(t, "nr_unevictable %u\nnr_shmem %u\n", page_stats.locked,
		 pages->shmem);
	text_add(t, "nr_kernel_stack %u\n",
		 process_count * PROCESS_STACK_PAGES * (PAGE_SIZE / 1024));
	text_add(t, "pgalloc_normal %u\npgfree %u\n", frame_stats.allocs, frame_stats.frees);
	text_add(t, "pgscan_kswapd 0\npgscan_direct 0\npgsteal_direct %u\n",
		 mmstat_read(evictions) + mmstat_read(cache_drops));
}

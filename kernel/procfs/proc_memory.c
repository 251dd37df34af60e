/*
 * /proc/meminfo and /proc/vmstat: memory as a whole, in Linux's terms.
 *
 * Linux's names are used where the thing exists here. "Cached" are all pages of objects, mapped or
 * not; "Mapped" those with a page-table entry; "Shmem" those that have no source: shared memory and
 * files that programs made. "Available" is free memory and what could be dropped at once. A line
 * that is always 0 is here only because some reader expects it (docs/proc.md). vmstat ends with
 * this kernel's own counters (mmstat.h) under their own names.
 */
#include "kernel/proc/load_control.h"
#include "kernel/proc/process.h"
#include "kernel/proc/thread.h"
#include "kernel/procfs/proc_files.h"
#include "mm/frame.h"
#include "mm/mmstat.h"
#include "mm/reclaim.h"
#include "mm/swap.h"

enum { KIB = 4 /* per page */ };

/* One line, @pages of memory. */
static void memory_line(struct text *t, const char *name, uint32_t pages)
{
	text_add_kib(t, name, pages * KIB);
}

/* Pages that processes have mapped, resident or not: the most they could ask for. */
static uint32_t memory_committed(void)
{
	uint32_t pages = 0;
	process_for_each(p)
		if (p->aspace && thread_is_leader(p))
			pages += p->aspace->pmap.resident + p->aspace->pmap.swapped;
	return pages;
}

struct proc_object_pages proc_count_object_pages(void)
{
	struct proc_object_pages n = { .mapped = 0 };
	for (pfn_t pfn = 0; pfn < frame_count; pfn++) {
		const struct frame *f = frame_of(pfn);
		if (f->state < FRAME_OWNED || f->owner != FRAME_OBJECT)
			continue;
		n.mapped += f->mappers > 0;
		n.shmem += f->object && !f->object->ops->read;
	}
	return n;
}

void proc_show_meminfo(struct text *t, struct process *p)
{
	struct proc_object_pages object_pages = proc_count_object_pages();
	const uint32_t *owned = frame_stats.owned;
	uint32_t cached = owned[FRAME_OBJECT], free = frame_stats.free;
	uint32_t swap_free = swap_capacity() - swap_stats.used;
	(void)p;
	memory_line(t, "MemTotal", frame_stats.total);
	memory_line(t, "MemFree", free);
	memory_line(t, "MemAvailable", free + page_stats.cached);
	memory_line(t, "Buffers", 0);
	memory_line(t, "Cached", cached);
	memory_line(t, "SwapCached", 0);
	memory_line(t, "Active", owned[FRAME_ANON] + cached - page_stats.cached);
	memory_line(t, "Inactive", page_stats.cached);
	memory_line(t, "Active(anon)", owned[FRAME_ANON]);
	memory_line(t, "Active(file)", cached - page_stats.cached);
	memory_line(t, "Inactive(file)", page_stats.cached);
	memory_line(t, "Unevictable", page_stats.locked);
	memory_line(t, "Mlocked", page_stats.locked);
	memory_line(t, "SwapTotal", swap_capacity());
	memory_line(t, "SwapFree", swap_free);
	memory_line(t, "Dirty", 0);
	memory_line(t, "Writeback", 0);
	memory_line(t, "AnonPages", owned[FRAME_ANON]);
	memory_line(t, "Mapped", object_pages.mapped);
	memory_line(t, "Shmem", object_pages.shmem);
	memory_line(t, "Slab", owned[FRAME_SLAB]);
	memory_line(t, "SReclaimable", 0);
	memory_line(t, "SUnreclaim", owned[FRAME_SLAB]);
	memory_line(t, "KernelStack", process_count * PROCESS_STACK_PAGES);
	memory_line(t, "PageTables", owned[FRAME_TABLE]);
	memory_line(t, "CommitLimit", frame_stats.total + swap_capacity());
	memory_line(t, "Committed_AS", memory_committed());
	memory_line(t, "VmallocTotal", (VMALLOC_END - VMALLOC_START) / PAGE_SIZE);
	memory_line(t, "VmallocUsed", owned[FRAME_VMALLOC]);
	text_add(t, "HugePages_Total:       0\nHugePages_Free:        0\n");
	text_add(t, "HugePages_Rsvd:        0\nHugePages_Surp:        0\n");
	text_add(t, "Hugepagesize:       4096 kB\n");
}

void proc_show_vmstat(struct text *t, struct process *p)
{
	const uint32_t *owned = frame_stats.owned;
	struct proc_object_pages object_pages = proc_count_object_pages();
	(void)p;
	text_add(t, "nr_free_pages %u\nnr_anon_pages %u\nnr_mapped %u\nnr_file_pages %u\n",
		 frame_stats.free, owned[FRAME_ANON], object_pages.mapped, owned[FRAME_OBJECT]);
	text_add(t, "nr_mlock %u\nnr_page_table_pages %u\nnr_slab_unreclaimable %u\n",
		 page_stats.locked, owned[FRAME_TABLE], owned[FRAME_SLAB]);
	text_add(t, "pgpgin %u\npgpgout %u\npswpin %u\npswpout %u\n",
		 (mmstat_read(file_ins) + mmstat_read(swap_ins)) * KIB,
		 mmstat_read(swap_outs) * KIB, mmstat_read(swap_ins), mmstat_read(swap_outs));
	text_add(t, "pgfault %u\npgmajfault %u\noom_kill %u\n",
		 mmstat_read(minor_faults) + mmstat_read(major_faults), mmstat_read(major_faults),
		 mmstat_read(oom_kills));
	text_add(t, "clockhand_thrashing %u\nclockhand_thrashing_episodes %u\n",
		 load_stats.thrashing, load_stats.episodes);
	text_add(t, "clockhand_suspensions %u\nclockhand_resumptions %u\nclockhand_suspended %u\n",
		 load_stats.suspensions, load_stats.resumptions, load_stats.suspended);
	for (unsigned i = 0; i < MMSTAT_COUNT; i++)
		if (i != MMSTAT_oom_kills)
			text_add(t, "clockhand_%s %u\n", mmstat_names[i], mmstat[i]);
	proc_add_vmstat_rest(t, &object_pages);
}

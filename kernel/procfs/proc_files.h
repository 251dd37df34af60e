/*
 * The procfs files with details of memory, for the tables that name them.
 * Context: process. May reclaim.
 */
#ifndef KERNEL_PROCFS_PROC_FILES_H
#define KERNEL_PROCFS_PROC_FILES_H

#include "kernel/procfs/proc.h"

struct aspace;
struct pmap;
struct vma;

/* All areas as one; proc_maps.c. */
void proc_show_smaps_rollup(struct text *t, struct process *p);
/* "[heap] " and what else maps would say of @v, without a newline; proc_maps.c. */
void proc_add_area_name(struct text *t, const struct aspace *as, const struct vma *v);
/* Of the resident pages of objects: how many are mapped, how many have no source. */
struct proc_object_pages {
	uint32_t mapped, shmem;
};
/* Scans every frame. */
struct proc_object_pages proc_count_object_pages(void);
/* Linux's vmstat counters that do not exist here; proc_vmstat.c. */
void proc_add_vmstat_rest(struct text *t, const struct proc_object_pages *pages);
/* Text of /proc/buddyinfo, pagetypeinfo, zoneinfo and slabinfo; proc_alloc.c. */
void proc_show_buddyinfo(struct text *t, struct process *p);
void proc_show_pagetypeinfo(struct text *t, struct process *p);
void proc_show_zoneinfo(struct text *t, struct process *p);
void proc_show_slabinfo(struct text *t, struct process *p);
/* Words of /proc/PID/pagemap, /proc/kpagecount and kpageflags; proc_pages.c. */
bool proc_record_pagemap(struct process *p, uint64_t index, char *to);
bool proc_record_kpagecount(struct process *p, uint64_t index, char *to);
bool proc_record_kpageflags(struct process *p, uint64_t index, char *to);
/* Lines of /proc/frames, text of /proc/clock; proc_frames.c. */
enum { PROC_FRAME_LINE = 160 };
bool proc_record_frame(struct process *p, uint64_t index, char *to);
void proc_show_clock(struct text *t, struct process *p);
/* Text of /proc/PID/walk/ADDRESS, and what such a name means; proc_walk.c. */
void proc_show_walk(struct text *t, struct process *p, uint32_t address);
bool proc_parse_address(const char *name, size_t length, uint32_t *address);
/* Its part about the page tables of @pm; proc_walk_tables.c. */
void proc_add_walk_tables(struct text *t, const struct pmap *pm, vaddr_t va);
/* Small files of a process: oom_score, limits, io; proc_small.c. */
void proc_show_oom_score(struct text *t, struct process *p);
void proc_show_limits(struct text *t, struct process *p);
void proc_show_io(struct text *t, struct process *p);
/* The pid of the process with page tables @pm; 0: it has exited. */
int proc_pid_of(const struct pmap *pm);

#endif

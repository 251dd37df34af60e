/*
 * procfs: what the kernel tells about processes and itself, as files. Theory in proc.c.
 * Context: process. May reclaim.
 */
#ifndef KERNEL_FS_PROC_H
#define KERNEL_FS_PROC_H

#include "kernel/fs/file.h"
#include "kernel/fs/text.h"

struct aspace;
struct pmap;
struct process;
struct vma;

enum { PROC_RECORD_MAX = 192 };

/* One file, or kind of file, of procfs. */
struct proc_node {
	const char *name; /* NULL: the end of a table */
	unsigned mode;
	/* Regular files: write the contents. @p: whose file it is; NULL: the machine's. */
	void (*show)(struct text *t, struct process *p);
	/* The same for a file whose name is a number: see @parse. */
	void (*show_number)(struct text *t, struct process *p, uint32_t number);
	/*
	 * Or, for files too large to be made at once: record @index, @record_size bytes, into @to.
	 * False: there are no more. A reader may start anywhere; in a @binary file at a record.
	 */
	bool (*record)(struct process *p, uint64_t index, char *to);
	size_t record_size; /* at most PROC_RECORD_MAX */
	bool binary;
	/* What is written to it, with a NUL behind. 0 or an error. NULL: nothing can be. */
	int (*store)(struct process *p, const char *text);
	/* Links: the inode it leads to, with a reference, or NULL; and what it says. */
	struct inode *(*target)(struct process *p, int fd);
	void (*link_text)(struct text *t, struct process *p, int fd);
	/* Directories: the fixed entries; and those that are numbers, each a @numbered. */
	const struct proc_node *children;
	const struct proc_node *numbered;
	/* The lowest number at or above @from that is there; -1: none. */
	int (*next)(struct process *p, int from);
	bool number_is_fd; /* and not a process */
	/* Directories: which number @name means; each number is a @numbered. False: none. */
	bool (*parse)(const char *name, size_t length, uint32_t *number);
};

extern const struct proc_node proc_root_node; /* proc_root.c */
extern const struct proc_node proc_process_node; /* proc_process.c */
extern const struct proc_node proc_sys_children[]; /* proc_sys.c */

/* The root directory, not yet mounted. NULL: no memory. */
MUST_CHECK struct inode *proc_create_root(void);

/* Text of maps and smaps; proc_maps.c. */
void proc_show_maps(struct text *t, struct process *p);
void proc_show_smaps(struct text *t, struct process *p);
void proc_show_smaps_rollup(struct text *t, struct process *p);
/* "[heap] " and what else maps would say of @v, without a newline; proc_maps.c. */
void proc_add_area_name(struct text *t, const struct aspace *as, const struct vma *v);
/* Text of /proc/meminfo and vmstat; proc_memory.c. */
void proc_show_meminfo(struct text *t, struct process *p);
void proc_show_vmstat(struct text *t, struct process *p);
/* Of the pages of objects in memory: how many are mapped, how many have no source. */
struct proc_object_pages {
	uint32_t mapped, shmem;
};
/* Looks at every frame. */
struct proc_object_pages proc_count_object_pages(void);
/* What Linux's vmstat counts and does not exist here; proc_vmstat.c. */
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
/* Small files of a process: oom_score, limits, io; proc_small.c. */
void proc_show_oom_score(struct text *t, struct process *p);
void proc_show_limits(struct text *t, struct process *p);
void proc_show_io(struct text *t, struct process *p);
/* The process whose page tables @pm are; 0: none any more. */
int proc_pid_of(const struct pmap *pm);
/* [@start, @end) of @p's memory, whoever runs; proc_peek.c. */
void proc_add_memory(struct text *t, struct process *p, vaddr_t start, vaddr_t end);
/* The name of an inode as links of procfs give it. */
void proc_add_path(struct text *t, const struct inode *i);

#endif

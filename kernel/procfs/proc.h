/*
 * procfs: information about processes and the kernel, as files. Theory in proc.c.
 * Context: process. May reclaim.
 */
#ifndef KERNEL_PROCFS_PROC_H
#define KERNEL_PROCFS_PROC_H

#include "kernel/fs/file.h"
#include "kernel/procfs/text.h"

struct process;

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
	 * Or, for files too large to generate at once: record @index, @record_size bytes, into @to.
	 * False: no more. A reader may start anywhere; in a @binary file at a record.
	 */
	bool (*record)(struct process *p, uint64_t index, char *to);
	size_t record_size; /* at most PROC_RECORD_MAX */
	bool binary;
	/* Handles a write of the text, NUL-terminated. 0 or an error. NULL: not writable. */
	int (*store)(struct process *p, const char *text);
	/* Links: the inode it leads to, with a reference, or NULL; and its text. */
	struct inode *(*target)(struct process *p, int fd);
	void (*link_text)(struct text *t, struct process *p, int fd);
	/* Directories: the fixed entries; and those that are numbers, each a @numbered. */
	const struct proc_node *children;
	/* Where an upper floor adds a table of more of them at boot; NULL: nowhere. */
	const struct proc_node *const *added;
	const struct proc_node *numbered;
	/* The lowest existing number at or above @from; -1: none. */
	int (*next)(struct process *p, int from);
	bool number_is_fd; /* and not a process */
	/* Directories: which number @name means; each number is a @numbered. False: none. */
	bool (*parse)(const char *name, size_t length, uint32_t *number);
};

/* Tables that end with a name NULL; filled from above, once, at boot. */
extern const struct proc_node *proc_root_added, *proc_process_added;
/* Handler for c in /proc/sysrq-trigger: 0 or an error. Filled from above; NULL: -EPERM. */
extern int (*proc_crash)(void);

extern const struct proc_node proc_root_node; /* proc_root.c */
extern const struct proc_node proc_process_node; /* proc_process.c */
extern const struct proc_node proc_sys_children[]; /* proc_sys.c */
extern const struct proc_node proc_pressure_children[]; /* proc_pressure.c */

/* Register it as file system "proc". Context: boot. */
void proc_init(void);

/* Text of maps and smaps; proc_maps.c. */
void proc_show_maps(struct text *t, struct process *p);
void proc_show_smaps(struct text *t, struct process *p);
/* Text of /proc/meminfo and vmstat; proc_memory.c. */
void proc_show_meminfo(struct text *t, struct process *p);
void proc_show_vmstat(struct text *t, struct process *p);
/* Text of segments, and the lines about them at the end of status; proc_segments.c. */
void proc_show_segments(struct text *t, struct process *p);
void proc_add_segment_lines(struct text *t, const struct process *p);
/* /proc/PID/paging; proc_paging.c. */
void proc_show_paging(struct text *t, struct process *p);
int proc_store_paging(struct process *p, const char *text);
/* Files of /proc/sys/vm; proc_sys_paging.c. */
void proc_show_policy(struct text *t, struct process *p);
int proc_store_policy(struct process *p, const char *text);
void proc_show_replacement(struct text *t, struct process *p);
int proc_store_replacement(struct process *p, const char *text);
void proc_show_allocation(struct text *t, struct process *p);
int proc_store_allocation(struct process *p, const char *text);
void proc_show_pff_low(struct text *t, struct process *p);
int proc_store_pff_low(struct process *p, const char *text);
void proc_show_pff_high(struct text *t, struct process *p);
int proc_store_pff_high(struct process *p, const char *text);
void proc_show_window(struct text *t, struct process *p);
int proc_store_window(struct process *p, const char *text);
/* The number in @text, with an optional newline. False: not a number. */
bool proc_take_number(const char *text, uint32_t *number);
/* Text of /proc/memmap, and what may be written to it; proc_memmap.c. */
void proc_show_memmap(struct text *t, struct process *p);
int proc_store_memmap(struct process *p, const char *text);
/* What may be written to /proc/sysrq-trigger; proc_sys.c. */
int proc_store_sysrq(struct process *p, const char *text);
/* Pressure, and load control; proc_pressure.c. */
void proc_show_process_pressure(struct text *t, struct process *p);
void proc_show_load_control(struct text *t, struct process *p);
int proc_store_load_control(struct process *p, const char *text);
/* Read [@start, @end) of any process's memory; proc_peek.c. */
void proc_add_memory(struct text *t, struct process *p, vaddr_t start, vaddr_t end);
/* The name of an inode as procfs links show it. */
void proc_add_path(struct text *t, const struct inode *i);

#endif

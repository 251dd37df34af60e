/*
 * procfs: what the kernel tells about processes and itself, as files. Theory in proc.c.
 * Context: process. May reclaim.
 */
#ifndef KERNEL_FS_PROC_H
#define KERNEL_FS_PROC_H

#include "kernel/fs/file.h"
#include "kernel/fs/text.h"

struct process;

/* One file, or kind of file, of procfs. */
struct proc_node {
	const char *name; /* NULL: the end of a table */
	unsigned mode;
	/* Regular files: write the contents. @p: whose file it is; NULL: the machine's. */
	void (*show)(struct text *t, struct process *p);
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
};

extern const struct proc_node proc_root_node; /* proc_root.c */
extern const struct proc_node proc_process_node; /* proc_process.c */
extern const struct proc_node proc_sys_children[]; /* proc_sys.c */
extern const struct proc_node proc_pressure_children[]; /* proc_pressure.c */

/* The root directory, not yet mounted. NULL: no memory. */
MUST_CHECK struct inode *proc_create_root(void);

/* Text of maps and smaps; proc_maps.c. */
void proc_show_maps(struct text *t, struct process *p);
void proc_show_smaps(struct text *t, struct process *p);
/* Text of /proc/meminfo and vmstat; proc_memory.c. */
void proc_show_meminfo(struct text *t, struct process *p);
void proc_show_vmstat(struct text *t, struct process *p);
/* Waits, and load control; proc_pressure.c. */
void proc_show_process_pressure(struct text *t, struct process *p);
void proc_show_load_control(struct text *t, struct process *p);
int proc_store_load_control(struct process *p, const char *text);
/* [@start, @end) of @p's memory, whoever runs; proc_peek.c. */
void proc_add_memory(struct text *t, struct process *p, vaddr_t start, vaddr_t end);
/* The name of an inode as links of procfs give it. */
void proc_add_path(struct text *t, const struct inode *i);

#endif

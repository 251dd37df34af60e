/*
 * Loading a program into a partition: filled in by kernel/partition, called by exec for a process
 * that has asked for it.
 */
#ifndef KERNEL_EXEC_LOADER_H
#define KERNEL_EXEC_LOADER_H

#include "kernel/exec/elf.h"
#include "kernel/proc/process.h"

struct exec_load {
	const struct elf_file *program, *interpreter; /* the second may be NULL */
	struct partition_wish wish;
	uint32_t arguments; /* bytes the stack holds from the start */
	/* Results. */
	struct elf_image image; /* the program's; its end is after the interpreter too */
	vaddr_t entry, interpreter_base, stack_top;
};

/*
 * Give @as, empty, a partition and read the program into it. Waits for a place, in turn, if the
 * running process has no partition itself. 0, or
 *   -ENOMEM  too small for the program; never any room; none now and may not wait
 *   -EBUSY   bound at compile time, and its place is taken   -EINVAL  its place is outside
 *   -ENOEXEC linked for paged memory, or damaged   -E2BIG  the arguments do not fit the stack
 *   -ENODEV  there are no partitions   -EIO, -EINTR
 */
extern int (*exec_load_partition)(struct aspace *as, struct exec_load *l);

#endif

/* Programs and files into partitions. Theory in load.c. Context: process. */
#ifndef KERNEL_PARTITION_LOAD_H
#define KERNEL_PARTITION_LOAD_H

#include "kernel/exec/elf.h"
#include "kernel/proc/process.h"

/* Bytes; heap: unless a size is asked for. */
enum { PARTITION_STACK = 64 << 10, PARTITION_HEAP = 64 << 10 };

struct partition_load {
	const struct elf_file *program, *interpreter; /* the second may be NULL */
	struct partition_wish wish;
	uint32_t arguments; /* bytes the stack holds from the start */
	/* Results. */
	struct elf_image image; /* the program's; its end is behind the interpreter too */
	vaddr_t entry, interpreter_base, stack_top;
};

/*
 * Give @as, empty, a partition and read the program into it. Waits for a place, in turn, if the
 * running process has no partition itself. 0, or
 *   -ENOMEM  too small for the program; never any room; none now for one who may not wait
 *   -EBUSY   bound at compile time, and its place is taken   -EINVAL  its place is outside
 *   -ENOEXEC linked for paged memory, or damaged   -E2BIG  the arguments do not fit the stack
 *   -ENODEV  there are no partitions   -EIO, -EINTR
 */
MUST_CHECK int partition_load(struct aspace *as, struct partition_load *l);

/*
 * mmap of a file in a partition: room, and the bytes from page @request->index on read into it. As
 * aspace_map; -ENODEV for shared maps, -EIO.
 */
long partition_map_file(struct aspace *as, const struct aspace_map *request, struct inode *file);

/*
 * Add @bias to every word of @file's image, which lies in @as with that bias, that its relative
 * relocations name, and strike these from the image's own table. 0 or -ENOEXEC (damaged).
 */
MUST_CHECK int partition_relocate(struct aspace *as, const struct elf_file *file, uint32_t bias);

#endif

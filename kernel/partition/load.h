/* Programs and files into partitions. Theory in load.c. Context: process. */
#ifndef KERNEL_PARTITION_LOAD_H
#define KERNEL_PARTITION_LOAD_H

#include "kernel/exec/loader.h"
#include "kernel/proc/process.h"

/* Bytes; heap: unless a size is asked for. */
enum { PARTITION_STACK = 64 << 10, PARTITION_HEAP = 64 << 10 };

/* Register as exec's loader. Context: boot. */
void partition_load_init(void);

/*
 * mmap of a file in a partition: room, and the bytes from page @request->index on read into it. As
 * aspace_map; -ENODEV for shared maps, -EIO.
 */
long partition_map_file(struct aspace *as, const struct aspace_map *request, struct inode *file);

/*
 * Add @bias to every word of @file's image, which lies in @as with that bias, that its relative
 * relocations name, and remove these from the image's own table. 0 or -ENOEXEC (damaged).
 */
MUST_CHECK int partition_relocate(struct aspace *as, const struct elf_file *file, uint32_t bias);

#endif

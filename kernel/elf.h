/*
 * ELF32 programs: checked and mapped, never read. Theory in elf.c. Context: process. May reclaim.
 */
#ifndef KERNEL_ELF_H
#define KERNEL_ELF_H

#include "kernel/fs/inode.h"
#include "mm/aspace.h"

struct elf_image {
	vaddr_t entry;
	vaddr_t headers; /* of the program headers, in memory; 0: in no segment */
	uint32_t nheaders;
	vaddr_t base;	 /* what was added to the file's addresses */
	vaddr_t end;	 /* one past the highest byte: the heap goes behind it */
	bool stack_exec; /* PT_GNU_STACK asks for it, or there is none */
};

/*
 * Map @file into @as, which is new and empty. 0, or -ENOEXEC (not an i386 ELF program, or damaged),
 * -ENOMEM, -EINVAL (a segment outside user space), -EIO. After an error @as is only good to be put.
 */
MUST_CHECK int elf_load(struct aspace *as, struct inode *file, struct elf_image *image);

#endif

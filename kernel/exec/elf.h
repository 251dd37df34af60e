/*
 * ELF32 programs: checked and mapped, never read. Theory in elf.c. Context: process. May reclaim.
 */
#ifndef KERNEL_EXEC_ELF_H
#define KERNEL_EXEC_ELF_H

#include "kernel/fs/inode.h"
#include "mm/aspace/space.h"

enum { ELF_HEADER_SIZE = 52 };

/* A file that elf_open found to be a program, or an interpreter. */
struct elf_file {
	struct inode *inode;
	uint32_t entry, headers_offset; /* as in the file's header */
	uint16_t nheaders;
	bool movable; /* ET_DYN: runs at any address */
};

/* A program in memory. */
struct elf_image {
	vaddr_t entry;
	vaddr_t headers; /* of the program headers, in memory; 0: in no segment */
	vaddr_t base;	 /* what was added to the file's addresses */
	vaddr_t end;	 /* one past the highest byte: the heap follows */
	bool stack_exec; /* PT_GNU_STACK asks for it, or is missing */
	vaddr_t code_start, code_end, data_start, data_end;
};

/* A program header, as in the file. */
struct elf_segment {
	uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};
enum { ELF_LOAD = 1, ELF_DYNAMIC = 2, ELF_INTERP = 3, ELF_GNU_STACK = 0x6474e551 };

/* The pages from the first to the last segment, and the largest alignment. */
struct elf_extent {
	uint32_t start, align;
	uint64_t end;
};

/* Where a movable file goes. */
enum elf_place {
	ELF_PROGRAM,	 /* where Linux puts programs without randomisation */
	ELF_INTERPRETER, /* as low as it fits below the heap, like any code without an address */
};

/* Is @inode, a regular file, an i386 ELF program? 0, or -ENOEXEC. */
MUST_CHECK int elf_open(struct inode *inode, struct elf_file *file);
/*
 * The path of the interpreter that @file asks for, to be freed by kfree; NULL: it needs none. Or an
 * error as a pointer (is_error): -ENOEXEC (damaged), -EIO, -ENOMEM.
 */
MUST_CHECK char *elf_interpreter(const struct elf_file *file);
/* Its @i-th program header. 0 or -EIO. */
MUST_CHECK int elf_segment(const struct elf_file *file, unsigned i, struct elf_segment *s);
/* 0, -EIO, or -EINVAL: there is nothing to load. */
MUST_CHECK int elf_measure(const struct elf_file *file, struct elf_extent *extent);
/* PROT_* as the header asks for them. */
unsigned elf_prot(const struct elf_segment *s);
/* Account for a segment at @start in what reports and the heap use. */
void elf_note_segment(struct elf_image *image, const struct elf_segment *s, vaddr_t start);
/*
 * Map @file into @as, which is being built. 0, or -EINVAL (damaged, or a segment outside user
 * space), -ENOMEM, -EIO. After an error @as can only be put.
 */
MUST_CHECK int elf_load(struct aspace *as, const struct elf_file *file, enum elf_place place,
			struct elf_image *image);

#endif

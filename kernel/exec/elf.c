/*
 * ELF32 programs: checked and mapped, never read.
 *
 * Only the file header and the program headers are read. Each PT_LOAD becomes at most two areas:
 * its pages of the file, private, and anonymous pages after them. A page that is half file and half
 * .bss belongs to the first one; its tail reads as zero (struct vma's fill_end). The pages
 * themselves are faulted in from the file when the program touches them; those never written are
 * shared by all processes running it. A relocation is a write like any other and copies the page.
 *
 * A file may be damaged or hostile: every number is compared with its bounds before it is used, and
 * sums use 64 bits. What is not an i386 ELF program is -ENOEXEC. Headers are reread for each
 * purpose rather than kept: they are few, and nothing has to be allocated.
 *
 * Placement. A program with fixed addresses (ET_EXEC) goes there. A movable one (ET_DYN: PIE, with
 * or without interpreter) goes where Linux puts it without randomisation; its interpreter in the
 * lowest gap that holds all of it, like libraries, so that the end of code stays low (see
 * mm/aspace/code.c). Both are aligned to the largest alignment of their segments.
 *
 * Left out: PT_GNU_PROPERTY, and PT_GNU_RELRO and PT_TLS, which are left to the libraries.
 * Source: System V ABI, Intel386 supplement; Linux's binfmt_elf for which are errors.
 */
#include "kernel/exec/elf.h"

#include "kernel/fs/inode.h"
#include "kernel/fs/tmpfs_data.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/layout.h"
#include "mm/slab.h"

enum { ELF_EXEC = 2, ELF_DYN = 3, ELF_MACHINE_386 = 3, ELF_HEADERS_BYTES_MAX = 65536 };
enum { ELF_X = 1, ELF_W = 2, ELF_R = 4 };
#define ELF_PROGRAM_BASE 0x56555000u

struct elf_header {
	uint8_t ident[16]; /* 0x7f E L F, class, byte order, version */
	uint16_t type, machine;
	uint32_t version, entry, phoff, shoff, flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

_Static_assert(sizeof(struct elf_header) == ELF_HEADER_SIZE, "as callers know it");

/* Exactly @n bytes, or -EIO: the file is too short. */
static int elf_read(struct inode *inode, uint64_t offset, void *buf, size_t n)
{
	if (offset + n > inode->size)
		return -EIO;
	return inode_read(inode, (uint32_t)offset, buf, n) == n ? 0 : -EIO;
}

/* --- the header --- */

static bool elf_header_valid(const struct elf_header *h)
{
	static const uint8_t magic[4] = { 0x7f, 'E', 'L', 'F' };
	return memcmp(h->ident, magic, sizeof(magic)) == 0 &&
	       (h->type == ELF_EXEC || h->type == ELF_DYN) && h->machine == ELF_MACHINE_386 &&
	       h->phentsize == sizeof(struct elf_segment) && h->phnum != 0 &&
	       h->phnum * sizeof(struct elf_segment) <= ELF_HEADERS_BYTES_MAX;
}

int elf_open(struct inode *inode, struct elf_file *file)
{
	struct elf_header h;
	if (elf_read(inode, 0, &h, sizeof(h)) != 0 || !elf_header_valid(&h))
		return -ENOEXEC;
	if ((uint64_t)h.phoff + h.phnum * sizeof(struct elf_segment) > inode->size)
		return -ENOEXEC;
	*file = (struct elf_file){
		.inode = inode,
		.entry = h.entry,
		.headers_offset = h.phoff,
		.nheaders = h.phnum,
		.movable = h.type == ELF_DYN,
	};
	return 0;
}

/* --- the program headers --- */

int elf_segment(const struct elf_file *file, unsigned i, struct elf_segment *s)
{
	return elf_read(file->inode, (uint64_t)file->headers_offset + i * sizeof(*s), s,
			sizeof(*s));
}

static char *elf_read_path(const struct elf_file *file, const struct elf_segment *s)
{
	if (s->filesz < 2 || s->filesz > PATH_LENGTH_MAX)
		return (char *)-ENOEXEC;
	char *path = kmalloc(s->filesz);
	if (!path)
		return (char *)-ENOMEM;
	long error = elf_read(file->inode, s->offset, path, s->filesz);
	if (!error && path[s->filesz - 1] != 0)
		error = -ENOEXEC;
	if (!error)
		return path;
	kfree(path);
	return (char *)error;
}

char *elf_interpreter(const struct elf_file *file)
{
	for (unsigned i = 0; i < file->nheaders; i++) {
		struct elf_segment s;
		if (elf_segment(file, i, &s) != 0)
			return (char *)-EIO;
		if (s.type == ELF_INTERP)
			return elf_read_path(file, &s);
	}
	return NULL;
}

/* --- placement --- */

int elf_measure(const struct elf_file *file, struct elf_extent *extent)
{
	*extent = (struct elf_extent){ .start = UINT32_MAX, .align = PAGE_SIZE };
	for (unsigned i = 0; i < file->nheaders; i++) {
		struct elf_segment s;
		int error = elf_segment(file, i, &s);
		if (error)
			return error;
		if (s.type != ELF_LOAD)
			continue;
		extent->start = MIN(extent->start, page_down(s.vaddr));
		extent->end = MAX(extent->end, (uint64_t)s.vaddr + s.memsz);
		if ((s.align & (s.align - 1)) == 0)
			extent->align = MAX(extent->align, s.align);
	}
	return extent->start < extent->end ? 0 : -EINVAL;
}

/* The bias to add to the file's addresses. */
static int elf_place(const struct aspace *as, const struct elf_file *file, enum elf_place place,
		     vaddr_t *base)
{
	struct elf_extent extent;
	int error = elf_measure(file, &extent);
	*base = 0;
	if (error || !file->movable)
		return error;
	uint64_t room = extent.end - extent.start + extent.align;
	if (room > USER_TOP)
		return -EINVAL;
	vaddr_t start = ELF_PROGRAM_BASE;
	if (place == ELF_INTERPRETER)
		start = aspace_place_code(as, page_down((uint32_t)room - 1));
	if (start == 0)
		return -ENOMEM;
	/* Round down for the program, up inside the gap that has room for it. */
	start = place == ELF_INTERPRETER ? ROUND_UP(start, extent.align)
					 : ROUND_DOWN(start, extent.align);
	*base = start - extent.start;
	return 0;
}

/* --- mapping it --- */

static int elf_check_segment(const struct elf_segment *s, uint32_t base)
{
	vaddr_t start = base + s->vaddr;
	if (s->filesz > s->memsz || ((s->vaddr - s->offset) & PAGE_MASK))
		return -EINVAL;
	if ((uint64_t)s->offset + s->filesz > UINT32_MAX - PAGE_SIZE)
		return -EINVAL;
	if (start < USER_BASE || (uint64_t)start + s->memsz > USER_TOP)
		return -EINVAL;
	return 0;
}

unsigned elf_prot(const struct elf_segment *s)
{
	return (s->flags & ELF_R ? PROT_R : 0) | (s->flags & ELF_W ? PROT_W : 0) |
	       (s->flags & ELF_X ? PROT_X : 0);
}

/* The pages of the file. */
static long elf_map_file(struct aspace *as, const struct elf_file *file,
			 const struct elf_segment *s, vaddr_t start)
{
	if (s->filesz == 0)
		return 0;
	return aspace_map(as, &(struct aspace_map){
		.start = page_down(start),
		.length = (start & PAGE_MASK) + s->filesz,
		.prot = elf_prot(s),
		.map_flags = ASPACE_FIXED,
		.object = &file->inode->object,
		.index = s->offset >> PAGE_SHIFT,
		.fill_end = s->memsz > s->filesz ? s->offset + s->filesz : 0,
	});
}

/* The zero pages after them. */
static long elf_map_zeroes(struct aspace *as, const struct elf_segment *s, vaddr_t start)
{
	vaddr_t from = s->filesz ? page_up(start + s->filesz) : page_down(start);
	vaddr_t to = page_up(start + s->memsz);
	if (to <= from)
		return 0;
	return aspace_map(as, &(struct aspace_map){
		.start = from,
		.length = to - from,
		.prot = elf_prot(s),
		.map_flags = ASPACE_FIXED,
	});
}

void elf_note_segment(struct elf_image *image, const struct elf_segment *s, vaddr_t start)
{
	image->end = MAX(image->end, start + s->memsz);
	if (s->flags & ELF_X && (!image->code_start || start < image->code_start)) {
		image->code_start = start;
		image->code_end = start + s->filesz;
	}
	if (start >= image->data_start) {
		image->data_start = start;
		image->data_end = start + s->filesz;
	}
}

static int elf_map_segment(struct aspace *as, const struct elf_file *file,
			   const struct elf_segment *s, struct elf_image *image)
{
	int error = elf_check_segment(s, image->base);
	if (error || s->memsz == 0)
		return error;
	vaddr_t start = image->base + s->vaddr;
	long result = elf_map_file(as, file, s, start);
	if (!is_error(result))
		result = elf_map_zeroes(as, s, start);
	if (is_error(result))
		return (int)result;
	uint64_t headers = file->headers_offset;
	if (headers >= s->offset && headers < (uint64_t)s->offset + s->filesz)
		image->headers = start + (file->headers_offset - s->offset);
	elf_note_segment(image, s, start);
	return 0;
}

int elf_load(struct aspace *as, const struct elf_file *file, enum elf_place place,
	     struct elf_image *image)
{
	*image = (struct elf_image){ .stack_exec = true };
	int error = elf_place(as, file, place, &image->base);
	image->entry = image->base + file->entry;
	for (unsigned i = 0; i < file->nheaders && !error; i++) {
		struct elf_segment s;
		error = elf_segment(file, i, &s);
		if (!error && s.type == ELF_LOAD)
			error = elf_map_segment(as, file, &s, image);
		if (!error && s.type == ELF_GNU_STACK)
			image->stack_exec = s.flags & ELF_X;
	}
	return error;
}

/*
 * ELF32 programs: checked and mapped, never read.
 *
 * Only the file header and the program headers are looked at. Each PT_LOAD becomes at most two
 * areas: its pages of the file, private, and anonymous pages behind them. A page that is half file
 * and half .bss belongs to the first one; its tail reads as zero (struct vma's object_end). The
 * pages themselves come in by fault, from the file, when the program touches them.
 *
 * A file may be damaged or hostile: every number is compared with its bounds before it is used, and
 * sums are made in 64 bits. What is not an i386 ELF program is -ENOEXEC.
 *
 * A position-independent program (ET_DYN) without interpreter goes to a fixed base, where Linux
 * puts it when it does not randomise.
 * Left out: PT_INTERP. A program that asks for an interpreter gets -ENOENT, as if it were missing.
 * Source: System V ABI, Intel386 supplement; Linux's binfmt_elf for what is an error.
 */
#include "kernel/elf.h"

#include "kernel/fs/tmpfs.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/layout.h"

enum { ELF_EXEC = 2, ELF_DYN = 3, ELF_MACHINE_386 = 3, ELF_HEADERS_MAX = 128 };
enum { ELF_LOAD = 1, ELF_INTERP = 3, ELF_GNU_STACK = 0x6474e551 };
enum { ELF_X = 1, ELF_W = 2, ELF_R = 4 };
#define ELF_DYN_BASE 0x56555000u

struct elf_header {
	uint8_t ident[16]; /* 0x7f E L F, class, byte order, version */
	uint16_t type, machine;
	uint32_t version, entry, phoff, shoff, flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_segment {
	uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

static int elf_check_header(const struct elf_header *h)
{
	static const uint8_t ident[6] = { 0x7f, 'E', 'L', 'F', 1, 1 };
	if (memcmp(h->ident, ident, sizeof(ident)) != 0)
		return -ENOEXEC;
	if ((h->type != ELF_EXEC && h->type != ELF_DYN) || h->machine != ELF_MACHINE_386)
		return -ENOEXEC;
	if (h->phentsize != sizeof(struct elf_segment) || h->phnum == 0 ||
	    h->phnum > ELF_HEADERS_MAX)
		return -ENOEXEC;
	return 0;
}

/* Exactly @n bytes; a file that ends before is no program. */
static int elf_read(struct inode *file, uint64_t offset, void *buf, size_t n)
{
	if (offset + n > file->size)
		return -ENOEXEC;
	return inode_read(file, (uint32_t)offset, buf, n) == n ? 0 : -EIO;
}

static int elf_check_segment(const struct elf_segment *s, uint32_t base)
{
	uint64_t end = (uint64_t)base + s->vaddr + s->memsz;
	if (s->filesz > s->memsz || ((s->vaddr - s->offset) & PAGE_MASK))
		return -ENOEXEC;
	if ((uint64_t)s->offset + s->filesz > UINT32_MAX - PAGE_SIZE)
		return -ENOEXEC;
	if (base + s->vaddr < USER_BASE || end > USER_TOP)
		return -EINVAL;
	return 0;
}

static unsigned elf_prot(const struct elf_segment *s)
{
	return (s->flags & ELF_R ? PROT_R : 0) | (s->flags & ELF_W ? PROT_W : 0) |
	       (s->flags & ELF_X ? PROT_X : 0);
}

/* The pages of the file. */
static long elf_map_file(struct aspace *as, struct inode *file, const struct elf_segment *s,
			 vaddr_t start)
{
	if (s->filesz == 0)
		return 0;
	return aspace_map(as, &(struct aspace_map){
		.start = page_down(start),
		.length = (start & PAGE_MASK) + s->filesz,
		.prot = elf_prot(s),
		.map_flags = ASPACE_FIXED,
		.object = &file->object,
		.index = s->offset >> PAGE_SHIFT,
		.object_end = s->memsz > s->filesz ? s->offset + s->filesz : 0,
	});
}

/* The pages of zeroes behind them. */
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

/* What reports and the heap want to know. */
static void elf_note_segment(struct aspace *as, struct elf_image *image,
			     const struct elf_segment *s, vaddr_t start)
{
	image->end = MAX(image->end, start + s->memsz);
	if (s->flags & ELF_X && (!as->code_start || start < as->code_start)) {
		as->code_start = start;
		as->code_end = start + s->filesz;
	}
	if (start >= as->data_start) {
		as->data_start = start;
		as->data_end = start + s->filesz;
	}
}

static int elf_map_segment(struct aspace *as, struct inode *file, const struct elf_segment *s,
			   struct elf_image *image)
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
	elf_note_segment(as, image, s, start);
	return 0;
}

static int elf_take_segment(struct aspace *as, struct inode *file, const struct elf_header *h,
			    const struct elf_segment *s, struct elf_image *image)
{
	if (s->type == ELF_INTERP)
		return -ENOENT;
	if (s->type == ELF_GNU_STACK)
		image->stack_exec = s->flags & ELF_X;
	if (s->type != ELF_LOAD)
		return 0;
	if (h->phoff >= s->offset && (uint64_t)h->phoff < (uint64_t)s->offset + s->filesz)
		image->headers = image->base + s->vaddr + (h->phoff - s->offset);
	return elf_map_segment(as, file, s, image);
}

int elf_load(struct aspace *as, struct inode *file, struct elf_image *image)
{
	struct elf_header h;
	int error = elf_read(file, 0, &h, sizeof(h));
	if (!error)
		error = elf_check_header(&h);
	if (error)
		return error;
	*image = (struct elf_image){
		.base = h.type == ELF_DYN ? ELF_DYN_BASE : 0,
		.nheaders = h.phnum,
		.stack_exec = true,
	};
	image->entry = image->base + h.entry;
	for (unsigned i = 0; i < h.phnum && !error; i++) {
		struct elf_segment s;
		error = elf_read(file, (uint64_t)h.phoff + i * sizeof(s), &s, sizeof(s));
		if (!error)
			error = elf_take_segment(as, file, &h, &s, image);
	}
	if (!error && image->end == 0)
		error = -ENOEXEC;
	return error;
}

/*
 * Loading programs into partitions: three binding times.
 *
 * What the linker made decides what can be done:
 *
 *   file               linked at             bound at         base         may move
 *   ET_EXEC            low (4 KiB up)        execution        partition    yes
 *   ET_EXEC            PARTITION_WINDOW up   compilation      0            no; one place only
 *   ET_DYN (PIE)       0                     execution, or    partition    yes
 *                                            loading (wish)   0            no
 *
 * A movable file has a list of the words that hold addresses. For a partition the kernel itself
 * adds the bias, as relocating loaders did: the linear address of the partition, if the program is
 * bound by that, or the distance by which its segment starts before it. A program's own start-up
 * code that would do the same finds the list empty.
 *
 * Everything is read now, since there are no faults to do it later: segments, zeroes after them, an
 * interpreter (dynamic linker) after the program. The stack is at the top, at its maximum size, and
 * above it the few bytes that call sigreturn.
 *
 *   low   program  [interpreter]  heap ->             <- maps   stack   sigreturn   high
 *
 * Left out: programs linked for paged memory (0x08048000): their partition would have to begin
 * 128 MiB below them.
 */
#include "kernel/partition/load.h"

#include "kernel/base/log.h"
#include "kernel/exec/signal_page.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/tmpfs_data.h"
#include "kernel/partition/dispatch.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/layout.h"

enum { SIGRETURN_BYTES = 64 };

/* What is known before a place is found. */
struct load_plan {
	enum contiguous_binding binding;
	struct elf_extent extent, interpreter_extent;
	uint32_t image;	      /* bytes from the partition's start to the end of what is read */
	uint32_t interpreter; /* the same, to the interpreter's start */
	uint32_t at;
};

/* --- before a place is found --- */

static uint32_t extent_bytes(const struct elf_extent *e)
{
	return page_up((uint32_t)(e->end - e->start));
}

static int plan_program(const struct exec_load *l, struct load_plan *plan)
{
	const struct elf_extent *e = &plan->extent;
	int error = elf_measure(l->program, &plan->extent);
	if (error)
		return error;
	plan->at = PARTITION_ANYWHERE;
	if (e->end - e->start > partition_region.bytes)
		return -ENOMEM;
	if (l->program->movable) {
		plan->binding = l->wish.bind_load ? BOUND_LOAD : BOUND_EXECUTION;
		plan->image = extent_bytes(e) + (l->wish.bind_load ? 0 : PAGE_SIZE);
	} else if (e->start >= PARTITION_WINDOW) {
		plan->binding = BOUND_COMPILE;
		plan->at = e->start - PARTITION_WINDOW;
		plan->image = extent_bytes(e);
	} else {
		plan->binding = BOUND_EXECUTION;
		if (e->start < PAGE_SIZE || e->end > partition_region.bytes)
			return -ENOEXEC;
		plan->image = page_up((uint32_t)e->end);
	}
	return 0;
}

static int plan_make(const struct exec_load *l, struct load_plan *plan)
{
	int error = plan_program(l, plan);
	plan->interpreter = plan->image;
	if (error || !l->interpreter)
		return error;
	error = elf_measure(l->interpreter, &plan->interpreter_extent);
	if (error || plan->interpreter_extent.end > partition_region.bytes)
		return error ? error : -ENOMEM;
	plan->image += extent_bytes(&plan->interpreter_extent);
	return 0;
}

static int load_find_place(struct aspace *as, const struct exec_load *l,
			   const struct load_plan *plan)
{
	uint32_t bytes = l->wish.bytes ? l->wish.bytes
				       : plan->image + PARTITION_HEAP + PARTITION_STACK;
	if (bytes > partition_region.bytes) {
		log_warn("%s: a partition of %u KiB is larger than the region, %u KiB",
			 process_describe(), bytes >> 10, partition_region.bytes >> 10);
		return -ENOMEM;
	}
	if (bytes < plan->image + PARTITION_STACK) {
		log_warn("%s: %u KiB do not hold the program, %u KiB, and its stack, %u KiB",
			 process_describe(), bytes >> 10, plan->image >> 10, PARTITION_STACK >> 10);
		return -ENOMEM;
	}
	if (l->arguments > PARTITION_STACK / 2)
		return -E2BIG;
	if (contiguous_create(as, bytes, plan->binding))
		return -ENOMEM;
	as->contiguous->priority = l->wish.priority;
	/* A process keeping a partition while waiting for another might wait for itself. */
	const struct aspace *old = process_running->aspace;
	int error = dispatch_admit(as->contiguous, plan->at, !old || !old->contiguous);
	return error == -E2BIG ? -ENOMEM : error;
}

/* --- reading --- */

static bool load_inside(const struct contiguous *c, vaddr_t start, uint32_t bytes)
{
	uint32_t low = contiguous_low(c), high = contiguous_high(c);
	return start >= low && start <= high && bytes <= high - start;
}

static int load_segment(struct aspace *as, const struct elf_file *file, const struct elf_segment *s,
			struct elf_image *image)
{
	struct contiguous *c = as->contiguous;
	vaddr_t start = image->base + s->vaddr;
	if (s->memsz == 0)
		return 0;
	if (s->filesz > s->memsz || !load_inside(c, start, s->memsz) ||
	    (uint64_t)s->offset + s->filesz > file->inode->size)
		return -ENOEXEC;
	/* The place was cleared: what the file does not fill is zero. */
	if (s->filesz && inode_read(file->inode, s->offset, contiguous_bytes(c, start),
				    s->filesz) != s->filesz)
		return -EIO;
	uint32_t headers = file->headers_offset;
	if (headers >= s->offset && headers < s->offset + s->filesz)
		image->headers = start + (headers - s->offset);
	elf_note_segment(image, s, start);
	return contiguous_add_area(as, start, s->memsz, elf_prot(s));
}

/* All of @file, with @bias added to its addresses. */
static int load_file(struct aspace *as, const struct elf_file *file, uint32_t bias,
		     struct elf_image *image)
{
	*image = (struct elf_image){ .base = bias, .entry = bias + file->entry };
	for (unsigned i = 0; i < file->nheaders; i++) {
		struct elf_segment s;
		int error = elf_segment(file, i, &s);
		if (!error && s.type == ELF_LOAD)
			error = load_segment(as, file, &s, image);
		if (error)
			return error;
	}
	return 0;
}

/* The program's first page is the partition's first, after the one that catches NULL. */
static uint32_t load_bias(const struct aspace *as, const struct exec_load *l,
			  const struct load_plan *plan)
{
	return l->program->movable ? contiguous_low(as->contiguous) - plan->extent.start : 0;
}

static int load_interpreter(struct aspace *as, struct exec_load *l,
			    const struct load_plan *plan)
{
	struct elf_image image;
	uint32_t start = contiguous_low(as->contiguous) + plan->interpreter;
	if (plan->binding == BOUND_EXECUTION)
		start -= PAGE_SIZE; /* it counts the page of NULL */
	int error = load_file(as, l->interpreter, start - plan->interpreter_extent.start, &image);
	l->entry = image.entry;
	l->interpreter_base = image.base;
	l->image.end = MAX(l->image.end, image.end);
	return error;
}

static int load_images(struct aspace *as, struct exec_load *l, const struct load_plan *plan)
{
	int error = load_file(as, l->program, load_bias(as, l, plan), &l->image);
	l->entry = l->image.entry;
	if (error)
		return error;
	if (l->interpreter)
		return load_interpreter(as, l, plan);
	return l->program->movable ? partition_relocate(as, l->program, l->image.base) : 0;
}

static int load_add_stack(struct aspace *as, struct exec_load *l)
{
	struct contiguous *c = as->contiguous;
	vaddr_t code = ROUND_DOWN(contiguous_high(c), (uint32_t)SIGRETURN_BYTES) - SIGRETURN_BYTES;
	vaddr_t start = page_up(contiguous_high(c)) - PARTITION_STACK;
	signal_page_copy(contiguous_bytes(c, code));
	as->sigreturn_page = code;
	l->stack_top = code;
	as->stack_limit = PARTITION_STACK;
	as->mmap_top = start;
	return contiguous_add_area(as, start, PARTITION_STACK, PROT_R | PROT_W);
}

static int partition_load(struct aspace *as, struct exec_load *l)
{
	struct load_plan plan;
	if (partition_region.bytes == 0)
		return -ENODEV;
	int error = plan_make(l, &plan);
	if (!error)
		error = load_find_place(as, l, &plan);
	if (!error)
		error = contiguous_pin(as->contiguous);
	if (error)
		return error;
	error = load_images(as, l, &plan);
	if (!error)
		error = load_add_stack(as, l);
	contiguous_unpin(as->contiguous);
	return error;
}

/* --- files --- */

long partition_map_file(struct aspace *as, const struct aspace_map *request, struct inode *file)
{
	struct aspace_map room = *request;
	room.object = NULL;
	long at = aspace_map(as, &room);
	uint64_t offset = (uint64_t)request->index << PAGE_SHIFT;
	if (is_error(at) || offset >= file->size)
		return at;
	struct contiguous *c = as->contiguous;
	int error = contiguous_pin(c);
	if (error)
		return error;
	uint32_t n = MIN(MIN(request->length, file->size - (uint32_t)offset),
			 contiguous_high(c) - (uint32_t)at);
	size_t got = inode_read(file, (uint32_t)offset, contiguous_bytes(c, (uint32_t)at), n);
	contiguous_unpin(c);
	return got == n ? at : -EIO;
}

void partition_load_init(void)
{
	exec_load_partition = partition_load;
}

/*
 * One transfer between a file and memory: whose memory, where, how much. Theory in io.c.
 * Context of all: process. With user memory: may reclaim, may sleep.
 */
#ifndef KERNEL_FS_IO_H
#define KERNEL_FS_IO_H

#include "mm/aspace/space.h"

/* A piece of user memory: Linux's struct iovec. */
struct io_piece {
	uptr_t memory;
	uint32_t bytes;
};

enum { IO_BYTES_MAX = 0x7ffff000 }; /* Linux's maximum for one call */

struct io {
	struct aspace *as;	      /* whose user memory; NULL: the kernel's own */
	uintptr_t memory;	      /* the next byte there */
	size_t room;		      /* bytes from there to the end of the piece */
	const struct io_piece *pieces; /* after it */
	size_t npieces;
	size_t left;	   /* bytes still to move, in all pieces */
	size_t done;	   /* bytes moved */
	uint64_t position; /* of the next byte in the file, if it has positions */
};

/* @n bytes of kernel memory at @memory, and position @position of the file. */
struct io io_kernel(void *memory, size_t n, uint64_t position);
/*
 * At most @n bytes of user memory of @as, the running process's. 0, or -EFAULT: not all of the
 * range is user address space.
 */
MUST_CHECK static inline int io_init_user(struct io *io, struct aspace *as, uptr_t memory, size_t n)
{
	vaddr_t linear;
	if (segment_to_linear(&as->segment, memory, n, &linear) != 0)
		return -EFAULT;
	io->as = as;
	io->memory = memory;
	io->left = MIN(n, (size_t)IO_BYTES_MAX);
	io->room = io->left;
	io->pieces = NULL;
	io->npieces = 0;
	io->done = 0;
	io->position = 0;
	return 0;
}
/* All of pieces[n], which remain the caller's and may be modified. 0, -EFAULT, -EINVAL. */
MUST_CHECK int io_init_pieces(struct io *io, struct aspace *as, struct io_piece *pieces, size_t n);

/*
 * Give the reader the @n bytes at @from; @n is at most io->left. Memory, position, left and done
 * advance by the bytes moved, which are returned; less than @n: the memory is inaccessible, and the
 * operation ends with -EFAULT.
 */
MUST_CHECK size_t io_give(struct io *io, const void *from, size_t n);
/* The same, @n zeroes. */
MUST_CHECK size_t io_give_zeroes(struct io *io, size_t n);
/* The other way: take the writer's next @n bytes to @to. */
MUST_CHECK size_t io_take(struct io *io, void *to, size_t n);
/* All @n bytes or none: 0, or -EFAULT with nothing advanced. */
MUST_CHECK int io_give_all(struct io *io, const void *from, size_t n);
MUST_CHECK int io_take_all(struct io *io, void *to, size_t n);
/* Only advance: the next @n bytes are skipped, or were moved in another way. */
void io_skip(struct io *io, size_t n);
/* Count all that is left as done without reading it. */
static inline void io_skip_all(struct io *io)
{
	io->done += io->left;
	io->position += io->left;
	io->left = io->room = 0;
	io->npieces = 0;
}

#endif

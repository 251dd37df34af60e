/*
 * One transfer between a file and memory.
 *
 * A transfer has two sides. The system call knows whose memory is meant and where; the file knows
 * which bytes; both need to know how much was done. A struct io is what they share: the file's
 * operation asks it to move bytes (io_give to a reader, io_take from a writer), and every byte
 * moved is counted in one place, for memory and position alike. So an operation has no pointer
 * arithmetic, a position is a parameter and never a borrowed field of the file, and a transfer that
 * fails half way still reports exactly how much was done.
 *
 * The memory may be a program's, in one piece or in several (readv), or the kernel's: exec and
 * sendfile read files through the same operations as a program does.
 *
 * A program's memory may end in the middle of a copy. The copy is then repeated page by page, so
 * that all bytes before the hole are moved, as on Linux.
 *
 * Always true
 *   [io.1]  room <= left; room is 0 only if left is 0
 *   [io.2]  left + done is the requested size
 * Left out: pinning the memory instead of copying; a process's address space other than the
 * running one's.
 * Source: the idea is 4.2BSD's struct uio.
 */
#include "kernel/fs/io.h"

#include "kernel/base/panic.h"
#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/user.h"

enum io_way { IO_GIVE, IO_ZEROES, IO_TAKE };

struct io io_kernel(void *memory, size_t n, uint64_t position)
{
	return (struct io){
		.memory = (uintptr_t)memory, .room = n, .left = n, .position = position,
	};
}

static bool io_is_user(const struct aspace *as, uptr_t memory, size_t n)
{
	vaddr_t linear;
	return segment_to_linear(&as->segment, memory, n, &linear) == 0;
}

/* The next non-empty piece. */
static __attribute__((noinline)) void io_next_piece(struct io *io)
{
	while (io->room == 0 && io->npieces > 0) {
		io->memory = io->pieces->memory;
		io->room = io->pieces->bytes;
		io->pieces++;
		io->npieces--;
	}
}

int io_init_pieces(struct io *io, struct aspace *as, struct io_piece *pieces, size_t n)
{
	*io = (struct io){ .as = as, .pieces = pieces, .npieces = n };
	for (size_t i = 0; i < n; i++) {
		if ((int32_t)pieces[i].bytes < 0)
			return -EINVAL;
		if (!io_is_user(as, pieces[i].memory, pieces[i].bytes))
			return -EFAULT;
		pieces[i].bytes = MIN(pieces[i].bytes, IO_BYTES_MAX - io->left);
		io->left += pieces[i].bytes;
	}
	io_next_piece(io);
	return 0;
}

/* Advance by @n bytes within this piece. */
static inline void io_advance(struct io *io, size_t n)
{
	io->memory += n;
	io->room -= n;
	io->left -= n;
	io->done += n;
	io->position += n;
	if (UNLIKELY(io->room == 0 && io->npieces > 0))
		io_next_piece(io);
}

void io_skip(struct io *io, size_t n)
{
	ASSERT(n <= io->left); /* [io.2] */
	while (n > io->room) {
		size_t part = io->room;
		ASSERT(part > 0); /* [io.1] */
		io_advance(io, part);
		n -= part;
	}
	io_advance(io, n);
}

/* @n bytes at the next byte of memory. 0 or -EFAULT. */
static inline int io_touch_user(const struct io *io, enum io_way way, void *bytes, size_t n)
{
	if (way == IO_GIVE)
		return user_write(io->as, io->memory, bytes, n);
	if (way == IO_TAKE)
		return user_read(io->as, bytes, io->memory, n);
	return user_clear(io->as, io->memory, n);
}

/* Whole pages in one instruction: what sendfile moves. */
static void io_copy(void *to, const void *from, size_t n)
{
	if (n == PAGE_SIZE && (((uintptr_t)to | (uintptr_t)from) & PAGE_MASK) == 0)
		cpu_page_copy(to, from);
	else
		memcpy(to, from, n);
}

static void io_touch_kernel(const struct io *io, enum io_way way, void *bytes, size_t n)
{
	if (way == IO_GIVE)
		io_copy((void *)io->memory, bytes, n);
	else if (way == IO_TAKE)
		io_copy(bytes, (const void *)io->memory, n);
	else
		memset((void *)io->memory, 0, n);
}

/* A copy failed: move as much as there are pages for. */
static size_t io_move_pages(struct io *io, enum io_way way, char *bytes, size_t n)
{
	size_t moved = 0;
	while (moved < n) {
		size_t part = MIN(n - moved, PAGE_SIZE - (io->memory & PAGE_MASK));
		if (io_touch_user(io, way, bytes + moved, part) != 0)
			break;
		io_advance(io, part);
		moved += part;
	}
	return moved;
}

/* Piece by piece, into whatever memory it is. */
static __attribute__((noinline)) size_t io_move(struct io *io, enum io_way way, char *bytes,
						size_t n)
{
	size_t moved = 0;
	ASSERT(n <= io->left); /* [io.2] */
	while (moved < n) {
		size_t part = MIN(n - moved, io->room);
		if (!io->as)
			io_touch_kernel(io, way, bytes + moved, part);
		else if (io_touch_user(io, way, bytes + moved, part) != 0)
			return moved + io_move_pages(io, way, bytes + moved, part);
		io_advance(io, part);
		moved += part;
	}
	return moved;
}

/* The common case, at once: user memory in one piece and present. */
static inline bool io_move_plain(struct io *io, enum io_way way, void *bytes, size_t n)
{
	if (UNLIKELY(!io->as || n > io->room || io_touch_user(io, way, bytes, n) != 0))
		return false;
	io_advance(io, n);
	return true;
}

size_t io_give(struct io *io, const void *from, size_t n)
{
	char *bytes = (char *)(uintptr_t)from;
	return io_move_plain(io, IO_GIVE, bytes, n) ? n : io_move(io, IO_GIVE, bytes, n);
}

size_t io_give_zeroes(struct io *io, size_t n)
{
	return io_move_plain(io, IO_ZEROES, NULL, n) ? n : io_move(io, IO_ZEROES, NULL, n);
}

size_t io_take(struct io *io, void *to, size_t n)
{
	return io_move_plain(io, IO_TAKE, to, n) ? n : io_move(io, IO_TAKE, to, n);
}

static __attribute__((noinline)) int io_move_all(struct io *io, enum io_way way, char *bytes,
						 size_t n)
{
	struct io before = *io;
	if (io_move(io, way, bytes, n) == n)
		return 0;
	*io = before;
	return -EFAULT;
}

int io_give_all(struct io *io, const void *from, size_t n)
{
	char *bytes = (char *)(uintptr_t)from;
	return io_move_plain(io, IO_GIVE, bytes, n) ? 0 : io_move_all(io, IO_GIVE, bytes, n);
}

int io_take_all(struct io *io, void *to, size_t n)
{
	return io_move_plain(io, IO_TAKE, to, n) ? 0 : io_move_all(io, IO_TAKE, to, n);
}

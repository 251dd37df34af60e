/*
 * System calls that move bytes: read and write in their eight forms, and sendfile.
 *
 * The eight forms differ in three things: the direction, one buffer or several, and which position
 * is used. A struct io describes the last two; io_call all three.
 */
#include "kernel/fs/file.h"
#include "kernel/fs/io.h"
#include "kernel/fs/poll.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

enum io_form {
	IO_READ = 0,
	IO_WRITE = 1,
	IO_PIECES = 2, /* several buffers */
	IO_AT = 4,     /* at a given position, two words after the other arguments */
};

enum { IO_PIECES_MAX = 1024, IO_PIECES_FEW = 8 };

/* Where the buffers are, in kernel memory. */
struct io_list {
	struct io_piece few[IO_PIECES_FEW];
	struct io_piece *many; /* NULL: they are in @few */
};

/* Buffers of a program: @n of them at @from. 0, and the caller frees @list; or an error. */
static int io_list_take(struct io *io, struct io_list *list, uptr_t from, uint32_t n)
{
	size_t bytes = n * sizeof(struct io_piece);
	if (n > IO_PIECES_MAX)
		return -EINVAL;
	if (n > IO_PIECES_FEW) {
		list->many = reclaim_room(bytes / PAGE_SIZE + 1) == 0 ? kmalloc(bytes) : NULL;
		if (!list->many)
			return -ENOMEM;
	}
	struct io_piece *pieces = list->many ? list->many : list->few;
	int error = syscall_read_user(pieces, from, bytes);
	if (!error)
		error = io_init_pieces(io, process_running->aspace, pieces, n);
	if (error)
		kfree(list->many);
	return error;
}

/* @form is a constant in each caller, so the other forms are compiled away. */
static inline __attribute__((always_inline)) long io_move(struct file *f, struct io *io,
							  unsigned form)
{
	if (form & IO_AT || !f->ops->seekable)
		return form & IO_WRITE ? file_write(f, io) : file_read(f, io);
	return form & IO_WRITE ? file_write_on(f, io) : file_read_on(f, io);
}

static __attribute__((noinline)) long io_move_pieces(struct file *f,
						     const struct syscall_args *args, unsigned form)
{
	struct io io;
	struct io_list list;
	list.many = NULL;
	int error = io_list_take(&io, &list, args->a[1], args->a[2]);
	if (error)
		return error;
	io.position = form & IO_AT ? (uint64_t)syscall_wide(args->a[3], args->a[4]) : 0;
	long result = io.left > 0 ? io_move(f, &io, form) : 0;
	kfree(list.many);
	return result;
}

static inline __attribute__((always_inline)) long io_on_file(struct file *f,
							     const struct syscall_args *args,
							     unsigned form)
{
	struct io io;
	if (form & IO_AT && !f->ops->seekable)
		return -ESPIPE;
	int error = form & IO_WRITE ? file_may_write(f) : file_may_read(f);
	if (error)
		return error;
	if (form & IO_PIECES)
		return io_move_pieces(f, args, form);
	error = io_init_user(&io, process_running->aspace, args->a[1], args->a[2]);
	if (error)
		return error;
	if (form & IO_AT)
		io.position = (uint64_t)syscall_wide(args->a[3], args->a[4]);
	return io_move(f, &io, form);
}

/* A negative position is checked first, then the descriptor. */
static inline __attribute__((always_inline)) long io_call(const struct syscall_args *args,
							  unsigned form)
{
	if (form & IO_AT && (int32_t)args->a[4] < 0)
		return -EINVAL;
	struct file *f = files_find(process_running->fs.files, args->a[0]);
	if (UNLIKELY(!f || f->flags & O_PATH))
		return -EBADF;
	file_get(f);
	long result = io_on_file(f, args, form);
	file_put(f);
	return result;
}

long sys_read(const struct syscall_args *args)
{
	return io_call(args, IO_READ);
}

long sys_write(const struct syscall_args *args)
{
	return io_call(args, IO_WRITE);
}

long sys_readv(const struct syscall_args *args)
{
	return io_call(args, IO_READ | IO_PIECES);
}

long sys_writev(const struct syscall_args *args)
{
	return io_call(args, IO_WRITE | IO_PIECES);
}

long sys_pread64(const struct syscall_args *args)
{
	return io_call(args, IO_READ | IO_AT);
}

long sys_pwrite64(const struct syscall_args *args)
{
	return io_call(args, IO_WRITE | IO_AT);
}

long sys_preadv(const struct syscall_args *args)
{
	return io_call(args, IO_READ | IO_PIECES | IO_AT);
}

long sys_pwritev(const struct syscall_args *args)
{
	return io_call(args, IO_WRITE | IO_PIECES | IO_AT);
}

/* --- sendfile --- */

/* From one file to another, through a kernel page. */
struct io_transfer {
	struct file *out, *in;
	uint64_t to, from; /* separate positions, advanced */
	char *page;
};

/* At most a page. Bytes written, or an error. */
static long io_send_page(struct io_transfer *t, size_t n)
{
	struct io get = io_kernel(t->page, MIN(n, PAGE_SIZE), t->from);
	long got = file_read(t->in, &get);
	if (got <= 0)
		return got;
	struct io put = io_kernel(t->page, (size_t)got, t->to);
	long moved = file_write(t->out, &put);
	if (moved > 0) {
		t->from += (uint64_t)moved;
		t->to = put.position;
	}
	return moved;
}

/* Once something has been written it does not wait for room, as on Linux. */
static long io_send_pages(struct io_transfer *t, size_t n)
{
	size_t done = 0;
	long moved = n > 0;
	while (moved > 0 && done < n && (done == 0 || poll_file(t->out) & POLL_OUT)) {
		moved = io_send_page(t, n - done);
		done += moved > 0 ? (size_t)moved : 0;
	}
	return done > 0 ? (long)done : moved;
}

/* Positions are read once, before, and set once, after, without their locks, as on Linux. */
static long io_send(struct file *out, struct file *in, size_t n, uint64_t *at)
{
	struct io_transfer t = { out, in, out->position, at ? *at : in->position, NULL };
	t.page = reclaim_room(1) == 0 ? kmalloc(PAGE_SIZE) : NULL;
	if (!t.page)
		return -ENOMEM;
	long done = io_send_pages(&t, n);
	kfree(t.page);
	if (done > 0)
		out->position = t.to;
	if (done > 0 && !at)
		in->position = t.from;
	if (at)
		*at = t.from;
	return done;
}

static long io_send_checked(struct file *out, struct file *in, size_t n, uint64_t *at)
{
	if (!in || !file_readable(in) || !out || !file_writable(out))
		return -EBADF;
	if (!in->ops->seekable && !inode_is(in->inode, MODE_CHAR))
		return at ? -ESPIPE : -EINVAL;
	if (!in->ops->read || !out->ops->write || out->flags & O_APPEND)
		return -EINVAL;
	return io_send(out, in, MIN(n, (size_t)IO_BYTES_MAX), at);
}

/* The position is @at's if given, else the file's. */
static long io_sendfile(const struct syscall_args *args, uint64_t *at)
{
	struct files *t = process_running->fs.files;
	struct file *out = files_hold(t, args->a[0]), *in = files_hold(t, args->a[1]);
	long result = io_send_checked(out, in, args->a[3], at);
	if (in)
		file_put(in);
	if (out)
		file_put(out);
	return result;
}

/* sendfile(out, in, position, count), the position of 32 bits */
long sys_sendfile(const struct syscall_args *args)
{
	uint32_t narrow;
	if (!args->a[2])
		return io_sendfile(args, NULL);
	if (syscall_read_user(&narrow, args->a[2], sizeof(narrow)) != 0)
		return -EFAULT;
	uint64_t at = narrow;
	long result = io_sendfile(args, &at);
	narrow = (uint32_t)at;
	return syscall_write_user(args->a[2], &narrow, sizeof(narrow)) != 0 ? -EFAULT : result;
}

long sys_sendfile64(const struct syscall_args *args)
{
	uint64_t at;
	if (!args->a[2])
		return io_sendfile(args, NULL);
	if (syscall_read_user(&at, args->a[2], sizeof(at)) != 0)
		return -EFAULT;
	long result = io_sendfile(args, &at);
	return syscall_write_user(args->a[2], &at, sizeof(at)) != 0 ? -EFAULT : result;
}

/*
 * Pipes: a ring of 64 KiB between processes.
 *
 * The ring is sixteen pages that are allocated when first written to, so a pipe costs little until
 * it is used. Two counters only increase, bytes written and bytes read; their difference is what
 * the pipe holds, and each modulo the size is the place in the ring.
 *
 * Copying to or from user memory may fault and so let other processes run. A lock is held while
 * bytes are moved, and released before sleeping for room or data. Writes up to PIPE_BUF are atomic:
 * they wait until all of it fits. A piece (within a page of the ring) that the program's memory
 * does not cover completely is not moved at all, as on Linux.
 *
 * Always true
 *   [pipe.1]  written - read <= PIPE_BYTES
 *   [pipe.2]  a page is allocated before a byte of it is counted as written
 *   [pipe.3]  a pipe exists exactly while someone has it open; its inode refers to it, and has a
 *       reference for each open end
 *   [pipe.4]  whoever moves bytes, or checks for them and then sleeps, holds the lock
 *
 * A named pipe's inode gets its ring at the first open. Opening one end waits for somebody to open
 * the other; a count of opens shows that somebody did, even if it was closed again.
 * Left out: packets, changing the size.
 */
#include "kernel/fs/pipe.h"

#include "kernel/fs/file.h"
#include "kernel/fs/io.h"
#include "kernel/fs/poll.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/user.h"

enum { PIPE_PAGES = 16, PIPE_BYTES = PIPE_PAGES * 4096, PIPE_ATOMIC = 4096 };

struct pipe {
	struct inode *inode; /* the pipe's inode; every open end has a reference on it */
	char *pages[PIPE_PAGES];
	uint32_t written, read; /* bytes so far; wrap around */
	uint32_t readers, writers; /* open now */
	uint32_t reader_opens, writer_opens; /* ever */
	struct sleep_lock lock;
	struct wait_queue change; /* wakes: bytes written or read, or an end closed */
};

static uint32_t pipe_number; /* of existing pipes */

static uint32_t pipe_held(const struct pipe *p)
{
	return p->written - p->read;
}

static void pipe_changed(struct pipe *p)
{
	sched_wake_all(&p->change);
	poll_wake();
}

static int pipe_wait(struct pipe *p)
{
	ASSERT(p->lock.held); /* [pipe.4] */
	sleep_lock_release(&p->lock);
	int error = sched_sleep_interruptible(&p->change);
	sleep_lock_take(&p->lock);
	return error;
}

/* The ring's bytes at counter @at, and how many of them are contiguous. */
struct pipe_span {
	char *bytes;
	uint32_t length;
};

static struct pipe_span pipe_span_at(const struct pipe *p, uint32_t at)
{
	char *page = p->pages[at / PAGE_SIZE % PIPE_PAGES];
	uint32_t offset = at % PAGE_SIZE;
	return (struct pipe_span){ .bytes = page ? page + offset : NULL,
				   .length = PAGE_SIZE - offset };
}

/* Wait for data: 0 and the pipe may be empty only at its end; locked before and after. */
static int pipe_wait_for_data(struct pipe *p, const struct file *f)
{
	while (pipe_held(p) == 0 && p->writers > 0) {
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		int error = pipe_wait(p);
		if (error)
			return error;
	}
	return 0;
}

static int pipe_move_out(struct pipe *p, struct io *io)
{
	while (io->left > 0 && pipe_held(p) > 0) {
		struct pipe_span span = pipe_span_at(p, p->read);
		size_t chunk = MIN(MIN(io->left, span.length), pipe_held(p));
		ASSERT(span.bytes != NULL && p->lock.held); /* [pipe.2], [pipe.4] */
		int error = io_give_all(io, span.bytes, chunk);
		if (error)
			return error;
		p->read += chunk;
	}
	return 0;
}

static int pipe_read(struct file *f, struct io *io)
{
	struct pipe *p = f->private;
	if (io->left == 0)
		return 0;
	sleep_lock_take(&p->lock);
	int error = pipe_wait_for_data(p, f);
	if (!error)
		error = pipe_move_out(p, io);
	sleep_lock_release(&p->lock);
	pipe_changed(p);
	return error;
}

/* Pages for the next @n bytes, which fit. */
static int pipe_reserve(struct pipe *p, size_t n)
{
	for (uint32_t at = ROUND_DOWN(p->written, PAGE_SIZE);
	     at - ROUND_DOWN(p->written, PAGE_SIZE) < (p->written % PAGE_SIZE) + n;
	     at += PAGE_SIZE) {
		char **page = &p->pages[at / PAGE_SIZE % PIPE_PAGES];
		if (*page)
			continue;
		if (reclaim_room(1) != 0)
			return -ENOMEM;
		*page = kmalloc(PAGE_SIZE);
		if (!*page)
			return -ENOMEM;
	}
	return 0;
}

/* What fits now. */
static int pipe_move_in(struct pipe *p, struct io *io)
{
	size_t n = MIN(io->left, PIPE_BYTES - pipe_held(p));
	int error = pipe_reserve(p, n);
	while (!error && n > 0) {
		struct pipe_span span = pipe_span_at(p, p->written);
		size_t chunk = MIN(n, span.length);
		ASSERT(span.bytes != NULL && p->lock.held); /* [pipe.2], [pipe.4] */
		error = io_take_all(io, span.bytes, chunk);
		p->written += error ? 0 : chunk;
		ASSERT(pipe_held(p) <= PIPE_BYTES); /* [pipe.1] */
		n -= chunk;
	}
	return error;
}

/* Wait until @n bytes fit, or for more than PIPE_BUF until one does; locked before and after. */
static int pipe_wait_for_room(struct pipe *p, const struct file *f, size_t n)
{
	uint32_t wanted = n <= PIPE_ATOMIC ? n : 1;
	while (p->readers > 0 && PIPE_BYTES - pipe_held(p) < wanted) {
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		int error = pipe_wait(p);
		if (error)
			return error;
	}
	if (p->readers > 0)
		return 0;
	signal_send(process_running, SIGPIPE);
	return -EPIPE;
}

static int pipe_write_locked(struct pipe *p, const struct file *f, struct io *io)
{
	int error = 0;
	while (!error && io->left > 0) {
		error = pipe_wait_for_room(p, f, io->left);
		if (!error)
			error = pipe_move_in(p, io);
		pipe_changed(p);
	}
	return error;
}

static int pipe_write(struct file *f, struct io *io)
{
	struct pipe *p = f->private;
	sleep_lock_take(&p->lock);
	int error = pipe_write_locked(p, f, io);
	sleep_lock_release(&p->lock);
	return error;
}

static long pipe_ioctl(struct file *f, unsigned request, struct aspace *as, uptr_t arg)
{
	enum { FIONREAD = 0x541b };
	struct pipe *p = f->private;
	uint32_t held = pipe_held(p);
	if (request != FIONREAD)
		return -ENOTTY;
	return user_write(as, arg, &held, sizeof(held));
}

static unsigned pipe_poll_read(struct file *f)
{
	const struct pipe *p = f->private;
	return (pipe_held(p) > 0 ? POLL_IN : 0) | (p->writers == 0 ? POLL_HUP : 0);
}

static unsigned pipe_poll_write(struct file *f)
{
	const struct pipe *p = f->private;
	bool room = PIPE_BYTES - pipe_held(p) >= PIPE_ATOMIC;
	return (room ? POLL_OUT : 0) | (p->readers == 0 ? POLL_ERR : 0);
}

static void pipe_destroy(struct pipe *p)
{
	ASSERT(p->inode->pipe == p && list_empty(&p->change.sleepers)); /* [pipe.3] */
	ASSERT(p->readers == 0 && p->writers == 0 && !p->lock.held);	/* [pipe.3] */
	pipe_number--;
	p->inode->pipe = NULL;
	for (int i = 0; i < PIPE_PAGES; i++)
		kfree(p->pages[i]);
	kfree(p);
}

/* Undo the opening of one end, or close it. */
static void pipe_leave(struct pipe *p, const struct file *f)
{
	ASSERT(!file_readable(f) || p->readers > 0); /* [pipe.3] */
	ASSERT(!file_writable(f) || p->writers > 0); /* [pipe.3] */
	if (file_readable(f))
		p->readers--;
	if (file_writable(f))
		p->writers--;
	pipe_changed(p);
	if (p->readers == 0 && p->writers == 0)
		pipe_destroy(p);
}

static void pipe_close(struct file *f)
{
	pipe_leave(f->private, f);
}

static void pipe_check(const struct file *f)
{
	const struct pipe *p = f->private;
	ASSERT(p->inode == f->inode && f->inode->pipe == p); /* [pipe.3] */
	ASSERT(p->inode->refs >= MAX(p->readers, p->writers)); /* [pipe.3] */
	ASSERT(!file_readable(f) || p->readers > 0);	       /* [pipe.3] */
	ASSERT(!file_writable(f) || p->writers > 0);	       /* [pipe.3] */
	ASSERT(pipe_held(p) <= PIPE_BYTES);		       /* [pipe.1] */
	for (uint32_t at = p->read; at != p->written; at += MIN(PAGE_SIZE - at % PAGE_SIZE,
								 p->written - at))
		ASSERT(pipe_span_at(p, at).bytes != NULL); /* [pipe.2] */
}

static const struct file_ops pipe_read_ops = {
	.name = "pipe", .read = pipe_read, .ioctl = pipe_ioctl, .close = pipe_close,
	.poll = pipe_poll_read, .check = pipe_check,
};
static const struct file_ops pipe_write_ops = {
	.name = "pipe", .write = pipe_write, .ioctl = pipe_ioctl, .close = pipe_close,
	.poll = pipe_poll_write, .check = pipe_check,
};
static const struct file_ops pipe_both_ops = {
	.name = "pipe", .read = pipe_read, .write = pipe_write, .ioctl = pipe_ioctl,
	.close = pipe_close, .check = pipe_check,
};

bool pipe_is(const struct file *f)
{
	return f->ops == &pipe_read_ops || f->ops == &pipe_write_ops || f->ops == &pipe_both_ops;
}

uint32_t pipe_count(void)
{
	return pipe_number;
}

/* The ring of pipe inode @i, created if missing. NULL: no memory. */
static struct pipe *pipe_of(struct inode *i)
{
	if (i->pipe)
		return i->pipe;
	struct pipe *p = kzalloc(sizeof(*p));
	if (!p)
		return NULL;
	pipe_number++;
	p->inode = i;
	i->pipe = p;
	wait_queue_init(&p->change);
	return p;
}

/* Make @f an end of @p. */
static void pipe_join(struct pipe *p, struct file *f)
{
	ASSERT(f->inode == p->inode && (file_readable(f) || file_writable(f))); /* [pipe.3] */
	f->private = p;
	f->ops = !file_writable(f) ? &pipe_read_ops
		 : file_readable(f) ? &pipe_both_ops
				    : &pipe_write_ops;
	if (file_readable(f)) {
		p->readers++;
		p->reader_opens++;
	}
	if (file_writable(f)) {
		p->writers++;
		p->writer_opens++;
	}
	sched_wake_all(&p->change);
}

/* Wait until somebody opens the other end. */
static int fifo_wait(struct pipe *p, const uint32_t *open_now, const uint32_t *opens)
{
	uint32_t before = *opens;
	while (*open_now == 0 && *opens == before) {
		int error = sched_sleep_interruptible(&p->change);
		if (error)
			return error;
	}
	return 0;
}

static int fifo_open(struct file *f)
{
	struct pipe *p = pipe_of(f->inode);
	int error = 0;
	if (!p)
		return -ENOMEM;
	bool wait = !(f->flags & O_NONBLOCK);
	pipe_join(p, f);
	if (f->ops == &pipe_read_ops && wait)
		error = fifo_wait(p, &p->writers, &p->writer_opens);
	else if (f->ops == &pipe_write_ops && wait)
		error = fifo_wait(p, &p->readers, &p->reader_opens);
	else if (f->ops == &pipe_write_ops && p->readers == 0)
		error = -ENXIO;
	if (error)
		pipe_leave(p, f);
	return error;
}

const struct file_ops fifo_ops = { .name = "pipe", .open = fifo_open };

static const char *pipe_name_of(const struct inode *i)
{
	(void)i;
	return NULL;
}

static const struct inode_ops pipe_inode_ops = {
	.name = "pipefs", .device = 3, .magic = 0x50495045, .name_of = pipe_name_of,
};

/* An end of a pipe not yet visible to others. NULL: no memory. */
static struct file *pipe_open_end(struct inode *i, unsigned flags)
{
	struct file *f = file_create(&fifo_ops, i, flags);
	if (f)
		pipe_join(i->pipe, f);
	return f;
}

int pipe_create(unsigned flags, struct pipe_ends *ends)
{
	struct inode *i = inode_create(&pipe_inode_ops, MODE_FIFO | 0600);
	if (!i)
		return -ENOMEM;
	i->files = &fifo_ops;
	if (!pipe_of(i)) {
		inode_put(i);
		return -ENOMEM;
	}
	ends->reader = pipe_open_end(i, O_RDONLY | flags);
	ends->writer = ends->reader ? pipe_open_end(i, O_WRONLY | flags) : NULL;
	if (!ends->reader)
		pipe_destroy(i->pipe);
	else if (!ends->writer)
		file_put(ends->reader);
	inode_put(i);
	return ends->writer ? 0 : -ENOMEM;
}

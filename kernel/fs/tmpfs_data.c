/*
 * Contents of regular files: reading, writing, holes.
 *
 * A read takes each page from where it is. A page of the object, in a frame or on a slot, is
 * brought in, pinned and copied. A page only in the archive is copied from there, bypassing the
 * page cache: a cached copy would take a frame and save nothing. A hole reads as zeroes.
 *
 * A write brings the page into the object, pinned, and copies into it; a page that is replaced as a
 * whole is not read first. The page is dirty from then on, and is evicted to a slot when frames are
 * short. Maps share the same frame, so they and read and write never differ.
 *
 * A program's memory may fault during the copy, and other processes may run meanwhile. The pin
 * keeps the page in place; the size is rechecked for each page.
 *
 * Always true: a page passed to filepage_put with "modified" is filled with the file's contents,
 * never with stale contents of the frame.
 */
#include "kernel/fs/tmpfs_data.h"

#include "kernel/fs/file.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/io.h"
#include "kernel/fs/pmem.h"
#include "kernel/proc/signal.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/filepage.h"
#include "mm/reclaim.h"

/*
 * Every page that a file gets is one less for processes, in memory or on swap, and a process that
 * finds none is killed. So the file system is full before memory is.
 */
bool tmpfs_has_room(void)
{
	uint32_t all = frame_stats.total + swap_capacity();
	uint32_t slots = swap_capacity() - swap_stats.used;
	uint32_t left = frame_stats.free + page_stats.cached + slots;
	return left > reclaim_stats.reserve + all / 32;
}

/* A page of the file for a system call. Lack of memory is reported as "no space". */
static int tmpfs_get_page(struct inode *i, uint32_t index, bool overwrite, struct frame **page)
{
	int error = filepage_get(&i->object, index, overwrite, page);
	return error == -ENOMEM ? -ENOSPC : error;
}

/* Bytes from @at to the end of its page, @n at most. */
static size_t tmpfs_chunk(uint32_t at, size_t n)
{
	return MIN(n, PAGE_SIZE - (at & PAGE_MASK));
}

/* --- reading --- */

/* @n bytes of one page that nobody has changed. */
static int tmpfs_read_source(const struct inode *i, struct io *io, size_t n)
{
	uint32_t at = (uint32_t)io->position;
	size_t archived = at < i->source.bytes ? MIN(n, i->source.bytes - at) : 0;
	int error = archived ? pmem_give(io, i->source.start + at, archived) : 0;
	if (!error && io_give_zeroes(io, n - archived) < n - archived)
		error = -EFAULT;
	return error;
}

/* @n bytes of one page, from where they are. */
static int tmpfs_read_some(struct inode *i, struct io *io, size_t n)
{
	uint32_t at = (uint32_t)io->position, index = at >> PAGE_SHIFT;
	ASSERT(n > 0 && (at & PAGE_MASK) + n <= PAGE_SIZE);
	struct frame *page = filepage_resident(&i->object, index);
	if (!page) {
		if (!filepage_exists(&i->object, index))
			return tmpfs_read_source(i, io, n);
		int error = filepage_get(&i->object, index, false, &page);
		if (error)
			return error;
	}
	size_t moved = io_give(io, (char *)frame_bytes(page) + (at & PAGE_MASK), n);
	filepage_put(page, false);
	return moved < n ? -EFAULT : 0;
}

int tmpfs_read(struct inode *i, struct io *io)
{
	int error = 0;
	while (!error && io->left > 0 && io->position < i->size) {
		uint32_t at = (uint32_t)io->position;
		error = tmpfs_read_some(i, io, tmpfs_chunk(at, MIN(io->left, i->size - at)));
	}
	return error;
}

static int regular_read(struct file *f, struct io *io)
{
	if (io->left > 0)
		inode_accessed(f->inode);
	return tmpfs_read(f->inode, io);
}

size_t inode_read(struct inode *i, uint32_t offset, void *buf, size_t n)
{
	struct io io = io_kernel(buf, n, offset);
	tmpfs_read(i, &io); /* what was done counts, not the error */
	return io.done;
}

/* --- writing --- */

/* The page was to be replaced as a whole but was not: restore its old contents from @offset on. */
static int tmpfs_refill(struct inode *i, uint32_t index, struct frame *page, size_t offset)
{
	return object_read(&i->object, (index << PAGE_SHIFT) + offset,
			   (char *)frame_bytes(page) + offset, PAGE_SIZE - offset);
}

/* @n bytes of one page. 0 or -EFAULT, -ENOSPC, -EIO. */
static int tmpfs_write_some(struct inode *i, struct io *io, size_t n)
{
	uint32_t at = (uint32_t)io->position, index = at >> PAGE_SHIFT;
	ASSERT(n > 0 && (at & PAGE_MASK) + n <= PAGE_SIZE);
	struct frame *page = filepage_resident(&i->object, index);
	bool new = !page && !filepage_exists(&i->object, index), fresh = new && n == PAGE_SIZE;
	int error = new && !tmpfs_has_room() ? -ENOSPC : 0;
	if (!page && !error)
		error = tmpfs_get_page(i, index, fresh, &page);
	if (error)
		return error;
	size_t moved = io_take(io, (char *)frame_bytes(page) + (at & PAGE_MASK), n);
	if (moved < n)
		error = fresh && tmpfs_refill(i, index, page, moved) != 0 ? -EIO : -EFAULT;
	filepage_put(page, true);
	if (moved > 0 && at + moved > i->size) {
		i->object.size_bytes = at + moved;
		i->size = at + moved;
	}
	return error;
}

/* Locked. */
static int tmpfs_write(struct inode *i, struct io *io)
{
	int error = 0;
	if (io->left > 0 && io->position >= INODE_SIZE_MAX)
		return -EFBIG;
	while (!error && io->left > 0 && io->position < INODE_SIZE_MAX) {
		uint32_t at = (uint32_t)io->position;
		size_t n = tmpfs_chunk(at, MIN(io->left, INODE_SIZE_MAX - at));
		error = tmpfs_write_some(i, io, n);
	}
	if (io->done > 0)
		inode_changed(i);
	return error;
}

/* Writers are serialised: two that append, each through an open file of its own, do not collide. */
static int regular_write(struct file *f, struct io *io)
{
	struct inode *i = f->inode;
	sleep_lock_take(&i->content_lock);
	if (f->flags & O_APPEND)
		io->position = i->size;
	int error = tmpfs_write(i, io);
	sleep_lock_release(&i->content_lock);
	return error;
}

static int directory_read(struct file *f, struct io *io)
{
	(void)f, (void)io;
	return -EISDIR;
}

const struct file_ops regular_ops = {
	.name = "file", .read = regular_read, .write = regular_write, .seekable = true,
};
const struct file_ops directory_ops = {
	.name = "directory", .read = directory_read, .seekable = true,
};

/* --- size, holes --- */

int tmpfs_set_size(struct inode *i, uint32_t size)
{
	int error = filepage_truncate(&i->object, size);
	if (error)
		return error == -ENOMEM ? -ENOSPC : error;
	i->size = size;
	return 0;
}

/* Zero @n bytes of one page. */
static int tmpfs_clear_some(struct inode *i, uint32_t at, size_t n)
{
	ASSERT(n > 0 && (at & PAGE_MASK) + n <= PAGE_SIZE);
	uint32_t index = at >> PAGE_SHIFT;
	bool archived = (index << PAGE_SHIFT) < i->source.bytes;
	struct frame *page;
	if (!archived && !filepage_exists(&i->object, index))
		return 0;
	int error = tmpfs_get_page(i, index, n == PAGE_SIZE, &page);
	if (error)
		return error;
	memset((char *)frame_bytes(page) + (at & PAGE_MASK), 0, n);
	filepage_put(page, true);
	return 0;
}

static int tmpfs_punch_locked(struct inode *i, uint64_t start, uint64_t end)
{
	end = MIN(end, (uint64_t)i->size);
	for (uint64_t at = start; at < end;) {
		size_t chunk = tmpfs_chunk((uint32_t)at, (size_t)(end - at));
		int error = tmpfs_clear_some(i, (uint32_t)at, chunk);
		if (error)
			return error;
		at += chunk;
	}
	inode_changed(i);
	return 0;
}

int tmpfs_punch(struct inode *i, uint64_t start, uint64_t end)
{
	sleep_lock_take(&i->content_lock);
	int error = tmpfs_punch_locked(i, start, end);
	sleep_lock_release(&i->content_lock);
	return error;
}

int tmpfs_allocate(struct inode *i, uint64_t start, uint64_t end)
{
	for (uint64_t at = start; at < end;) {
		uint32_t index = (uint32_t)(at >> PAGE_SHIFT);
		struct frame *page;
		if (signal_wanted(process_running))
			return -EINTR;
		if (at >= i->source.bytes && !filepage_exists(&i->object, index)) {
			int error = tmpfs_has_room() ? tmpfs_get_page(i, index, false, &page)
						     : -ENOSPC;
			if (error)
				return error;
			filepage_put(page, true);
		}
		at = ((uint64_t)index + 1) << PAGE_SHIFT;
	}
	return 0;
}

/* Does byte @at lie in data? */
static bool tmpfs_is_data(const struct inode *i, uint32_t at)
{
	return at < i->source.bytes || filepage_exists(&i->object, at >> PAGE_SHIFT);
}

int64_t tmpfs_seek(const struct inode *i, uint64_t at, bool hole)
{
	if (at >= i->size)
		return -ENXIO;
	while (at < i->size && tmpfs_is_data(i, (uint32_t)at) == hole) {
		uint32_t next = (uint32_t)(at >> PAGE_SHIFT) + 1;
		if (!hole)
			next = object_next(&i->object, next);
		at = next == UINT32_MAX ? i->size : (uint64_t)next << PAGE_SHIFT;
	}
	if (at >= i->size)
		return hole ? (int64_t)i->size : -ENXIO;
	return (int64_t)at;
}

uint32_t tmpfs_pages(const struct inode *i)
{
	uint32_t archived = page_up(i->source.bytes) >> PAGE_SHIFT;
	return MAX(archived, i->object.npages);
}

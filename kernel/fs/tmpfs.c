/*
 * The root's file system: its inodes.
 *
 * Everything is in memory. A regular file's bytes are in one of three places, page by page: in its
 * object (a frame, or a slot of the swap area), else in the archive it came from, else nowhere,
 * which reads as zeroes. The archive is the machine's disk and is never written: a modified page
 * stays in the object for good. So a file from an archive and one created by a program are the same
 * thing; the second has an archive of no bytes.
 *
 * Truncation also shortens the archive part: bytes after the new end must read as zeroes if the
 * file grows again. A file with nothing left in the archive gets an object without a source, so
 * that its new pages need no reading.
 *
 * Contents are read and written in tmpfs_data.c.
 *
 * Always true
 *   [tmpfs.1]  source.bytes is at most the size
 *   [tmpfs.2]  the object reads from the archive exactly while source.bytes is above 0
 */
#include "kernel/fs/tmpfs.h"

#include "drivers/block.h"
#include "kernel/fs/device.h"
#include "kernel/fs/dir.h"
#include "kernel/fs/pipe.h"
#include "kernel/fs/pmem.h"
#include "kernel/fs/tmpfs_data.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

/* --- objects --- */

/* What lies on the machine's disk besides the swap area; its pages are found by their address. */
static const struct block_device tmpfs_archives = { .name = "archives" };

static int tmpfs_object_read(struct object *o, uint32_t offset, void *buf, size_t n)
{
	const struct inode *i = container_of(o, struct inode, object);
	size_t got = 0;
	if (offset < i->source.bytes)
		block_wait(&tmpfs_archives, BLOCK_READ);
	if (offset < i->source.bytes) { /* recheck: it may have been truncated meanwhile */
		got = MIN(n, i->source.bytes - offset);
		pmem_read(buf, i->source.start + offset, got);
	}
	memset((char *)buf + got, 0, n - got);
	return 0;
}

static const struct object_ops tmpfs_archived_ops = {
	.name = "file",
	.read = tmpfs_object_read,
	.destroy = inode_object_gone,
	.keeps_pages = true,
};
static const struct object_ops tmpfs_new_ops = {
	.name = "new file",
	.destroy = inode_object_gone,
	.keeps_pages = true,
};

bool tmpfs_has_pages(const struct inode *i)
{
	return i->object.ops != NULL;
}

void tmpfs_set_source(struct inode *i, paddr_t start, uint32_t bytes)
{
	i->source.start = start;
	i->source.bytes = bytes;
	i->size = bytes;
	object_init(&i->object, bytes ? &tmpfs_archived_ops : &tmpfs_new_ops, bytes);
}

/* --- inodes --- */

/* The operations of open files of this type. NULL: it cannot be opened. */
static const struct file_ops *tmpfs_files(unsigned mode, uint32_t rdev)
{
	switch (mode & MODE_TYPE) {
	case MODE_REGULAR:
	case MODE_LINK:
		return &regular_ops;
	case MODE_DIR:
		return &directory_ops;
	case MODE_FIFO:
		return &fifo_ops;
	case MODE_CHAR:
		return device_find(rdev);
	}
	return NULL;
}

struct inode *tmpfs_create(unsigned mode, uint32_t rdev)
{
	struct inode *i = inode_create(&tmpfs_ops, mode);
	if (!i)
		return NULL;
	i->files = tmpfs_files(mode, rdev);
	i->rdev = rdev;
	if (inode_is(i, MODE_REGULAR))
		tmpfs_set_source(i, 0, 0);
	if (inode_is(i, MODE_DIR)) {
		i->nlink = 2;
		i->size = PAGE_SIZE;
		list_init(&i->dir.entries);
	}
	return i;
}

struct inode *tmpfs_create_link(const char *target)
{
	size_t length = strlen(target);
	struct inode *i = tmpfs_create(MODE_LINK | 0777, 0);
	char *copy = i ? reclaim_kmalloc(length + 1) : NULL;
	if (!copy) {
		inode_put(i);
		return NULL;
	}
	memcpy(copy, target, length + 1);
	i->target = copy;
	i->size = (uint32_t)length;
	return i;
}

static void tmpfs_destroy(struct inode *i)
{
	if (inode_is(i, MODE_LINK))
		kfree(i->target);
}

/* --- directories and links --- */

static int tmpfs_find(struct inode *dir, const char *name, size_t length, struct inode **found)
{
	struct dir_entry *e = dir_find(dir, name, length);
	if (!e)
		return -ENOENT;
	*found = inode_get(e->inode);
	return 0;
}

static void tmpfs_list(struct inode *dir, struct dir_listing *to)
{
	list_for_each_entry(const struct dir_entry, e, &dir->dir.entries, link) {
		const struct dir_item item = { e->name, e->inode->number, e->inode->mode };
		if (!dir_list_add(to, &item, e->serial))
			return;
	}
}

static long tmpfs_read_link(struct inode *link, char *buf, size_t size)
{
	size_t n = MIN(link->size, size);
	memcpy(buf, link->target, n);
	return (long)n;
}

static const char *tmpfs_name_of(const struct inode *i)
{
	return i->name ? i->name->name : NULL;
}

const struct inode_ops tmpfs_ops = {
	.name = "tmpfs",
	.device = 1,
	.magic = 0x01021994,
	.changeable = true,
	.find = tmpfs_find,
	.list = tmpfs_list,
	.read_link = tmpfs_read_link,
	.name_of = tmpfs_name_of,
	.destroy = tmpfs_destroy,
};

/* --- the size --- */

static int tmpfs_truncate_locked(struct inode *i, uint64_t size)
{
	int error = tmpfs_set_size(i, (uint32_t)size);
	if (error)
		return error;
	if (i->source.bytes > i->size)
		i->source.bytes = i->size;
	if (i->source.bytes == 0)
		i->object.ops = &tmpfs_new_ops;
	inode_changed(i);
	return 0;
}

void tmpfs_check(const struct inode *i)
{
	bool archived = i->object.ops == &tmpfs_archived_ops;
	ASSERT(archived || i->object.ops == &tmpfs_new_ops);
	ASSERT(i->source.bytes <= i->size);	      /* [tmpfs.1] */
	ASSERT(archived == (i->source.bytes > 0));    /* [tmpfs.2] */
	object_check(&i->object);
}

int tmpfs_truncate(struct inode *i, uint64_t size)
{
	if (size > INODE_SIZE_MAX)
		return -EFBIG;
	sleep_lock_take(&i->content_lock);
	int error = tmpfs_truncate_locked(i, size);
	sleep_lock_release(&i->content_lock);
	return error;
}

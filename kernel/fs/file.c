/*
 * Open files and each process's table of them.
 *
 * A struct file is created by open: a position, flags, and operations by kind. fork and dup share
 * it, so it is reference-counted; the last put closes it. A process's table maps descriptors to
 * files. It starts small and doubles, as most programs use few descriptors and fork copies the
 * table.
 *
 * Descriptors of one file, in one process or in several, share its position. A call that reads or
 * writes there locks the position for its duration, as on Linux: it reads it once, before, and sets
 * it once, after (file_moved_on). Two such calls are serialised and neither sees an intermediate
 * position; a call with a position of its own (pread, sendfile) neither reads nor sets it. Files
 * without positions are not locked: a reader waiting at a pipe must not block others.
 *
 * Threads share a table, so while a call sleeps another thread may close the file it is using. So a
 * call holds a reference to its file (files_hold) and drops it at the end: there is no table of
 * held files, and no limit on their number. A call that does not sleep between finding and using
 * the file needs none (files_find).
 *
 * Always true
 *   [file.1]  a file's count is the number of slots that hold it, plus the calls that currently
 *       hold it
 *   [file.2]  a slot without a file has no flags
 *   [file.3]  a table has one reference from each thread that uses it, and no other
 *   [file.4]  a file has a reference on its inode; one open for writing is counted there
 *   [file.5]  without processes no file is open
 *   [file.6]  only the holder of the position lock changes a position; sendfile sets one without
 *             it, as on Linux
 */
#include "kernel/fs/file.h"

#include "kernel/base/panic.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

enum { FILES_FIRST_CAPACITY = 16, FILES_ROOM_FRAMES = 4 };

static struct slab_cache *file_cache;

void file_init(void)
{
	file_cache = slab_create("file", sizeof(struct file), 0, NULL);
	if (!file_cache)
		panic("no memory for the cache of files");
}

uint32_t file_count(void)
{
	return file_cache->inuse;
}

struct file *file_create(const struct file_ops *ops, struct inode *inode, unsigned flags)
{
	struct file *f = reclaim_slab_alloc(file_cache);
	if (f)
		*f = (struct file){
			.ops = ops,
			.inode = inode_get(inode),
			.refs = 1,
			.flags = flags & ~O_CLOEXEC,
		};
	if (f && file_writable(f))
		inode->writers++;
	return f;
}

void file_end(struct file *f)
{
	if (f->ops->close)
		f->ops->close(f);
	ASSERT(!file_writable(f) || f->inode->writers > 0); /* [file.4] */
	if (file_writable(f))
		f->inode->writers--;
	inode_put(f->inode);
	slab_free(file_cache, f);
}

/* --- reading and writing --- */

/* The position only advances if something was transferred. */
static inline long file_moved_on(struct file *f, const struct io *io, long moved)
{
	if (moved > 0)
		f->position = io->position;
	sleep_lock_release(&f->position_lock);
	return moved;
}

long file_read_on(struct file *f, struct io *io)
{
	sleep_lock_take(&f->position_lock);
	io->position = f->position;
	return file_moved_on(f, io, file_read(f, io));
}

long file_write_on(struct file *f, struct io *io)
{
	sleep_lock_take(&f->position_lock);
	io->position = f->position;
	return file_moved_on(f, io, file_write(f, io));
}

/* --- descriptors --- */

static struct files *files_create_sized(uint32_t capacity)
{
	struct files *t = kmalloc(sizeof(*t));
	struct file_slot *slots = kzalloc(capacity * sizeof(*slots));
	if (!t || !slots) {
		kfree(t);
		kfree(slots);
		return NULL;
	}
	*t = (struct files){ .refs = 1, .capacity = capacity, .limit = FILES_MAX, .slots = slots };
	return t;
}

struct files *files_create(void)
{
	return files_create_sized(FILES_FIRST_CAPACITY);
}

struct files *files_fork(const struct files *from)
{
	struct files *t = files_create_sized(from->capacity);
	if (!t)
		return NULL;
	t->limit = from->limit;
	memcpy(t->slots, from->slots, from->capacity * sizeof(*t->slots));
	for (uint32_t fd = 0; fd < t->capacity; fd++)
		if (t->slots[fd].file)
			file_get(t->slots[fd].file);
	return t;
}

struct files *files_get(struct files *t)
{
	ASSERT(t->refs > 0); /* [file.3] */
	t->refs++;
	return t;
}

void files_put(struct files *t)
{
	ASSERT(t->refs > 0); /* [file.3] */
	t->refs--;
	if (t->refs > 0)
		return;
	for (uint32_t fd = 0; fd < t->capacity; fd++) {
		ASSERT(t->slots[fd].file || !t->slots[fd].cloexec); /* [file.2] */
		if (t->slots[fd].file)
			file_put(t->slots[fd].file);
	}
	kfree(t->slots);
	kfree(t);
}

void files_close_on_exec(struct files *t)
{
	for (uint32_t fd = 0; fd < t->capacity; fd++)
		if (t->slots[fd].cloexec)
			files_close(t, fd);
}

struct file *files_hold(const struct files *t, uint32_t fd)
{
	struct file *f = files_find(t, fd);
	return f ? file_get(f) : NULL;
}

/*
 * Make sure that slot @fd, below FILES_MAX, exists. Reclaim may let another thread run and grow the
 * table meanwhile: no pointer is kept across it.
 */
static int files_grow(struct files *t, uint32_t fd)
{
	for (unsigned tries = 0; fd >= t->capacity; tries++) {
		uint32_t capacity = t->capacity;
		while (capacity <= fd)
			capacity *= 2;
		struct file_slot *slots = krealloc(t->slots, capacity * sizeof(*slots));
		if (!slots) {
			if (tries > 0 || reclaim_room(FILES_ROOM_FRAMES) != 0)
				return -ENOMEM;
			continue;
		}
		memset(slots + t->capacity, 0, (capacity - t->capacity) * sizeof(*slots));
		t->slots = slots;
		t->capacity = capacity;
	}
	return 0;
}

/* The lowest free descriptor at or above @from, perhaps past the table's end. */
static uint32_t files_first_free(const struct files *t, uint32_t from)
{
	uint32_t fd = from;
	while (fd < t->capacity && t->slots[fd].file)
		fd++;
	return fd;
}

long files_add(struct files *t, struct file *f, uint32_t from, bool cloexec)
{
	uint32_t fd = files_first_free(t, from);
	while (fd >= t->capacity) {
		if (fd >= t->limit)
			return -EMFILE;
		if (files_grow(t, fd) != 0)
			return -ENOMEM;
		fd = files_first_free(t, from); /* another thread may have come first */
	}
	if (fd >= t->limit)
		return -EMFILE;
	ASSERT(!t->slots[fd].file && !t->slots[fd].cloexec && f->refs > 0); /* [file.1], [file.2] */
	t->slots[fd] = (struct file_slot){ .file = f, .cloexec = cloexec };
	return (long)fd;
}

long files_set(struct files *t, uint32_t fd, struct file *f, bool cloexec)
{
	ASSERT(fd < FILES_MAX && f->refs > 0); /* [file.1] */
	if (files_grow(t, fd) != 0)
		return -ENOMEM;
	struct file *old = t->slots[fd].file;
	t->slots[fd] = (struct file_slot){ .file = f, .cloexec = cloexec };
	if (old)
		file_put(old);
	return (long)fd;
}

int files_close(struct files *t, uint32_t fd)
{
	struct file *f = files_find(t, fd);
	if (!f)
		return -EBADF;
	t->slots[fd] = (struct file_slot){ .file = NULL };
	file_put(f);
	return 0;
}

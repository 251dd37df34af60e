/*
 * Open files and each process's table of them. Theory in file.c. Context: process. May reclaim.
 */
#ifndef KERNEL_FS_FILE_H
#define KERNEL_FS_FILE_H

#include "kernel/base/sleep_lock.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/io.h"
#include "lib/assert.h"
#include "lib/errno.h"

enum {
	O_ACCMODE = 3,
	O_RDONLY = 0,
	O_WRONLY = 1,
	O_RDWR = 2,
	O_CREAT = 0100,
	O_EXCL = 0200,
	O_NOCTTY = 0400,
	O_TRUNC = 01000,
	O_APPEND = 02000,
	O_NONBLOCK = 04000,
	O_DSYNC = 010000,
	O_LARGEFILE = 0100000,
	O_DIRECTORY = 0200000,
	O_NOFOLLOW = 0400000,
	O_CLOEXEC = 02000000,
	O_PATH = 010000000,
	O_TMPFILE = 020000000, /* always with O_DIRECTORY */
};
enum { FILES_MAX = 4096, SEEK_SET = 0, SEEK_CUR, SEEK_END, SEEK_DATA, SEEK_HOLE };

struct file;

/* Operations on an open file; NULL: -EINVAL, or -ENOTTY for ioctl. */
struct file_ops {
	const char *name;
	/*
	 * @f is new and is being opened: 0, or an error, after which it is freed without a close.
	 * May change @f->ops. NULL: nothing to do.
	 */
	int (*open)(struct file *f);
	/*
	 * Move bytes at io->position, where the file has positions, and count them (io.h). 0, or an
	 * error, which is only reported if nothing was moved.
	 */
	int (*read)(struct file *f, struct io *io);
	int (*write)(struct file *f, struct io *io);
	/* @arg is a number, or a pointer to user memory of @as. */
	long (*ioctl)(struct file *f, unsigned request, struct aspace *as, uptr_t arg);
	/* The last reference is gone. NULL: nothing to do. */
	void (*close)(struct file *f);
	/*
	 * What can be done without blocking: POLL* (poll.h). Whoever changes the result calls
	 * poll_wake. NULL: reading and writing never block.
	 */
	unsigned (*poll)(struct file *f);
	/* Asserts the kind's numbered invariants. NULL: none. */
	void (*check)(const struct file *f);
	bool seekable;
};

struct file {
	const struct file_ops *ops;
	struct inode *inode; /* what stat describes; with a reference; never NULL */
	void *private;	     /* private to the kind */
	uint32_t refs;
	uint32_t flags; /* O_* without O_CLOEXEC */
	/* Shared by all its descriptors. file.c says who may change it when. */
	uint64_t position;
	struct sleep_lock position_lock;
};

void file_init(void); /* boot */
/* Number of open files. */
uint32_t file_count(void);
/*
 * A file with one reference, access by @flags; takes its own reference to @inode. NULL: no memory.
 */
MUST_CHECK struct file *file_create(const struct file_ops *ops, struct inode *inode,
				    unsigned flags);
static inline struct file *file_get(struct file *f)
{
	f->refs++;
	return f;
}
/* For file_put: the last reference is dropped. */
void file_end(struct file *f);
/* The last put closes it. */
static inline void file_put(struct file *f)
{
	ASSERT(f->refs > 0); /* [file.1] */
	f->refs--;
	if (f->refs == 0)
		file_end(f);
}
static inline bool file_readable(const struct file *f)
{
	return (f->flags & O_ACCMODE) != O_WRONLY && !(f->flags & O_PATH);
}

static inline bool file_writable(const struct file *f)
{
	return (f->flags & O_ACCMODE) != O_RDONLY && !(f->flags & O_PATH);
}

/* 0, -EBADF (not opened for that access), -EINVAL (not supported by the file). */
MUST_CHECK static inline int file_may_read(const struct file *f)
{
	if (!file_readable(f))
		return -EBADF;
	return f->ops->read ? 0 : -EINVAL;
}
MUST_CHECK static inline int file_may_write(const struct file *f)
{
	if (!file_writable(f))
		return -EBADF;
	return f->ops->write ? 0 : -EINVAL;
}
/* At io->position; the file's own is unchanged. Bytes moved, or an error. Access was checked. */
static inline long file_read(struct file *f, struct io *io)
{
	int error = f->ops->read(f, io);
	return io->done > 0 ? (long)io->done : error;
}
static inline long file_write(struct file *f, struct io *io)
{
	int error = f->ops->write(f, io);
	return io->done > 0 ? (long)io->done : error;
}
/* At the file's position, which advances by the bytes moved. For a file that has one. */
long file_read_on(struct file *f, struct io *io);
long file_write_on(struct file *f, struct io *io);
/* To bracket a change of the position by other calls. */
static inline void file_lock_position(struct file *f)
{
	if (f->ops->seekable)
		sleep_lock_take(&f->position_lock);
}
static inline void file_unlock_position(struct file *f)
{
	if (f->ops->seekable)
		sleep_lock_release(&f->position_lock);
}

struct file_slot {
	struct file *file; /* NULL: free */
	bool cloexec;
};

/* A process's descriptors; threads share one table. */
struct files {
	uint32_t refs;
	uint32_t capacity; /* number of slots; grows up to FILES_MAX */
	uint32_t limit;	   /* new descriptors are below it: RLIMIT_NOFILE */
	struct file_slot *slots;
};

/* Empty. NULL: no memory. */
MUST_CHECK struct files *files_create(void);
/* A copy that shares the open files. NULL: no memory. */
MUST_CHECK struct files *files_fork(const struct files *from);
/* Add a reference, for one more thread. */
/* New descriptors of @t stay below @limit. */
static inline void files_set_limit(struct files *t, uint32_t limit)
{
	t->limit = limit;
}
struct files *files_get(struct files *t);
/* Drop a reference; with the last one, close everything. */
void files_put(struct files *t);
/* Close what execve must close. */
void files_close_on_exec(struct files *t);
/* The file of descriptor @fd, NULL: not open. Valid until the caller sleeps. */
static inline struct file *files_find(const struct files *t, uint32_t fd)
{
	return fd < t->capacity ? t->slots[fd].file : NULL;
}
/* The same with a reference, for file_put: it stays open, whatever other threads close. */
MUST_CHECK struct file *files_hold(const struct files *t, uint32_t fd);
/*
 * Give @f, with its reference, the lowest free descriptor at or above @from. Returns it, or
 * -EMFILE, -ENOMEM: the reference stays the caller's.
 */
long files_add(struct files *t, struct file *f, uint32_t from, bool cloexec);
/*
 * Give @f, with its reference, descriptor @fd (below FILES_MAX); what was there is closed. @fd, or
 * -ENOMEM: nothing changed.
 */
long files_set(struct files *t, uint32_t fd, struct file *f, bool cloexec);
/* 0 or -EBADF. */
int files_close(struct files *t, uint32_t fd);

#endif

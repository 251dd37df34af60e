/* System calls on open files: positions, descriptors and their flags. */
#include "kernel/fs/file.h"
#include "kernel/fs/pipe.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/fs/tmpfs_data.h"
#include "kernel/proc/signal.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"
#include "mm/reclaim.h"

/* There is nothing to write back. */
static long file_sync(struct file *f, const struct syscall_args *args)
{
	(void)args;
	return f->ops->seekable ? 0 : -EINVAL;
}

long sys_fsync(const struct syscall_args *args)
{
	return syscall_on_file(args, file_sync);
}

/* --- position --- */

static int64_t file_seek_from(const struct file *f, int64_t offset, uint32_t whence)
{
	bool pages = tmpfs_has_pages(f->inode);
	switch (whence) {
	case SEEK_SET:
		return offset;
	case SEEK_CUR:
		return (int64_t)f->position + offset;
	case SEEK_END:
		return (int64_t)f->inode->size + offset;
	}
	if (offset < 0)
		return -ENXIO;
	return pages ? tmpfs_seek(f->inode, (uint64_t)offset, whence == SEEK_HOLE) : -EINVAL;
}

/* The new position, at most @most, or an error. */
static int64_t file_seek(struct file *f, int64_t offset, uint32_t whence, int64_t most)
{
	if (whence > SEEK_HOLE)
		return -EINVAL;
	if (!f->ops->seekable)
		return -ESPIPE;
	file_lock_position(f);
	int64_t to = file_seek_from(f, offset, whence);
	if (to < 0)
		to = whence > SEEK_END ? to : -EINVAL;
	else if (to > most)
		to = -EOVERFLOW;
	else
		f->position = (uint64_t)to;
	file_unlock_position(f);
	return to;
}

static long file_seek_narrow(struct file *f, const struct syscall_args *args)
{
	return (long)file_seek(f, (int32_t)args->a[1], args->a[2], INT32_MAX);
}

long sys_lseek(const struct syscall_args *args)
{
	return syscall_on_file(args, file_seek_narrow);
}

/* _llseek(fd, high, low, result, whence) */
static long file_seek_wide(struct file *f, const struct syscall_args *args)
{
	int64_t offset = syscall_wide(args->a[2], args->a[1]);
	int64_t to = file_seek(f, offset, args->a[4], INT64_MAX);
	if (to < 0)
		return (long)to;
	return syscall_write_user(args->a[3], &to, sizeof(to));
}

long sys_llseek(const struct syscall_args *args)
{
	return syscall_on_file(args, file_seek_wide);
}

/* --- descriptors --- */

long sys_close(const struct syscall_args *args)
{
	return files_close(process_running->fs.files, args->a[0]);
}

/* A new descriptor at or above @from for @f. */
static long file_duplicate(struct file *f, uint32_t from, bool cloexec)
{
	long fd = files_add(process_running->fs.files, file_get(f), from, cloexec);
	if (fd < 0)
		file_put(f);
	return fd;
}

long sys_dup(const struct syscall_args *args)
{
	struct file *f = files_find(process_running->fs.files, args->a[0]);
	return f ? file_duplicate(f, 0, false) : -EBADF;
}

static long file_duplicate_to(uint32_t from, uint32_t to, bool cloexec)
{
	struct file *f = files_find(process_running->fs.files, from);
	if (!f || to >= process_running->fs.files->limit)
		return -EBADF;
	long fd = files_set(process_running->fs.files, to, file_get(f), cloexec);
	if (fd < 0)
		file_put(f);
	return fd;
}

long sys_dup2(const struct syscall_args *args)
{
	if (args->a[0] == args->a[1])
		return files_find(process_running->fs.files, args->a[0]) ? (long)args->a[1]
									 : -EBADF;
	return file_duplicate_to(args->a[0], args->a[1], false);
}

long sys_dup3(const struct syscall_args *args)
{
	if (args->a[2] & ~(uint32_t)O_CLOEXEC || args->a[0] == args->a[1])
		return -EINVAL;
	return file_duplicate_to(args->a[0], args->a[1], args->a[2] & O_CLOEXEC);
}

enum { PIPE_ROOM_FRAMES = 4 };

static long file_make_pipe(uptr_t to, uint32_t flags)
{
	struct files *t = process_running->fs.files;
	struct pipe_ends ends;
	if (flags & ~(uint32_t)(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	if (reclaim_room(PIPE_ROOM_FRAMES) != 0 || pipe_create(flags & O_NONBLOCK, &ends) != 0)
		return -ENOMEM;
	long reader = files_add(t, ends.reader, 0, flags & O_CLOEXEC);
	long writer = reader < 0 ? reader : files_add(t, ends.writer, 0, flags & O_CLOEXEC);
	int32_t pair[2] = { (int32_t)reader, (int32_t)writer };
	long result = writer < 0 ? writer : syscall_write_user(to, pair, sizeof(pair));
	if (result == 0)
		return 0;
	if (reader < 0)
		file_put(ends.reader);
	else
		files_close(t, (uint32_t)reader);
	if (writer < 0)
		file_put(ends.writer);
	else
		files_close(t, (uint32_t)writer);
	return result;
}

long sys_pipe(const struct syscall_args *args)
{
	return file_make_pipe(args->a[0], 0);
}

long sys_pipe2(const struct syscall_args *args)
{
	return file_make_pipe(args->a[0], args->a[1]);
}

enum {
	F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW, F_SETOWN, F_GETOWN,
	F_GETLK64 = 12, F_SETLK64, F_SETLKW64, F_DUPFD_CLOEXEC = 1030, F_GETPIPE_SZ = 1032,
	F_GET_SEALS = 1034, FD_CLOEXEC = 1,
};

/* Record locks are always granted, so nobody holds one. */
static long file_lock(uint32_t command, uptr_t lock)
{
	enum { F_RDLCK, F_WRLCK, F_UNLCK };
	int16_t type;
	if (syscall_read_user(&type, lock, sizeof(type)) != 0)
		return -EFAULT;
	if (type < F_RDLCK || type > F_UNLCK)
		return -EINVAL;
	if (command != F_GETLK && command != F_GETLK64)
		return 0;
	type = F_UNLCK;
	return syscall_write_user(lock, &type, sizeof(type));
}

static long file_dupfd(struct file *f, uint32_t from, bool cloexec)
{
	return from < process_running->fs.files->limit ? file_duplicate(f, from, cloexec) : -EINVAL;
}

static long file_control(struct file *f, const struct syscall_args *args)
{
	enum { CHANGEABLE = O_APPEND | O_NONBLOCK };
	uint32_t fd = args->a[0], arg = args->a[2];
	struct file_slot *slot = &process_running->fs.files->slots[fd];
	switch (args->a[1]) {
	case F_DUPFD:
		return file_dupfd(f, arg, false);
	case F_DUPFD_CLOEXEC:
		return file_dupfd(f, arg, true);
	case F_GETFD:
		return slot->cloexec ? FD_CLOEXEC : 0;
	case F_SETFD:
		slot->cloexec = arg & FD_CLOEXEC;
		return 0;
	case F_GETFL:
		return (long)f->flags;
	case F_SETFL:
		f->flags = (f->flags & ~(uint32_t)CHANGEABLE) | (arg & CHANGEABLE);
		return 0;
	case F_GETPIPE_SZ:
		return pipe_is(f) ? 65536 : -EBADF;
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_GETLK64:
	case F_SETLK64:
	case F_SETLKW64:
		return file_lock(args->a[1], arg);
	case F_SETOWN:
	case F_GETOWN:
		return 0;
	case F_GET_SEALS:
		return tmpfs_has_pages(f->inode) && f->inode->nlink == 0 ? 1 : -EINVAL;
	}
	return -EINVAL;
}

long sys_fcntl(const struct syscall_args *args)
{
	return syscall_on_descriptor(args, file_control);
}

static long file_ioctl(struct file *f, const struct syscall_args *args)
{
	enum { FIONCLEX = 0x5450, FIOCLEX = 0x5451, FIONBIO = 0x5421 };
	uint32_t fd = args->a[0], request = args->a[1];
	if (request == FIOCLEX || request == FIONCLEX) {
		process_running->fs.files->slots[fd].cloexec = request == FIOCLEX;
		return 0;
	}
	if (request == FIONBIO) {
		int32_t on;
		if (syscall_read_user(&on, args->a[2], sizeof(on)) != 0)
			return -EFAULT;
		f->flags = on ? f->flags | O_NONBLOCK : f->flags & ~(uint32_t)O_NONBLOCK;
		return 0;
	}
	if (!f->ops->ioctl)
		return -ENOTTY;
	return f->ops->ioctl(f, request, process_running->aspace, args->a[2]);
}

long sys_ioctl(const struct syscall_args *args)
{
	return syscall_on_file(args, file_ioctl);
}

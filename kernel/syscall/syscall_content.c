/*
 * System calls on the contents of files as a whole: room, holes, files without names.
 */
#include "kernel/fs/file.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/fs/tmpfs_data.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/reclaim.h"

static long content_nothing(struct file *f, const struct syscall_args *args)
{
	(void)f, (void)args;
	return 0;
}

/* There is nothing to write back. */
long sys_sync_file(const struct syscall_args *args)
{
	return syscall_on_file(args, content_nothing);
}

/* Locks are always granted: nothing here is shared with another machine. */
static long content_lock(struct file *f, const struct syscall_args *args)
{
	enum { LOCK_SH = 1, LOCK_EX = 2, LOCK_NB = 4, LOCK_UN = 8 };
	uint32_t what = args->a[1] & ~(uint32_t)LOCK_NB;
	(void)f;
	return what == LOCK_SH || what == LOCK_EX || what == LOCK_UN ? 0 : -EINVAL;
}

long sys_flock(const struct syscall_args *args)
{
	return syscall_on_file(args, content_lock);
}

static long content_advise(const struct file *f, uint32_t advice)
{
	enum { ADVICE_MAX = 5 };
	if (inode_is(f->inode, MODE_FIFO))
		return -ESPIPE;
	return advice > ADVICE_MAX ? -EINVAL : 0;
}

/* fadvise64(fd, offset, length, advice); the offset is two words */
static long content_advise_narrow(struct file *f, const struct syscall_args *args)
{
	return content_advise(f, args->a[4]);
}

static long content_advise_wide(struct file *f, const struct syscall_args *args)
{
	return content_advise(f, args->a[5]);
}

long sys_fadvise64(const struct syscall_args *args)
{
	return syscall_on_file(args, content_advise_narrow);
}

/* The length is two words as well. */
long sys_fadvise64_64(const struct syscall_args *args)
{
	return syscall_on_file(args, content_advise_wide);
}

/* fallocate(fd, mode, offset, length) */
static long content_allocate(struct file *f, const struct syscall_args *args)
{
	enum { KEEP_SIZE = 1, PUNCH_HOLE = 2, ZERO_RANGE = 16 };
	uint32_t mode = args->a[1];
	int64_t offset = syscall_wide(args->a[2], args->a[3]);
	int64_t length = syscall_wide(args->a[4], args->a[5]);
	if (offset < 0 || length <= 0)
		return -EINVAL;
	if (mode & ~(uint32_t)(KEEP_SIZE | PUNCH_HOLE | ZERO_RANGE) ||
	    (mode & PUNCH_HOLE && mode != (PUNCH_HOLE | KEEP_SIZE)))
		return -EOPNOTSUPP;
	if (!file_writable(f))
		return -EBADF;
	if (!tmpfs_has_pages(f->inode))
		return inode_is(f->inode, MODE_FIFO) ? -ESPIPE
		       : inode_is(f->inode, MODE_DIR) ? -EISDIR
						      : -ENODEV;
	if (offset > INODE_SIZE_MAX || length > INODE_SIZE_MAX - offset)
		return -EFBIG;
	uint64_t start = (uint64_t)offset, end = start + (uint64_t)length;
	int error = mode & (PUNCH_HOLE | ZERO_RANGE) ? tmpfs_punch(f->inode, start, end) : 0;
	if (!error && !(mode & PUNCH_HOLE))
		error = tmpfs_allocate(f->inode, start, end);
	if (!error && !(mode & KEEP_SIZE) && end > f->inode->size)
		error = tmpfs_truncate(f->inode, end);
	return error;
}

long sys_fallocate(const struct syscall_args *args)
{
	return syscall_on_file(args, content_allocate);
}

/* Programs fall back to read and write. */
long sys_copy_file_range(const struct syscall_args *args)
{
	(void)args;
	return -EXDEV;
}

/* --- files without names --- */

/* memfd_create(name, flags) */
long sys_memfd_create(const struct syscall_args *args)
{
	enum { MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2, MFD_NAME_MAX = 249 };
	char name[MFD_NAME_MAX + 1];
	if (args->a[1] & ~(uint32_t)(MFD_CLOEXEC | MFD_ALLOW_SEALING))
		return -EINVAL;
	long n = user_read_string(process_running->aspace, name, args->a[0], sizeof(name));
	if (n < 0)
		return n == -ENAMETOOLONG ? -EINVAL : n;
	struct inode *i = tmpfs_create(MODE_REGULAR | 0777, 0);
	if (!i)
		return -ENOMEM;
	i->nlink = 0;
	struct file *f = file_create(&regular_ops, i, O_RDWR | O_LARGEFILE);
	inode_put(i);
	if (!f)
		return -ENOMEM;
	long fd = files_add(process_running->fs.files, f, 0, args->a[1] & MFD_CLOEXEC);
	if (fd < 0)
		file_put(f);
	return fd;
}

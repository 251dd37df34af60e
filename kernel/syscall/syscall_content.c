/*
 * System calls on the contents of files as a whole: room, holes, copies, files without names.
 */
#include "kernel/fs/file.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/reclaim.h"

/* With a reference. NULL: not open, or by O_PATH alone. */
static struct file *content_file(uint32_t fd)
{
	struct file *f = files_find(process_running->files, fd);
	return f && !(f->flags & O_PATH) ? file_get(f) : NULL;
}

static long content_nothing(struct file *f, const struct syscall_args *args)
{
	(void)f, (void)args;
	return 0;
}

/* Nothing waits to be written anywhere. */
long sys_sync_file(const struct syscall_args *args)
{
	return syscall_on_file(args, content_nothing);
}

/* Locks are granted to everyone: nothing here is shared with another machine. */
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

/* --- copies --- */

enum { CONTENT_WINDOW = 65536 };

/* From @in to @out through @window, memory of the program's own. Bytes moved, or an error. */
static long content_copy(struct file *out, struct file *in, uptr_t window, size_t n)
{
	size_t done = 0;
	while (done < n) {
		uint64_t before = in->position;
		long got = syscall_file_read(in, window, MIN(n - done, (size_t)CONTENT_WINDOW));
		if (got <= 0)
			return done ? (long)done : got;
		long put = syscall_file_write(out, window, (size_t)got);
		in->position = before + (uint64_t)MAX(put, 0);
		if (put <= 0)
			return done ? (long)done : put;
		done += (size_t)put;
		if (put < got)
			break;
	}
	return (long)done;
}

/*
 * A file's operations move bytes to and from the program's memory alone. So the program lends a
 * piece of its address space that it does not know of, for the length of the call.
 */
static long content_copy_mapped(struct file *out, struct file *in, size_t n)
{
	struct aspace *as = process_running->aspace;
	long window = aspace_map(as, &(struct aspace_map){
		.length = CONTENT_WINDOW, .prot = PROT_R | PROT_W,
	});
	if (is_error((unsigned long)window))
		return window;
	long result = content_copy(out, in, (uptr_t)window, n);
	if (aspace_unmap(as, (vaddr_t)window, CONTENT_WINDOW) != 0)
		return -ENOMEM;
	return result;
}

static long content_send_files(struct file *out, struct file *in, size_t n, uint64_t *at)
{
	if (!in || !file_readable(in) || !out || !file_writable(out))
		return -EBADF;
	if (!in->ops->seekable && !inode_is(in->inode, MODE_CHAR))
		return at ? -ESPIPE : -EINVAL;
	if (!in->ops->read || !out->ops->write || out->flags & O_APPEND)
		return -EINVAL;
	uint64_t own = in->position;
	if (at)
		in->position = *at;
	long result = content_copy_mapped(out, in, n);
	if (at) {
		*at = in->position;
		in->position = own;
	}
	return result;
}

/* The position is @at's where that is given, else the file's. */
static long content_send(const struct syscall_args *args, uint64_t *at)
{
	struct file *out = content_file(args->a[0]), *in = content_file(args->a[1]);
	long result = content_send_files(out, in, MIN(args->a[3], 0x7ffff000u), at);
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
		return content_send(args, NULL);
	if (syscall_read_user(&narrow, args->a[2], sizeof(narrow)) != 0)
		return -EFAULT;
	uint64_t at = narrow;
	long result = content_send(args, &at);
	narrow = (uint32_t)at;
	return syscall_write_user(args->a[2], &narrow, sizeof(narrow)) != 0 ? -EFAULT : result;
}

long sys_sendfile64(const struct syscall_args *args)
{
	uint64_t at;
	if (!args->a[2])
		return content_send(args, NULL);
	if (syscall_read_user(&at, args->a[2], sizeof(at)) != 0)
		return -EFAULT;
	long result = content_send(args, &at);
	return syscall_write_user(args->a[2], &at, sizeof(at)) != 0 ? -EFAULT : result;
}

/* Programs fall back to reading and writing. */
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
	long fd = files_add(process_running->files, f, 0, args->a[1] & MFD_CLOEXEC);
	if (fd < 0)
		file_put(f);
	return fd;
}

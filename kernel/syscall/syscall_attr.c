/*
 * System calls that change a file's attributes: permissions, owners, times, size; and those that
 * describe its file system.
 */
#include "kernel/fs/file.h"
#include "kernel/fs/open.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"
#include "mm/reclaim.h"
#include "mm/swap.h"

static bool attr_changeable(const struct inode *i)
{
	return i->ops->changeable;
}

/* --- permissions --- */

static long attr_chmod(struct inode *i, uint32_t mode)
{
	if (inode_is(i, MODE_LINK))
		return -EOPNOTSUPP;
	if (!attr_changeable(i))
		return -EPERM;
	i->mode = (i->mode & MODE_TYPE) | (mode & MODE_BITS);
	i->ctime = inode_now();
	return 0;
}

static long attr_chmod_path(uint32_t fd, uptr_t path, uint32_t mode)
{
	struct inode *i;
	long error = syscall_lookup(fd, path, SYSCALL_LOOKUP_FOLLOW, &i);
	if (error)
		return error;
	error = attr_chmod(i, mode);
	inode_put(i);
	return error;
}

long sys_chmod(const struct syscall_args *args)
{
	return attr_chmod_path((uint32_t)AT_FDCWD, args->a[0], args->a[1]);
}

long sys_fchmodat(const struct syscall_args *args)
{
	return attr_chmod_path(args->a[0], args->a[1], args->a[2]);
}

static long attr_chmod_file(struct file *f, const struct syscall_args *args)
{
	return attr_chmod(f->inode, args->a[1]);
}

long sys_fchmod(const struct syscall_args *args)
{
	return syscall_on_file(args, attr_chmod_file);
}

/* --- owners --- */

/* -1: unchanged. A new owner must not inherit the old one's set-user-ID bit. */
static long attr_chown(struct inode *i, uint32_t uid, uint32_t gid)
{
	if (!attr_changeable(i))
		return -EPERM;
	if (uid != UINT32_MAX)
		i->uid = uid;
	if (gid != UINT32_MAX)
		i->gid = gid;
	if (!inode_is(i, MODE_DIR) && !inode_is(i, MODE_LINK))
		i->mode &= ~(uint32_t)(MODE_SETUID | (i->mode & 010 ? MODE_SETGID : 0));
	i->ctime = inode_now();
	return 0;
}

static long attr_chown_path(const struct syscall_args *at, unsigned lookup)
{
	struct inode *i;
	long error = syscall_lookup(at->a[0], at->a[1], lookup, &i);
	if (error)
		return error;
	error = attr_chown(i, at->a[2], at->a[3]);
	inode_put(i);
	return error;
}

/* A 16-bit ID argument. */
static uint32_t attr_id16(uint32_t id)
{
	return (uint16_t)id == UINT16_MAX ? UINT32_MAX : (uint16_t)id;
}

static long attr_chown_here(const struct syscall_args *args, unsigned lookup, bool narrow)
{
	uint32_t uid = narrow ? attr_id16(args->a[1]) : args->a[1];
	uint32_t gid = narrow ? attr_id16(args->a[2]) : args->a[2];
	struct syscall_args at = { .a = { (uint32_t)AT_FDCWD, args->a[0], uid, gid } };
	return attr_chown_path(&at, lookup);
}

long sys_chown(const struct syscall_args *args)
{
	return attr_chown_here(args, SYSCALL_LOOKUP_FOLLOW, false);
}

long sys_lchown(const struct syscall_args *args)
{
	return attr_chown_here(args, 0, false);
}

long sys_chown16(const struct syscall_args *args)
{
	return attr_chown_here(args, SYSCALL_LOOKUP_FOLLOW, true);
}

long sys_lchown16(const struct syscall_args *args)
{
	return attr_chown_here(args, 0, true);
}

/* fchownat(dir, path, uid, gid, flags) */
long sys_fchownat(const struct syscall_args *args)
{
	if (args->a[4] & ~(uint32_t)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return attr_chown_path(args, syscall_lookup_flags(args->a[4]));
}

static long attr_chown_file(struct file *f, const struct syscall_args *args)
{
	return attr_chown(f->inode, args->a[1], args->a[2]);
}

static long attr_chown16_file(struct file *f, const struct syscall_args *args)
{
	return attr_chown(f->inode, attr_id16(args->a[1]), attr_id16(args->a[2]));
}

long sys_fchown(const struct syscall_args *args)
{
	return syscall_on_file(args, attr_chown_file);
}

long sys_fchown16(const struct syscall_args *args)
{
	return syscall_on_file(args, attr_chown16_file);
}

/* --- times --- */

/* The requested values of the two times: access first. */
struct attr_times {
	struct inode_time to[2];
	bool omit[2];
};

static void attr_set_times(struct inode *i, const struct attr_times *t)
{
	if (!t->omit[0])
		i->atime = t->to[0];
	if (!t->omit[1])
		i->mtime = t->to[1];
	if (!t->omit[0] || !t->omit[1])
		i->ctime = inode_now();
}

static struct attr_times attr_times_now(void)
{
	return (struct attr_times){ .to = { inode_now(), inode_now() } };
}

/* One struct timespec's worth, with UTIME_NOW and UTIME_OMIT. */
static long attr_read_time(struct attr_times *t, unsigned which, int64_t seconds, uint32_t ns)
{
	enum { UTIME_NOW = 0x3fffffff, UTIME_OMIT = 0x3ffffffe, NS_MAX = 999999999 };
	if (ns != UTIME_NOW && ns != UTIME_OMIT && ns > NS_MAX)
		return -EINVAL;
	t->omit[which] = ns == UTIME_OMIT;
	t->to[which] = ns == UTIME_NOW ? inode_now() : (struct inode_time){ seconds, ns };
	return 0;
}

/* The file of utimensat's first two arguments: a NULL path is the descriptor itself. */
static long attr_times_apply(uint32_t fd, uptr_t path, unsigned lookup, const struct attr_times *t)
{
	struct inode *i;
	if (!path && (int)fd != AT_FDCWD) {
		struct file *f = files_find(process_running->fs.files, fd);
		if (!f || f->flags & O_PATH)
			return -EBADF;
		attr_set_times(f->inode, t);
		return 0;
	}
	if (t->omit[0] && t->omit[1])
		return 0;
	long error = syscall_lookup(fd, path, lookup, &i);
	if (error)
		return error;
	attr_set_times(i, t);
	inode_put(i);
	return 0;
}

/* Seconds and nanoseconds of two struct timespec, in the caller's width, or now. */
static long attr_set_timespecs(const struct syscall_args *args, const int64_t raw[4])
{
	struct attr_times t = attr_times_now();
	for (unsigned i = 0; i < 2 && args->a[2]; i++) {
		long error = attr_read_time(&t, i, raw[2 * i], (uint32_t)raw[2 * i + 1]);
		if (error)
			return error;
	}
	if (args->a[3] & ~(uint32_t)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return attr_times_apply(args->a[0], args->a[1], syscall_lookup_flags(args->a[3]), &t);
}

/* utimensat(dir, path, times, flags), seconds of 32 bits */
long sys_utimensat(const struct syscall_args *args)
{
	int32_t narrow[4] = { 0 };
	if (args->a[2] && syscall_read_user(narrow, args->a[2], sizeof(narrow)) != 0)
		return -EFAULT;
	const int64_t raw[4] = { narrow[0], narrow[1], narrow[2], narrow[3] };
	return attr_set_timespecs(args, raw);
}

/* The same with seconds of 64 bits. */
long sys_utimensat64(const struct syscall_args *args)
{
	int64_t raw[4] = { 0 };
	if (args->a[2] && syscall_read_user(raw, args->a[2], sizeof(raw)) != 0)
		return -EFAULT;
	return attr_set_timespecs(args, raw);
}

/* Two struct timeval in user memory, or now. */
static long attr_set_timevals(uint32_t fd, uptr_t path, uptr_t times)
{
	struct attr_times t = attr_times_now();
	int32_t raw[4];
	if (times && syscall_read_user(raw, times, sizeof(raw)) != 0)
		return -EFAULT;
	for (unsigned i = 0; i < 2 && times; i++) {
		if (raw[2 * i + 1] < 0 || raw[2 * i + 1] >= 1000000)
			return -EINVAL;
		t.to[i] = (struct inode_time){ raw[2 * i], (uint32_t)raw[2 * i + 1] * 1000 };
	}
	return attr_times_apply(fd, path, SYSCALL_LOOKUP_FOLLOW, &t);
}

long sys_utimes(const struct syscall_args *args)
{
	return attr_set_timevals((uint32_t)AT_FDCWD, args->a[0], args->a[1]);
}

long sys_futimesat(const struct syscall_args *args)
{
	return attr_set_timevals(args->a[0], args->a[1], args->a[2]);
}

long sys_utime(const struct syscall_args *args)
{
	struct attr_times t = attr_times_now();
	int32_t raw[2];
	if (args->a[1] && syscall_read_user(raw, args->a[1], sizeof(raw)) != 0)
		return -EFAULT;
	for (unsigned i = 0; i < 2 && args->a[1]; i++)
		t.to[i] = (struct inode_time){ raw[i], 0 };
	return attr_times_apply((uint32_t)AT_FDCWD, args->a[0], SYSCALL_LOOKUP_FOLLOW, &t);
}

/* --- size --- */

static long attr_truncate_path(uptr_t path, int64_t size)
{
	struct file *f;
	struct inode *i;
	if (size < 0)
		return -EINVAL;
	long error = syscall_lookup((uint32_t)AT_FDCWD, path, SYSCALL_LOOKUP_FOLLOW, &i);
	if (error)
		return error;
	if (inode_is(i, MODE_DIR))
		error = -EISDIR;
	else if (!tmpfs_has_pages(i))
		error = -EINVAL;
	else
		error = file_open_inode(i, O_WRONLY, &f);
	if (!error) {
		error = tmpfs_truncate(i, (uint64_t)size);
		file_put(f);
	}
	inode_put(i);
	return error;
}

static long attr_truncate_file(struct file *f, int64_t size)
{
	if (!file_writable(f) || !tmpfs_has_pages(f->inode))
		return -EINVAL;
	return tmpfs_truncate(f->inode, (uint64_t)size);
}

static long attr_truncate_narrow(struct file *f, const struct syscall_args *args)
{
	return attr_truncate_file(f, (int32_t)args->a[1]);
}

static long attr_truncate_wide(struct file *f, const struct syscall_args *args)
{
	return attr_truncate_file(f, syscall_wide(args->a[1], args->a[2]));
}

long sys_truncate(const struct syscall_args *args)
{
	return attr_truncate_path(args->a[0], (int32_t)args->a[1]);
}

long sys_truncate64(const struct syscall_args *args)
{
	return attr_truncate_path(args->a[0], syscall_wide(args->a[1], args->a[2]));
}

/* A negative size is checked first, then the descriptor. */
long sys_ftruncate(const struct syscall_args *args)
{
	return (int32_t)args->a[1] < 0 ? -EINVAL : syscall_on_file(args, attr_truncate_narrow);
}

long sys_ftruncate64(const struct syscall_args *args)
{
	return (int32_t)args->a[2] < 0 ? -EINVAL : syscall_on_file(args, attr_truncate_wide);
}

/* --- file systems --- */

struct statfs64 {
	uint32_t type, bsize;
	uint64_t blocks, bfree, bavail, files, ffree;
	uint32_t fsid[2], namelen, frsize, flags, spare[4];
} __attribute__((packed));

static struct statfs64 attr_statfs(const struct inode *i)
{
	struct statfs64 s = {
		.type = i->ops->magic, .bsize = PAGE_SIZE, .frsize = PAGE_SIZE,
		.namelen = NAME_LENGTH_MAX, .flags = 0x1020, /* valid, relatime */
	};
	if (!i->ops->changeable)
		return s;
	s.blocks = frame_stats.total + swap_capacity();
	s.bfree = s.bavail = frame_stats.free + page_stats.cached + swap_capacity() -
			     swap_stats.used;
	s.files = frame_stats.total;
	s.ffree = frame_stats.free;
	return s;
}

static long attr_write_statfs(const struct statfs64 *s, uptr_t to, bool wide)
{
	const uint32_t narrow[16] = {
		s->type, s->bsize, (uint32_t)s->blocks, (uint32_t)s->bfree, (uint32_t)s->bavail,
		(uint32_t)s->files, (uint32_t)s->ffree, 0, 0, s->namelen, s->frsize, s->flags,
	};
	return wide ? syscall_write_user(to, s, sizeof(*s))
		    : syscall_write_user(to, narrow, sizeof(narrow));
}

static long attr_statfs_path(uptr_t path, uptr_t to, bool wide)
{
	struct inode *i;
	long error = syscall_lookup((uint32_t)AT_FDCWD, path, SYSCALL_LOOKUP_FOLLOW, &i);
	if (error)
		return error;
	struct statfs64 s = attr_statfs(i);
	inode_put(i);
	return attr_write_statfs(&s, to, wide);
}

static long attr_statfs_file(struct file *f, const struct syscall_args *args)
{
	struct statfs64 s = attr_statfs(f->inode);
	return attr_write_statfs(&s, args->a[1], false);
}

static long attr_statfs64_file(struct file *f, const struct syscall_args *args)
{
	struct statfs64 s = attr_statfs(f->inode);
	return attr_write_statfs(&s, args->a[2], true);
}

long sys_statfs(const struct syscall_args *args)
{
	return attr_statfs_path(args->a[0], args->a[1], false);
}

long sys_fstatfs(const struct syscall_args *args)
{
	return syscall_on_descriptor(args, attr_statfs_file);
}

/* The program passes its size of the structure; 88 if it pads to 8 bytes. */
static bool attr_statfs_size_ok(uint32_t size)
{
	return size == sizeof(struct statfs64) || size == sizeof(struct statfs64) + 4;
}

long sys_statfs64(const struct syscall_args *args)
{
	if (!attr_statfs_size_ok(args->a[1]))
		return -EINVAL;
	return attr_statfs_path(args->a[0], args->a[2], true);
}

long sys_fstatfs64(const struct syscall_args *args)
{
	if (!attr_statfs_size_ok(args->a[1]))
		return -EINVAL;
	return syscall_on_descriptor(args, attr_statfs64_file);
}

/*
 * System calls that describe a file, in the three layouts that i386 programs use.
 */
#include "kernel/fs/file.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/fs/tmpfs_data.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"

enum { STAT_BLOCK = 4096 };

/* i386: 64-bit members are aligned to 4. */
struct stat64 {
	uint64_t dev;
	uint32_t pad0, ino32, mode, nlink, uid, gid;
	uint64_t rdev;
	uint32_t pad1;
	int64_t size;
	uint32_t blksize;
	uint64_t blocks;
	uint32_t atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
	uint64_t ino;
} __attribute__((packed));

struct stat32 {
	uint32_t dev, ino;
	uint16_t mode, nlink, uid, gid;
	uint32_t rdev, size, blksize, blocks;
	uint32_t atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns, unused[2];
};

struct statx_time {
	int64_t seconds;
	uint32_t ns;
	int32_t pad;
};

struct statx {
	uint32_t mask, blksize;
	uint64_t attributes;
	uint32_t nlink, uid, gid;
	uint16_t mode, pad0;
	uint64_t ino, size, blocks, attributes_mask;
	struct statx_time atime, btime, ctime, mtime;
	uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
	uint64_t rest[14];
};

static uint32_t stat_blocks(const struct inode *i)
{
	uint32_t pages = tmpfs_has_pages(i) ? tmpfs_pages(i) : inode_is(i, MODE_DIR);
	return pages * (STAT_BLOCK / 512);
}

static long stat_write64(const struct inode *i, uptr_t to)
{
	struct stat64 s = {
		.dev = i->ops->device, .ino32 = i->number, .mode = i->mode, .nlink = i->nlink,
		.uid = i->uid, .gid = i->gid, .rdev = i->rdev, .size = i->size,
		.blksize = STAT_BLOCK, .blocks = stat_blocks(i),
		.atime = (uint32_t)i->atime.seconds, .atime_ns = i->atime.nanoseconds,
		.mtime = (uint32_t)i->mtime.seconds, .mtime_ns = i->mtime.nanoseconds,
		.ctime = (uint32_t)i->ctime.seconds, .ctime_ns = i->ctime.nanoseconds,
		.ino = i->number,
	};
	return syscall_write_user(to, &s, sizeof(s));
}

static long stat_write32(const struct inode *i, uptr_t to)
{
	if (i->nlink > UINT16_MAX)
		return -EOVERFLOW;
	struct stat32 s = {
		.dev = i->ops->device, .ino = i->number, .mode = (uint16_t)i->mode,
		.nlink = (uint16_t)i->nlink, .uid = (uint16_t)i->uid, .gid = (uint16_t)i->gid,
		.rdev = i->rdev, .size = i->size, .blksize = STAT_BLOCK, .blocks = stat_blocks(i),
		.atime = (uint32_t)i->atime.seconds, .atime_ns = i->atime.nanoseconds,
		.mtime = (uint32_t)i->mtime.seconds, .mtime_ns = i->mtime.nanoseconds,
		.ctime = (uint32_t)i->ctime.seconds, .ctime_ns = i->ctime.nanoseconds,
	};
	return syscall_write_user(to, &s, sizeof(s));
}

static long stat_path(uptr_t path, unsigned flags, long (*write)(const struct inode *i, uptr_t to),
		      uptr_t to)
{
	struct inode *i;
	long error = syscall_lookup((uint32_t)AT_FDCWD, path, flags, &i);
	if (error)
		return error;
	error = write(i, to);
	inode_put(i);
	return error;
}

long sys_stat(const struct syscall_args *args)
{
	return stat_path(args->a[0], SYSCALL_LOOKUP_FOLLOW, stat_write32, args->a[1]);
}

long sys_lstat(const struct syscall_args *args)
{
	return stat_path(args->a[0], 0, stat_write32, args->a[1]);
}

static long stat_file32(struct file *f, const struct syscall_args *args)
{
	return stat_write32(f->inode, args->a[1]);
}

long sys_fstat(const struct syscall_args *args)
{
	return syscall_on_descriptor(args, stat_file32);
}

long sys_stat64(const struct syscall_args *args)
{
	return stat_path(args->a[0], SYSCALL_LOOKUP_FOLLOW, stat_write64, args->a[1]);
}

long sys_lstat64(const struct syscall_args *args)
{
	return stat_path(args->a[0], 0, stat_write64, args->a[1]);
}

static long stat_file64(struct file *f, const struct syscall_args *args)
{
	return stat_write64(f->inode, args->a[1]);
}

long sys_fstat64(const struct syscall_args *args)
{
	return syscall_on_descriptor(args, stat_file64);
}

/* fstatat64(dir, path, buf, flags) */
long sys_fstatat64(const struct syscall_args *args)
{
	enum { AT_NO_AUTOMOUNT = 0x800 };
	struct inode *i;
	uint32_t flags = args->a[3];
	if (flags & ~(uint32_t)(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH))
		return -EINVAL;
	long error = syscall_lookup(args->a[0], args->a[1], syscall_lookup_flags(flags), &i);
	if (error)
		return error;
	error = stat_write64(i, args->a[2]);
	inode_put(i);
	return error;
}

static struct statx_time stat_time(const struct inode_time *t)
{
	return (struct statx_time){ .seconds = t->seconds, .ns = t->nanoseconds };
}

static long stat_write_x(const struct inode *i, uptr_t to)
{
	enum { STATX_BASIC = 0x7ff };
	struct statx s = {
		.mask = STATX_BASIC, .blksize = STAT_BLOCK, .nlink = i->nlink, .uid = i->uid,
		.gid = i->gid, .mode = (uint16_t)i->mode, .ino = i->number, .size = i->size,
		.blocks = stat_blocks(i), .atime = stat_time(&i->atime),
		.ctime = stat_time(&i->ctime), .mtime = stat_time(&i->mtime),
		.rdev_major = i->rdev >> 8, .rdev_minor = i->rdev & 0xff,
		.dev_minor = i->ops->device,
	};
	return syscall_write_user(to, &s, sizeof(s));
}

/* statx(dir, path, flags, mask, buf) */
long sys_statx(const struct syscall_args *args)
{
	enum { STATX_RESERVED = (int)0x80000000, AT_STATX = 0x6800 };
	struct inode *i;
	uint32_t flags = args->a[2];
	if (args->a[3] & (uint32_t)STATX_RESERVED ||
	    flags & ~(uint32_t)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_STATX))
		return -EINVAL;
	long error = syscall_lookup(args->a[0], args->a[1], syscall_lookup_flags(flags), &i);
	if (error)
		return error;
	error = stat_write_x(i, args->a[4]);
	inode_put(i);
	return error;
}

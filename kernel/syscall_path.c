/*
 * System calls that name files by path.
 *
 * The file system can not be written: calls that would change it find out what Linux would complain
 * about first (no such file, exists already) and then say -EROFS.
 */
#include "kernel/fs/file.h"
#include "kernel/fs/path.h"
#include "kernel/syscall_calls.h"
#include "kernel/thread.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

enum { AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_EMPTY_PATH = 0x1000 };

/* The directory that paths of an *at call start from. @path absolute: any. */
static int path_base(uint32_t fd, const char *path, struct inode **base)
{
	*base = process_running->cwd;
	if ((int)fd == AT_FDCWD || *path == '/')
		return 0;
	struct file *f = files_find(process_running->files, fd);
	if (!f)
		return -EBADF;
	*base = f->inode;
	return inode_is(f->inode, MODE_DIR) || !*path ? 0 : -ENOTDIR;
}

long syscall_lookup(uint32_t fd, uptr_t user_path, unsigned flags, struct inode **found)
{
	char *path = syscall_path(user_path);
	if (is_error((unsigned long)path))
		return (long)path;
	int error = path_base(fd, path, found);
	if (!error && (*path || !(flags & SYSCALL_LOOKUP_EMPTY)))
		error = path_lookup(*found, path, flags & SYSCALL_LOOKUP_FOLLOW ? PATH_FOLLOW : 0,
				    found);
	kfree(path);
	return error;
}

/* --- open --- */

static long path_open(uint32_t fd, uptr_t user_path, uint32_t flags)
{
	char *path = syscall_path(user_path);
	if (is_error((unsigned long)path))
		return (long)path;
	struct inode *base;
	struct file *f = NULL;
	long result = path_base(fd, path, &base);
	if (result == 0)
		result = file_open(base, path, flags, &f);
	kfree(path);
	if (result)
		return result;
	result = files_add(process_running->files, f, 0, flags & O_CLOEXEC);
	if (result < 0)
		file_put(f);
	return result;
}

long sys_open(const struct syscall_args *args)
{
	return path_open((uint32_t)AT_FDCWD, args->a[0], args->a[1]);
}

long sys_openat(const struct syscall_args *args)
{
	return path_open(args->a[0], args->a[1], args->a[2]);
}

long sys_creat(const struct syscall_args *args)
{
	return path_open((uint32_t)AT_FDCWD, args->a[0], O_CREAT | O_WRONLY | O_TRUNC);
}

/* --- what there is --- */

/* User 0 may read all; nothing can be written but devices; executing takes an x bit. */
static long path_access(uint32_t fd, uptr_t path, uint32_t mode)
{
	enum { ACCESS_X = 1, ACCESS_W = 2, ACCESS_ALL = 7 };
	struct inode *i;
	if (mode & ~(uint32_t)ACCESS_ALL)
		return -EINVAL;
	long error = syscall_lookup(fd, path, SYSCALL_LOOKUP_FOLLOW, &i);
	if (error)
		return error;
	if (mode & ACCESS_X && inode_is(i, MODE_REGULAR) && !(i->mode & MODE_EXEC))
		return -EACCES;
	return mode & ACCESS_W && !inode_is(i, MODE_CHAR) ? -EROFS : 0;
}

long sys_access(const struct syscall_args *args)
{
	return path_access((uint32_t)AT_FDCWD, args->a[0], args->a[1]);
}

long sys_faccessat(const struct syscall_args *args)
{
	return path_access(args->a[0], args->a[1], args->a[2]);
}

static long path_readlink(uint32_t fd, uptr_t path, uptr_t buf, uint32_t size)
{
	struct inode *i;
	if ((int32_t)size <= 0)
		return -EINVAL;
	long error = syscall_lookup(fd, path, 0, &i);
	if (error)
		return error;
	if (!inode_is(i, MODE_LINK))
		return -EINVAL;
	size_t n = MIN(strlen(i->target), size);
	return syscall_write_user(buf, i->target, n) != 0 ? -EFAULT : (long)n;
}

long sys_readlink(const struct syscall_args *args)
{
	return path_readlink((uint32_t)AT_FDCWD, args->a[0], args->a[1], args->a[2]);
}

long sys_readlinkat(const struct syscall_args *args)
{
	return path_readlink(args->a[0], args->a[1], args->a[2], args->a[3]);
}

/* --- the current directory --- */

static long path_enter(struct inode *dir)
{
	if (!inode_is(dir, MODE_DIR))
		return -ENOTDIR;
	thread_change_cwd(dir);
	return 0;
}

long sys_chdir(const struct syscall_args *args)
{
	struct inode *dir;
	long error = syscall_lookup((uint32_t)AT_FDCWD, args->a[0], SYSCALL_LOOKUP_FOLLOW, &dir);
	return error ? error : path_enter(dir);
}

long sys_fchdir(const struct syscall_args *args)
{
	struct file *f = files_find(process_running->files, args->a[0]);
	return f ? path_enter(f->inode) : -EBADF;
}

long sys_getcwd(const struct syscall_args *args)
{
	char *buf = reclaim_room(1) == 0 ? kmalloc(PATH_LENGTH_MAX) : NULL;
	if (!buf)
		return -ENOMEM;
	long n = path_of_dir(process_running->cwd, buf, PATH_LENGTH_MAX);
	if (n > 0 && (uint32_t)n > args->a[1])
		n = -ERANGE;
	if (n > 0 && syscall_write_user(args->a[0], buf, (size_t)n) != 0)
		n = -EFAULT;
	kfree(buf);
	return n;
}

/* --- directories --- */

struct dirent64 {
	uint64_t ino;
	int64_t off;
	uint16_t reclen;
	uint8_t type;
	char name[NAME_LENGTH_MAX + 1];
} __attribute__((packed));

/*
 * One entry to the caller's memory: the bytes it takes, 0 if they are more than @room, or -EFAULT.
 */
static long dirent_write(uptr_t to, size_t room, const struct inode *i, const char *name,
			 uint64_t position)
{
	struct dirent64 d = {
		.ino = i->number,
		.off = (int64_t)position + 1,
		.type = (uint8_t)((i->mode & MODE_TYPE) >> 12),
	};
	size_t n = string_copy(d.name, name, sizeof(d.name));
	size_t bytes = ROUND_UP(offsetof(struct dirent64, name) + n + 1, 8u);
	if (bytes > room)
		return 0;
	d.reclen = (uint16_t)bytes;
	return syscall_write_user(to, &d, bytes) != 0 ? -EFAULT : (long)bytes;
}

/* Entry @position of @dir, "." and ".." being the first two. False: there are not so many. */
static bool dirent_at(struct inode *dir, struct list_node **at, uint64_t position,
		      const char **name, struct inode **i)
{
	if (position < 2) {
		*name = position == 0 ? "." : "..";
		*i = position == 0 ? dir : dir->dir.parent;
		return true;
	}
	if (*at == &dir->dir.entries)
		return false;
	struct dir_entry *e = list_entry(*at, struct dir_entry, link);
	*name = e->name;
	*i = e->inode;
	*at = (*at)->next;
	return true;
}

long sys_getdents64(const struct syscall_args *args)
{
	struct file *f = files_find(process_running->files, args->a[0]);
	if (!f || !file_readable(f))
		return -EBADF;
	if (!inode_is(f->inode, MODE_DIR))
		return -ENOTDIR;
	struct list_node *at = f->inode->dir.entries.next;
	for (uint64_t i = 2; i < f->position && at != &f->inode->dir.entries; i++)
		at = at->next;
	size_t done = 0;
	const char *name;
	struct inode *i;
	while (dirent_at(f->inode, &at, f->position, &name, &i)) {
		long n = dirent_write(args->a[1] + done, args->a[2] - done, i, name, f->position);
		if (n <= 0)
			return done ? (long)done : n ? n : -EINVAL;
		done += (size_t)n;
		f->position++;
	}
	return (long)done;
}

/* --- changes, which can not be had --- */

static long path_change_existing(uint32_t fd, uptr_t path)
{
	struct inode *i;
	long error = syscall_lookup(fd, path, 0, &i);
	return error ? error : -EROFS;
}

static long path_change_new(uint32_t fd, uptr_t user_path)
{
	struct inode *base, *i;
	const char *name;
	size_t length;
	char *path = syscall_path(user_path);
	if (is_error((unsigned long)path))
		return (long)path;
	long error = path_base(fd, path, &base);
	if (!error && path_lookup(base, path, 0, &i) == 0)
		error = -EEXIST;
	if (!error)
		error = path_parent(base, path, &base, &name, &length);
	kfree(path);
	return error ? error : -EROFS;
}

/* unlink, rmdir, rename, chmod, chown, truncate: the first argument must exist. */
long sys_change_existing(const struct syscall_args *args)
{
	return path_change_existing((uint32_t)AT_FDCWD, args->a[0]);
}

long sys_change_existing_at(const struct syscall_args *args)
{
	return path_change_existing(args->a[0], args->a[1]);
}

/* mkdir, mknod: it must not. */
long sys_change_new(const struct syscall_args *args)
{
	return path_change_new((uint32_t)AT_FDCWD, args->a[0]);
}

long sys_change_new_at(const struct syscall_args *args)
{
	return path_change_new(args->a[0], args->a[1]);
}

/* link, symlink: the second one must not. */
long sys_change_second(const struct syscall_args *args)
{
	return path_change_new((uint32_t)AT_FDCWD, args->a[1]);
}

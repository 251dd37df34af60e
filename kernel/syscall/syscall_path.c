/* System calls that find files by path: opening them, the current directory, links, listings. */
#include "kernel/fs/dir.h"
#include "kernel/fs/file.h"
#include "kernel/fs/open.h"
#include "kernel/fs/path.h"
#include "kernel/fs/process_fs.h"
#include "kernel/proc/thread.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

long syscall_base(uint32_t fd, const char *path, struct inode **base)
{
	bool named = (int)fd != AT_FDCWD && *path != '/';
	struct file *f = named ? files_find(process_running->fs.files, fd) : NULL;
	if (named && !f)
		return -EBADF;
	if (named && *path && !inode_is(f->inode, MODE_DIR))
		return -ENOTDIR;
	*base = inode_get(named ? f->inode : process_running->fs.cwd);
	return 0;
}

long syscall_lookup(uint32_t fd, uptr_t user_path, unsigned flags, struct inode **found)
{
	char *path = syscall_path(user_path);
	if (is_error((unsigned long)path))
		return (long)path;
	struct inode *base;
	long error = syscall_base(fd, path, &base);
	if (!error && !*path && flags & SYSCALL_LOOKUP_EMPTY) {
		*found = base;
	} else if (!error) {
		error = path_lookup(base, path, flags & SYSCALL_LOOKUP_FOLLOW ? PATH_FOLLOW : 0,
				    found);
		inode_put(base);
	}
	kfree(path);
	return error;
}

/* --- open --- */

static long path_open(uint32_t fd, uptr_t user_path, uint32_t flags, uint32_t mode)
{
	char *path = syscall_path(user_path);
	if (is_error((unsigned long)path))
		return (long)path;
	struct inode *base;
	struct file *f = NULL;
	long result = syscall_base(fd, path, &base);
	if (result == 0) {
		result = file_open(base, path, flags, mode & ~process_running->fs.umask, &f);
		inode_put(base);
	}
	kfree(path);
	if (result)
		return result;
	result = files_add(process_running->fs.files, f, 0, flags & O_CLOEXEC);
	if (result < 0)
		file_put(f);
	return result;
}

long sys_open(const struct syscall_args *args)
{
	return path_open((uint32_t)AT_FDCWD, args->a[0], args->a[1], args->a[2]);
}

long sys_openat(const struct syscall_args *args)
{
	return path_open(args->a[0], args->a[1], args->a[2], args->a[3]);
}

long sys_creat(const struct syscall_args *args)
{
	return path_open((uint32_t)AT_FDCWD, args->a[0], O_CREAT | O_WRONLY | O_TRUNC, args->a[1]);
}

/* --- access, links --- */

/* User 0 may read and write everything; executing needs an x bit. */
static long path_access(uint32_t fd, uptr_t path, uint32_t mode, uint32_t flags)
{
	enum { ACCESS_X = 1, ACCESS_ALL = 7, ACCESS_FLAGS = 0x200 };
	struct inode *i;
	if (mode & ~(uint32_t)ACCESS_ALL ||
	    flags & ~(uint32_t)(ACCESS_FLAGS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	long error = syscall_lookup(fd, path, syscall_lookup_flags(flags), &i);
	if (error)
		return error;
	bool refused = mode & ACCESS_X && !inode_is(i, MODE_DIR) && !inode_is(i, MODE_LINK) &&
		       !(i->mode & MODE_EXEC);
	inode_put(i);
	return refused ? -EACCES : 0;
}

long sys_access(const struct syscall_args *args)
{
	return path_access((uint32_t)AT_FDCWD, args->a[0], args->a[1], 0);
}

long sys_faccessat(const struct syscall_args *args)
{
	return path_access(args->a[0], args->a[1], args->a[2], 0);
}

long sys_faccessat2(const struct syscall_args *args)
{
	return path_access(args->a[0], args->a[1], args->a[2], args->a[3]);
}

/* The text of link @i, at most @size bytes, to user memory. */
static long path_tell_link(struct inode *i, uptr_t buf, uint32_t size)
{
	char *text = reclaim_room(1) == 0 ? kmalloc(PATH_LENGTH_MAX) : NULL;
	if (!text)
		return -ENOMEM;
	long n = i->ops->read_link(i, text, MIN(size, (uint32_t)PATH_LENGTH_MAX));
	if (n > 0 && syscall_write_user(buf, text, (size_t)n) != 0)
		n = -EFAULT;
	kfree(text);
	return n;
}

static long path_readlink(uint32_t fd, uptr_t path, uptr_t buf, uint32_t size)
{
	struct inode *i;
	if ((int32_t)size <= 0)
		return -EINVAL;
	long result = syscall_lookup(fd, path, SYSCALL_LOOKUP_EMPTY, &i);
	if (result)
		return result;
	result = inode_is(i, MODE_LINK) ? path_tell_link(i, buf, size) : -EINVAL;
	inode_put(i);
	return result;
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

/* Consumes the reference. */
static long path_enter(struct inode *dir)
{
	if (!inode_is(dir, MODE_DIR)) {
		inode_put(dir);
		return -ENOTDIR;
	}
	process_fs_chdir(dir);
	return 0;
}

long sys_chdir(const struct syscall_args *args)
{
	struct inode *dir;
	long error = syscall_lookup((uint32_t)AT_FDCWD, args->a[0], SYSCALL_LOOKUP_FOLLOW, &dir);
	return error ? error : path_enter(dir);
}

static long path_enter_file(struct file *f, const struct syscall_args *args)
{
	(void)args;
	return path_enter(inode_get(f->inode));
}

long sys_fchdir(const struct syscall_args *args)
{
	return syscall_on_descriptor(args, path_enter_file);
}

long sys_getcwd(const struct syscall_args *args)
{
	char *buf = reclaim_room(1) == 0 ? kmalloc(PATH_LENGTH_MAX) : NULL;
	if (!buf)
		return -ENOMEM;
	long n = path_of(process_running->fs.cwd, buf, PATH_LENGTH_MAX);
	if (n > 0 && (uint32_t)n > args->a[1])
		n = -ERANGE;
	if (n > 0 && syscall_write_user(args->a[0], buf, (size_t)n) != 0)
		n = -EFAULT;
	kfree(buf);
	return n;
}

/* --- directories --- */

/* Entries to be returned, in one of two layouts. */
struct path_listing {
	struct dir_listing listing;
	char *bytes; /* kernel memory, copied at the end: copying may let others run */
	size_t size, used;
	bool old;    /* getdents, not getdents64 */
};

struct dirent64 {
	uint64_t ino;
	int64_t off;
	uint16_t reclen;
	uint8_t type;
	char name[];
} __attribute__((packed));

struct dirent32 {
	uint32_t ino, off;
	uint16_t reclen;
	char name[]; /* the type is the record's last byte */
} __attribute__((packed));

static bool path_add_entry(struct dir_listing *listing, const struct dir_item *item, uint64_t next)
{
	struct path_listing *to = container_of(listing, struct path_listing, listing);
	size_t length = strlen(item->name) + 1;
	size_t head = to->old ? offsetof(struct dirent32, name) + 1
			      : offsetof(struct dirent64, name);
	size_t bytes = ROUND_UP(head + length, to->old ? 4u : 8u);
	uint8_t type = (uint8_t)((item->mode & MODE_TYPE) >> 12);
	char *at = to->bytes + to->used;
	if (bytes > to->size - to->used)
		return false;
	memset(at, 0, bytes);
	if (to->old) {
		struct dirent32 *d = (struct dirent32 *)at;
		*d = (struct dirent32){ item->number, (uint32_t)next, (uint16_t)bytes };
		memcpy(d->name, item->name, length);
		at[bytes - 1] = (char)type;
	} else {
		struct dirent64 *d = (struct dirent64 *)at;
		*d = (struct dirent64){ item->number, (int64_t)next, (uint16_t)bytes, type };
		memcpy(d->name, item->name, length);
	}
	to->used += bytes;
	return true;
}

static long path_list(struct file *f, struct path_listing *to, uptr_t buf)
{
	to->listing.position = f->position;
	to->listing.add = path_add_entry;
	dir_list(f->inode, &to->listing);
	if (to->used == 0)
		return to->listing.full ? -EINVAL : 0;
	if (syscall_write_user(buf, to->bytes, to->used) != 0)
		return -EFAULT;
	f->position = to->listing.position;
	inode_accessed(f->inode);
	return (long)to->used;
}

static long path_getdents(struct file *f, const struct syscall_args *args, bool old)
{
	struct path_listing to = { .old = old, .size = MIN(args->a[2], PAGE_SIZE) };
	if (!file_readable(f))
		return -EBADF;
	if (!inode_is(f->inode, MODE_DIR))
		return -ENOTDIR;
	if (f->inode->nlink == 0)
		return -ENOENT;
	to.bytes = reclaim_room(1) == 0 ? kmalloc(PAGE_SIZE) : NULL;
	if (!to.bytes)
		return -ENOMEM;
	file_lock_position(f);
	long result = path_list(f, &to, args->a[1]);
	file_unlock_position(f);
	kfree(to.bytes);
	return result;
}

static long path_getdents_new(struct file *f, const struct syscall_args *args)
{
	return path_getdents(f, args, false);
}

static long path_getdents_old(struct file *f, const struct syscall_args *args)
{
	return path_getdents(f, args, true);
}

long sys_getdents64(const struct syscall_args *args)
{
	return syscall_on_file(args, path_getdents_new);
}

long sys_getdents(const struct syscall_args *args)
{
	return syscall_on_file(args, path_getdents_old);
}

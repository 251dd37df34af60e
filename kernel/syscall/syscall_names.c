/* System calls that change names: creating, linking, renaming, removing, mounting. */
#include "kernel/fs/file.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/slab.h"

/* A path argument and where it ends. */
struct name_argument {
	char *path;
	struct path_end end;
};

/* 0, and the caller frees it; or an error. */
static long name_take(uint32_t fd, uptr_t path, struct name_argument *a)
{
	struct inode *base;
	a->path = syscall_path(path);
	if (is_error((unsigned long)a->path))
		return (long)a->path;
	long error = syscall_base(fd, a->path, &base);
	if (!error) {
		error = path_resolve(base, a->path, PATH_NAME, &a->end);
		inode_put(base);
	}
	if (error)
		kfree(a->path);
	return error;
}

static void name_free(struct name_argument *a)
{
	path_end_put(&a->end);
	kfree(a->path);
}

/* --- creating --- */

static long name_make(uint32_t fd, uptr_t path, uint32_t mode, uint32_t rdev)
{
	struct name_argument a;
	long error = name_take(fd, path, &a);
	if (error)
		return error;
	error = names_create(&a.end, mode & ~process_running->fs.umask, rdev, NULL);
	name_free(&a);
	return error;
}

static long name_mkdir(uint32_t fd, uptr_t path, uint32_t mode)
{
	return name_make(fd, path, MODE_DIR | (mode & 01777), 0);
}

long sys_mkdir(const struct syscall_args *args)
{
	return name_mkdir((uint32_t)AT_FDCWD, args->a[0], args->a[1]);
}

long sys_mkdirat(const struct syscall_args *args)
{
	return name_mkdir(args->a[0], args->a[1], args->a[2]);
}

static long name_mknod(uint32_t fd, uptr_t path, uint32_t mode, uint32_t rdev)
{
	switch (mode & MODE_TYPE) {
	case 0:
		mode |= MODE_REGULAR;
		break;
	case MODE_REGULAR:
	case MODE_FIFO:
	case MODE_SOCKET:
		break;
	case MODE_CHAR:
	case MODE_BLOCK:
		return name_make(fd, path, mode & (MODE_TYPE | MODE_BITS), rdev & 0xffff);
	case MODE_DIR:
		return -EPERM;
	default:
		return -EINVAL;
	}
	return name_make(fd, path, mode & (MODE_TYPE | MODE_BITS), 0);
}

long sys_mknod(const struct syscall_args *args)
{
	return name_mknod((uint32_t)AT_FDCWD, args->a[0], args->a[1], args->a[2]);
}

long sys_mknodat(const struct syscall_args *args)
{
	return name_mknod(args->a[0], args->a[1], args->a[2], args->a[3]);
}

static long name_symlink(uptr_t user_target, uint32_t fd, uptr_t path)
{
	struct name_argument a;
	char *target = syscall_path(user_target);
	if (is_error((unsigned long)target))
		return (long)target;
	long error = *target ? name_take(fd, path, &a) : -ENOENT;
	if (!error) {
		error = names_symlink(&a.end, target);
		name_free(&a);
	}
	kfree(target);
	return error;
}

long sys_symlink(const struct syscall_args *args)
{
	return name_symlink(args->a[0], (uint32_t)AT_FDCWD, args->a[1]);
}

long sys_symlinkat(const struct syscall_args *args)
{
	return name_symlink(args->a[0], args->a[1], args->a[2]);
}

static long name_link(const struct syscall_args *at, unsigned lookup)
{
	struct inode *i;
	struct name_argument a;
	long error = syscall_lookup(at->a[0], at->a[1], lookup, &i);
	if (error)
		return error;
	error = name_take(at->a[2], at->a[3], &a);
	if (!error) {
		error = names_link(&a.end, i);
		name_free(&a);
	}
	inode_put(i);
	return error;
}

long sys_link(const struct syscall_args *args)
{
	uint32_t here = (uint32_t)AT_FDCWD;
	return name_link(&(struct syscall_args){ .a = { here, args->a[0], here, args->a[1] } }, 0);
}

/* linkat(old dir, old, new dir, new, flags) */
long sys_linkat(const struct syscall_args *args)
{
	uint32_t flags = args->a[4];
	if (flags & ~(uint32_t)(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return name_link(args, (flags & AT_SYMLINK_FOLLOW ? SYSCALL_LOOKUP_FOLLOW : 0) |
				       (flags & AT_EMPTY_PATH ? SYSCALL_LOOKUP_EMPTY : 0));
}

/* --- removing --- */

static long name_remove(uint32_t fd, uptr_t path, int (*remove)(const struct path_end *end))
{
	struct name_argument a;
	long error = name_take(fd, path, &a);
	if (error)
		return error;
	error = remove(&a.end);
	name_free(&a);
	return error;
}

long sys_unlink(const struct syscall_args *args)
{
	return name_remove((uint32_t)AT_FDCWD, args->a[0], names_unlink);
}

long sys_rmdir(const struct syscall_args *args)
{
	return name_remove((uint32_t)AT_FDCWD, args->a[0], names_rmdir);
}

long sys_unlinkat(const struct syscall_args *args)
{
	enum { AT_REMOVEDIR = 0x200 };
	if (args->a[2] & ~(uint32_t)AT_REMOVEDIR)
		return -EINVAL;
	return name_remove(args->a[0], args->a[1], args->a[2] ? names_rmdir : names_unlink);
}

/* renameat2(old dir, old, new dir, new, flags) */
long sys_renameat2(const struct syscall_args *args)
{
	struct name_argument from, to;
	uint32_t flags = args->a[4], both = NAMES_NOREPLACE | NAMES_EXCHANGE;
	if (flags & ~both || flags == both)
		return -EINVAL;
	long error = name_take(args->a[0], args->a[1], &from);
	if (error)
		return error;
	error = name_take(args->a[2], args->a[3], &to);
	if (!error) {
		error = names_rename(&from.end, &to.end, flags);
		name_free(&to);
	}
	name_free(&from);
	return error;
}

long sys_renameat(const struct syscall_args *args)
{
	const uint32_t *a = args->a;
	return sys_renameat2(&(struct syscall_args){ .a = { a[0], a[1], a[2], a[3], 0 } });
}

long sys_rename(const struct syscall_args *args)
{
	const uint32_t *a = args->a, here = (uint32_t)AT_FDCWD;
	return sys_renameat2(&(struct syscall_args){ .a = { here, a[0], here, a[1], 0 } });
}

/* --- mounts --- */

/* mount(source, target, type, flags, data). procfs where it is already mounted: done. */
long sys_mount(const struct syscall_args *args)
{
	enum { MS_REMOUNT = 32 };
	struct inode *at;
	long error = syscall_lookup((uint32_t)AT_FDCWD, args->a[1], SYSCALL_LOOKUP_FOLLOW, &at);
	if (error)
		return error;
	char *type = args->a[3] & MS_REMOUNT ? NULL : syscall_path(args->a[2]);
	if (is_error((unsigned long)type))
		error = (long)type;
	else if (type && !(strcmp(type, "proc") == 0 && strcmp(at->ops->name, "proc") == 0))
		error = mount_add(at, type);
	if (!is_error((unsigned long)type))
		kfree(type);
	inode_put(at);
	return error;
}

long sys_umount(const struct syscall_args *args)
{
	struct inode *root;
	long error = syscall_lookup((uint32_t)AT_FDCWD, args->a[0], SYSCALL_LOOKUP_FOLLOW, &root);
	if (error)
		return error;
	error = mount_remove(root);
	inode_put(root);
	return error;
}

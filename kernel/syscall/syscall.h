/*
 * System calls: Linux i386's, by int 0x80. Theory in syscall.c; the numbers are in
 * syscall_table.c, the calls in the other syscall_*.c, one file a family.
 */
#ifndef KERNEL_SYSCALL_SYSCALL_H
#define KERNEL_SYSCALL_SYSCALL_H

#include "kernel/proc/process.h"
#include "mm/user.h"

struct file;

/* The six arguments as the program loaded them: ebx, ecx, edx, esi, edi, ebp. */
struct syscall_args {
	uint32_t a[6];
};

/* Returns the result or, in the top 4095 values, a negative error number. */
typedef long syscall_fn(const struct syscall_args *args);

enum { SYSCALL_COUNT = 448 };
extern syscall_fn *const syscall_table[SYSCALL_COUNT];

/* The action of a call on the open file that its first argument names. */
typedef long syscall_file_fn(struct file *f, const struct syscall_args *args);
/*
 * Run @call on that file, which stays open until @call returns, whatever other threads close. Its
 * result, or -EBADF: no such descriptor, or opened with O_PATH.
 */
long syscall_on_file(const struct syscall_args *args, syscall_file_fn *call);
/* The same, O_PATH or not. */
long syscall_on_descriptor(const struct syscall_args *args, syscall_file_fn *call);

/* Register for int 0x80. Context: boot. */
void syscall_init(void);

/* Access user memory of the running process, with checks: 0 or -EFAULT. May reclaim. */
MUST_CHECK int syscall_read_user(void *dst, uptr_t src, size_t n);
MUST_CHECK int syscall_write_user(uptr_t dst, const void *src, size_t n);
/*
 * A path argument, to be freed by kfree: never NULL, at most 4095 bytes.
 * Or an error as a pointer (is_error): -EFAULT, -ENAMETOOLONG, -ENOMEM.
 */
MUST_CHECK char *syscall_path(uptr_t path);

/* Linux's flags for calls that take a directory descriptor and a path. */
enum {
	AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_SYMLINK_FOLLOW = 0x400,
	AT_EMPTY_PATH = 0x1000,
};
enum { SYSCALL_LOOKUP_FOLLOW = 1, SYSCALL_LOOKUP_EMPTY = 2 /* "" means the descriptor itself */ };

static inline unsigned syscall_lookup_flags(uint32_t at_flags)
{
	return (at_flags & AT_SYMLINK_NOFOLLOW ? 0 : SYSCALL_LOOKUP_FOLLOW) |
	       (at_flags & AT_EMPTY_PATH ? SYSCALL_LOOKUP_EMPTY : 0);
}

/*
 * The inode of a path argument, relative to descriptor @fd or AT_FDCWD, with a reference. 0 or an
 * error.
 */
MUST_CHECK long syscall_lookup(uint32_t fd, uptr_t path, unsigned flags, struct inode **found);
/* The directory that a relative @path starts from, with a reference. 0, -EBADF, -ENOTDIR. */
MUST_CHECK long syscall_base(uint32_t fd, const char *path, struct inode **base);

/* A 64-bit value passed as two words. */
static inline int64_t syscall_wide(uint32_t low, uint32_t high)
{
	return (int64_t)((uint64_t)high << 32 | low);
}

#endif

/* System calls on files, for the tests of them: thin, by number. Linux's manual, section 2. */
#ifndef TESTS_USER_FILE_CALLS_H
#define TESTS_USER_FILE_CALLS_H

#include "user/lib/syscall.h"

enum file_call {
	CALL_link = 9, CALL_mknod = 14, CALL_chmod = 15, CALL_rename = 38, CALL_mkdir = 39,
	CALL_rmdir = 40, CALL_symlink = 83, CALL_readlink = 85, CALL_truncate = 92,
	CALL_ftruncate = 93, CALL_flock = 143, CALL_msync = 144, CALL_pread64 = 180,
	CALL_pwrite64 = 181, CALL_lstat64 = 196, CALL_sendfile64 = 239, CALL_fallocate = 324,
	CALL_renameat2 = 353, CALL_memfd_create = 356,
};
enum { EXTRA_NOFOLLOW = 0400000, EXTRA_PATH = 010000000, EXTRA_TMPFILE = 020200000, HERE = -100 };
enum { SEEK_DATA = 3, SEEK_HOLE = 4 };

static inline long call1(long number, const void *a)
{
	return linux_call(number, (long)a, 0, 0, 0, 0, 0);
}

static inline long call2(long number, const void *a, long b)
{
	return linux_call(number, (long)a, b, 0, 0, 0, 0);
}

static inline long call_two_paths(long number, const char *a, const char *b)
{
	return linux_call(number, (long)a, (long)b, 0, 0, 0, 0);
}

static inline long call_pread(int fd, void *buf, size_t n, uint32_t at)
{
	return linux_call(CALL_pread64, fd, (long)buf, (long)n, (long)at, 0, 0);
}

static inline long call_pwrite(int fd, const void *buf, size_t n, uint32_t at)
{
	return linux_call(CALL_pwrite64, fd, (long)buf, (long)n, (long)at, 0, 0);
}

#endif

/*
 * System calls by name. Each is one line on linux_call(); what a line adds is only the order of
 * the arguments. The old forms (open, waitpid, pipe) are used where they suffice, because they are
 * what the smallest C libraries use.
 */
#include "user/lib/print.h"
#include "user/lib/syscall.h"

static long call0(long number)
{
	return linux_call(number, 0, 0, 0, 0, 0, 0);
}

static long call1(long number, long a)
{
	return linux_call(number, a, 0, 0, 0, 0, 0);
}

static long call2(long number, long a, long b)
{
	return linux_call(number, a, b, 0, 0, 0, 0);
}

static long call3(long number, long a, long b, long c)
{
	return linux_call(number, a, b, c, 0, 0, 0);
}

_Noreturn void sys_exit(int status)
{
	for (;;)
		call1(NR_exit_group, status);
}

int sys_read(int fd, void *buf, size_t size)
{
	return call3(NR_read, fd, (long)buf, size);
}

int sys_write(int fd, const void *buf, size_t size)
{
	return call3(NR_write, fd, (long)buf, size);
}

int sys_open(const char *path, int flags, int mode)
{
	return call3(NR_open, (long)path, flags, mode);
}

int sys_close(int fd)
{
	return call1(NR_close, fd);
}

int sys_lseek(int fd, int offset, int whence)
{
	return call3(NR_lseek, fd, offset, whence);
}

int sys_unlink(const char *path)
{
	return call1(NR_unlink, (long)path);
}

int sys_fstat(int fd, struct stat64 *st)
{
	return call2(NR_fstat64, fd, (long)st);
}

int sys_stat(const char *path, struct stat64 *st)
{
	return call2(NR_stat64, (long)path, (long)st);
}

int sys_getdents(int fd, void *buf, size_t size)
{
	return call3(NR_getdents64, fd, (long)buf, size);
}

int sys_chdir(const char *path)
{
	return call1(NR_chdir, (long)path);
}

int sys_getcwd(char *buf, size_t size)
{
	return call2(NR_getcwd, (long)buf, size);
}

int sys_dup(int fd)
{
	return call1(NR_dup, fd);
}

int sys_dup2(int from, int to)
{
	return call2(NR_dup2, from, to);
}

int sys_pipe(int fds[2])
{
	return call1(NR_pipe, (long)fds);
}

int sys_fcntl(int fd, int command, long arg)
{
	return call3(NR_fcntl64, fd, command, arg);
}

int sys_ioctl(int fd, unsigned command, void *arg)
{
	return call3(NR_ioctl, fd, command, (long)arg);
}

int sys_fork(void)
{
	print_flush();
	return call0(NR_fork);
}

int sys_execve(const char *path, char *const argv[], char *const envp[])
{
	return call3(NR_execve, (long)path, (long)argv, (long)envp);
}

int sys_waitpid(int pid, int *status, int options)
{
	return call3(NR_waitpid, pid, (long)status, options);
}

int sys_kill(int pid, int signo)
{
	return call2(NR_kill, pid, signo);
}

int sys_getpid(void)
{
	return call0(NR_getpid);
}

int sys_getppid(void)
{
	return call0(NR_getppid);
}

int sys_setpgid(int pid, int pgid)
{
	return call2(NR_setpgid, pid, pgid);
}

int sys_setsid(void)
{
	return call0(NR_setsid);
}

int sys_sched_yield(void)
{
	return call0(NR_sched_yield);
}

int sys_sigaction(int signo, uintptr_t handler)
{
	struct sigaction act = { .handler = handler };

	return linux_call(NR_rt_sigaction, signo, (long)&act, 0, sizeof(act.mask), 0, 0);
}

int sys_nanosleep(uint32_t seconds, uint32_t nanoseconds)
{
	struct timespec time = { .seconds = seconds, .nanoseconds = nanoseconds };

	return call2(NR_nanosleep, (long)&time, 0);
}

int sys_uname(struct utsname *name)
{
	return call1(NR_uname, (long)name);
}

uintptr_t sys_brk(uintptr_t end)
{
	return call1(NR_brk, end);
}

void *sys_mmap(void *addr, size_t size, int prot, int flags, int fd, size_t page)
{
	return (void *)linux_call(NR_mmap2, (long)addr, size, prot, flags, fd, page);
}

int sys_munmap(void *addr, size_t size)
{
	return call2(NR_munmap, (long)addr, size);
}

int sys_mprotect(void *addr, size_t size, int prot)
{
	return call3(NR_mprotect, (long)addr, size, prot);
}

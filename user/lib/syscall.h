/*
 * System calls, one function each. A result below zero is an error number, negated: there is no
 * errno variable. What each call does is in Linux's manual, section 2.
 */
#ifndef USER_LIB_SYSCALL_H
#define USER_LIB_SYSCALL_H

#include <stddef.h>
#include "user/lib/linux.h"

/* Any call by its number; see syscall.asm. */
long linux_call(long number, long a, long b, long c, long d, long e, long f);

_Noreturn void sys_exit(int status);
int sys_read(int fd, void *buf, size_t size);
int sys_write(int fd, const void *buf, size_t size);
int sys_open(const char *path, int flags, int mode);
int sys_close(int fd);
int sys_lseek(int fd, int offset, int whence);
int sys_unlink(const char *path);
int sys_fstat(int fd, struct stat64 *st);
int sys_stat(const char *path, struct stat64 *st);
int sys_getdents(int fd, void *buf, size_t size);
int sys_chdir(const char *path);
int sys_getcwd(char *buf, size_t size);
int sys_dup(int fd);
int sys_dup2(int from, int to);
int sys_pipe(int fds[2]);
int sys_fcntl(int fd, int command, long arg);
int sys_ioctl(int fd, unsigned command, void *arg);

/* Writes out what printf still holds first, or the child would print it again. */
int sys_fork(void);
int sys_execve(const char *path, char *const argv[], char *const envp[]);
int sys_waitpid(int pid, int *status, int options);
int sys_kill(int pid, int signo);
int sys_getpid(void);
int sys_getppid(void);
int sys_setpgid(int pid, int pgid);
int sys_setsid(void);
int sys_sched_yield(void);
int sys_sigaction(int signo, uintptr_t handler);
int sys_nanosleep(uint32_t seconds, uint32_t nanoseconds);
int sys_uname(struct utsname *name);

/* The new end of the heap, or the old one where it cannot move. 0 asks for it. */
uintptr_t sys_brk(uintptr_t end);
/*
 * The address or a negated error number: ask sys_failed(). @fd and @page: the file and where to
 * start in it.
 */
void *sys_mmap(void *addr, size_t size, int prot, int flags, int fd, size_t page);
int sys_munmap(void *addr, size_t size);
int sys_mprotect(void *addr, size_t size, int prot);

/* Is this address an error number? */
static inline int sys_failed(const void *addr)
{
	return (uintptr_t)addr >= (uintptr_t)-4095;
}

/* Anonymous private memory, readable and writable. */
static inline void *sys_map_pages(size_t size)
{
	return sys_mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

#endif

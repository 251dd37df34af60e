/*
 * What user programs share with the kernel: Linux i386's numbers and structures. Names are Linux's,
 * so its manual pages explain them.
 */
#ifndef USER_LIB_LINUX_H
#define USER_LIB_LINUX_H

#include <stdint.h>

enum syscall_number {
	NR_exit = 1, NR_fork = 2, NR_read = 3, NR_write = 4, NR_open = 5, NR_close = 6,
	NR_waitpid = 7, NR_unlink = 10, NR_execve = 11, NR_chdir = 12, NR_lseek = 19,
	NR_getpid = 20, NR_pause = 29, NR_access = 33, NR_kill = 37, NR_mkdir = 39, NR_dup = 41,
	NR_pipe = 42, NR_brk = 45, NR_ioctl = 54, NR_setpgid = 57, NR_dup2 = 63, NR_getppid = 64,
	NR_getpgrp = 65, NR_setsid = 66, NR_munmap = 91, NR_wait4 = 114, NR_sigreturn = 119,
	NR_clone = 120, NR_uname = 122, NR_mprotect = 125, NR_readv = 145, NR_writev = 146,
	NR_sched_yield = 158, NR_nanosleep = 162, NR_mremap = 163, NR_rt_sigreturn = 173,
	NR_rt_sigaction = 174, NR_getcwd = 183, NR_vfork = 190, NR_getrlimit = 191, NR_mmap2 = 192,
	NR_stat64 = 195, NR_fstat64 = 197, NR_madvise = 219, NR_getdents64 = 220, NR_fcntl64 = 221,
	NR_exit_group = 252, NR_pipe2 = 331, NR_prlimit64 = 340,
};

/* open, fcntl */
enum {
	O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0100, O_EXCL = 0200, O_TRUNC = 01000,
	O_APPEND = 02000, O_NONBLOCK = 04000, O_DIRECTORY = 0200000, O_CLOEXEC = 02000000,
	F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_DUPFD_CLOEXEC = 1030,
	FD_CLOEXEC = 1,
	SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2,
};

/* mmap, mprotect */
enum {
	PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4,
	MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20,
	MAP_FIXED_NOREPLACE = 0x100000,
};

enum {
	SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGILL = 4, SIGTRAP = 5, SIGABRT = 6, SIGBUS = 7,
	SIGFPE = 8, SIGKILL = 9, SIGUSR1 = 10, SIGSEGV = 11, SIGUSR2 = 12, SIGPIPE = 13,
	SIGALRM = 14, SIGTERM = 15, SIGSTKFLT = 16, SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19,
	SIGTSTP = 20, SIGTTIN = 21, SIGTTOU = 22, SIGURG = 23, SIGXCPU = 24, SIGXFSZ = 25,
	SIGVTALRM = 26, SIGPROF = 27, SIGWINCH = 28, SIGIO = 29, SIGPWR = 30, SIGSYS = 31,
	SIG_DFL = 0, SIG_IGN = 1,
};

/* Without a handler there is nothing to mask and nothing to restore. */
struct sigaction {
	uintptr_t handler;
	uint32_t flags;
	uintptr_t restorer;
	uint32_t mask[2];
};

/* waitpid: a status says how the child ended. */
enum { WNOHANG = 1, WUNTRACED = 2 };

static inline int wait_exited(int status)
{
	return (status & 0x7f) == 0;
}

static inline int wait_exit_status(int status)
{
	return (status >> 8) & 0xff;
}

/* The signal that ended the child; 0: it called exit. */
static inline int wait_signal(int status)
{
	return status & 0x7f;
}

struct timespec {
	int32_t seconds;
	int32_t nanoseconds;
};

struct iovec {
	void *base;
	uint32_t length;
};

struct utsname {
	char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};

/* stat64, fstat64 */
struct stat64 {
	uint64_t dev;
	uint32_t pad0;
	uint32_t ino32;
	uint32_t mode;
	uint32_t nlink;
	uint32_t uid;
	uint32_t gid;
	uint64_t rdev;
	uint32_t pad1;
	int64_t size;
	uint32_t blksize;
	uint64_t blocks;
	uint32_t atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
	uint64_t ino;
} __attribute__((packed, aligned(4)));

enum {
	S_IFMT = 0170000, S_IFDIR = 0040000, S_IFCHR = 0020000, S_IFREG = 0100000,
	S_IFIFO = 0010000, S_IFLNK = 0120000,
};

struct dirent64 {
	uint64_t ino;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
} __attribute__((packed));

enum { DT_CHR = 2, DT_DIR = 4, DT_REG = 8, DT_LNK = 10 };

struct termios {
	uint32_t iflag, oflag, cflag, lflag;
	uint8_t line;
	uint8_t cc[19];
};

struct winsize {
	uint16_t rows, columns, xpixel, ypixel;
};

enum {
	TCGETS = 0x5401, TCSETS = 0x5402, TIOCSCTTY = 0x540e, TIOCGPGRP = 0x540f,
	TIOCSPGRP = 0x5410, TIOCGWINSZ = 0x5413,
	TERM_ICRNL = 0x100, TERM_IXON = 0x400,                     /* iflag */
	TERM_ISIG = 1, TERM_ICANON = 2, TERM_ECHO = 8, TERM_IEXTEN = 0x8000, /* lflag */
	TERM_VSUSP = 10, TERM_VTIME = 5, TERM_VMIN = 6,            /* cc */
};

/* The auxiliary vector. */
enum {
	AT_NULL = 0, AT_PHDR = 3, AT_PHENT = 4, AT_PHNUM = 5, AT_PAGESZ = 6, AT_BASE = 7,
	AT_FLAGS = 8, AT_ENTRY = 9, AT_UID = 11, AT_EUID = 12, AT_GID = 13, AT_EGID = 14,
	AT_PLATFORM = 15, AT_HWCAP = 16, AT_CLKTCK = 17, AT_SECURE = 23, AT_RANDOM = 25,
	AT_HWCAP2 = 26, AT_EXECFN = 31, AT_SYSINFO = 32, AT_SYSINFO_EHDR = 33,
};

struct auxv {
	uint32_t type;
	uint32_t value;
};

#endif

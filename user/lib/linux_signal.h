/*
 * What programs with signal handlers, timers and threads share with the kernel, beyond linux.h.
 * Names are Linux's.
 */
#ifndef USER_LIB_LINUX_SIGNAL_H
#define USER_LIB_LINUX_SIGNAL_H

#include "user/lib/linux.h"

enum {
	NR_alarm = 27, NR_signal = 48, NR_sigaction = 67, NR_sigsuspend = 72, NR_select = 142,
	NR_setitimer = 104, NR_getitimer = 105, NR_getpgid = 132, NR_poll = 168,
	NR_rt_sigprocmask = 175, NR_rt_sigpending = 176, NR_rt_sigtimedwait = 177,
	NR_rt_sigqueueinfo = 178, NR_rt_sigsuspend = 179, NR_sigaltstack = 186, NR_gettid = 224,
	NR_tkill = 238, NR_futex = 240, NR_set_thread_area = 243, NR_get_thread_area = 244,
	NR_set_tid_address = 258, NR_clock_gettime = 265, NR_clock_nanosleep = 267,
	NR_tgkill = 270, NR_waitid = 284, NR_pselect6 = 308, NR_ppoll = 309,
	NR_set_robust_list = 311,
};

enum {
	SA_NOCLDSTOP = 1, SA_NOCLDWAIT = 2, SA_SIGINFO = 4, SA_RESTORER = 0x04000000,
	SA_ONSTACK = 0x08000000, SA_RESTART = 0x10000000, SA_NODEFER = 0x40000000,
	SIG_BLOCK = 0, SIG_UNBLOCK = 1, SIG_SETMASK = 2, SS_ONSTACK = 1, SS_DISABLE = 2,
};
#define SA_RESETHAND 0x80000000u

struct siginfo {
	int32_t signo, error, code;
	union {
		struct {
			int32_t pid, uid;
			uint32_t value; /* or a child's status */
		};
		uint32_t address;
		uint32_t words[29];
	};
};

struct sigcontext {
	uint32_t gs, fs, es, ds, edi, esi, ebp, esp, ebx, edx, ecx, eax;
	uint32_t vector, error, eip, cs, eflags, esp_again, ss, fpu, mask, address;
};

struct sigstack {
	void *sp;
	uint32_t flags, size;
};

struct ucontext {
	uint32_t flags, link;
	struct sigstack stack;
	struct sigcontext registers;
	uint64_t mask;
};

struct itimer {
	struct {
		int32_t seconds, micros;
	} interval, left;
};

struct pollfd {
	int32_t fd;
	int16_t events, revents;
};
enum { POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLNVAL = 32 };

enum { P_ALL = 0, P_PID = 1, P_PGID = 2, WEXITED = 4, WCONTINUED = 8, WNOWAIT = 0x1000000 };

enum {
	CLONE_VM = 0x100, CLONE_FS = 0x200, CLONE_FILES = 0x400, CLONE_SIGHAND = 0x800,
	CLONE_VFORK = 0x4000, CLONE_THREAD = 0x10000, CLONE_SYSVSEM = 0x40000,
	CLONE_SETTLS = 0x80000, CLONE_PARENT_SETTID = 0x100000, CLONE_CHILD_CLEARTID = 0x200000,
	CLONE_CHILD_SETTID = 0x1000000,
};
enum {
	FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_REQUEUE = 3, FUTEX_CMP_REQUEUE = 4,
	FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET = 10, FUTEX_PRIVATE = 128,
};

struct user_desc {
	uint32_t entry_number, base_addr, limit, flags;
};
enum { USER_DESC_32BIT = 1, USER_DESC_PAGES = 16, USER_DESC_USEABLE = 64 };

#endif

/* What the tests of signals share. */
#ifndef TESTS_USER_SIGNALLING_H
#define TESTS_USER_SIGNALLING_H

#include "lib/errno.h"
#include "tests/user/testing.h"
#include "user/lib/linux_signal.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

typedef void signal_handler(int signo, struct siginfo *info, struct ucontext *context);

static inline uint64_t signal_bit(int signo)
{
	return 1ull << (signo - 1);
}

static inline long call(long number, long a, long b, long c, long d)
{
	return linux_call(number, a, b, c, d, 0, 0);
}

/* No restorer: the way back is the kernel's. */
static inline long handle(int signo, signal_handler *handler, uint32_t flags, uint64_t mask)
{
	struct sigaction action = { (uintptr_t)handler, flags, 0,
				    { (uint32_t)mask, (uint32_t)(mask >> 32) } };
	return call(NR_rt_sigaction, signo, (long)&action, 0, 8);
}

/* The mask before. */
static inline uint64_t mask_change(int how, uint64_t set)
{
	uint64_t old = 0;
	call(NR_rt_sigprocmask, how, (long)&set, (long)&old, 8);
	return old;
}

static inline void raise(int signo)
{
	sys_kill(sys_getpid(), signo);
}

/*
 * A child that sends @signo (0: nothing) to its parent once that sleeps, and ends: after a signal
 * not before the parent sleeps again, so that SIGCHLD is no part of what the signal does.
 */
static inline int start_sender(int signo)
{
	int pid = sys_fork();
	if (pid == 0) {
		await_asleep(sys_getppid());
		if (signo) {
			sys_kill(sys_getppid(), signo);
			await_asleep(sys_getppid());
		}
		sys_exit(0);
	}
	return pid;
}

static inline void reap(int pid)
{
	int status, waited;
	do
		waited = sys_waitpid(pid, &status, 0);
	while (waited == -EINTR);
}

#endif

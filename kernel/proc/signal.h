/*
 * Signals: sending them and acting on them. Theory in signal.c. Context: process.
 */
#ifndef KERNEL_PROC_SIGNAL_H
#define KERNEL_PROC_SIGNAL_H

#include "kernel/proc/process.h"

enum {
	SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGILL = 4, SIGTRAP = 5, SIGABRT = 6, SIGBUS = 7,
	SIGFPE = 8, SIGKILL = 9, SIGUSR1 = 10, SIGSEGV = 11, SIGUSR2 = 12, SIGPIPE = 13,
	SIGALRM = 14, SIGTERM = 15, SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19, SIGTSTP = 20,
	SIGTTIN = 21, SIGTTOU = 22, SIGURG = 23, SIGXCPU = 24, SIGXFSZ = 25, SIGVTALRM = 26,
	SIGPROF = 27, SIGWINCH = 28, SIGSYS = 31, SIGNAL_FIRST_QUEUED = 32, SIGNAL_MAX = 64,
};

enum { SIG_DFL = 0, SIG_IGN = 1 };
enum {
	SA_NOCLDSTOP = 1, SA_NOCLDWAIT = 2, SA_SIGINFO = 4, SA_RESTORER = 0x04000000,
	SA_ONSTACK = 0x08000000, SA_RESTART = 0x10000000, SA_NODEFER = 0x40000000,
};
#define SA_RESETHAND 0x80000000u

/* Linux's si_code, where it does not belong to one signal. */
enum { SI_USER = 0, SI_QUEUE = -1, SI_TIMER = -2, SI_TKILL = -6, SI_KERNEL = 0x80 };
/* SIGCHLD's. */
enum { CLD_EXITED = 1, CLD_KILLED, CLD_DUMPED, CLD_TRAPPED, CLD_STOPPED, CLD_CONTINUED };

/*
 * Results of an interrupted call. Never seen by the program: with a handler it becomes -EINTR or
 * the call is restarted, without one the call is always restarted.
 */
enum {
	ERESTARTSYS = 512,	     /* restart if the handler has SA_RESTART */
	ERESTARTNOINTR = 513,	     /* always restart */
	ERESTARTNOHAND = 514,	     /* -EINTR after any handler */
	ERESTART_RESTARTBLOCK = 516, /* as NOHAND; restart by restart_syscall and process.restart */
};

/* Linux's struct sigaction: what rt_sigaction exchanges. */
struct signal_action {
	uint32_t handler;
	uint32_t flags;
	uint32_t restorer;
	uint32_t mask[2];
};

/* Shared by threads (CLONE_SIGHAND). */
struct signal_actions {
	uint32_t refs;
	struct signal_action of[SIGNAL_MAX + 1]; /* by number; 0 is not used */
};

/* The start of Linux's siginfo; the rest of its 128 bytes is zero. */
struct signal_info {
	int32_t signo, error, code;
	uint32_t words[5]; /* pid and uid; or an address; or pid, uid, status, times; ... */
};

static inline uint64_t signal_bit(int signo)
{
	return 1ull << (signo - 1);
}

static inline bool signal_in(uint64_t set, int signo)
{
	return set & signal_bit(signo);
}

/* Signals pending for thread @p or its process. */
uint64_t signal_pending(const struct process *p);
/* Must @p act on anything? Its group's stop and exit count. */
bool signal_wanted(const struct process *p);
/* The same without stops, for rt_sigtimedwait and others that look for signals. */
bool signal_unblocked(const struct process *p);
/* Is SIGKILL or the group's exit pending for @p? */
bool signal_killed(const struct process *p);
/*
 * The pending signal that terminates @p before any other is considered, as on Linux; 0: none.
 * Signals that dump core on Linux wait their turn.
 */
int signal_fatal(const struct process *p);

/* --- sending --- */

/* From the kernel, to the whole process of @p; wakes a thread if necessary. */
void signal_send(struct process *p, int signo);
/*
 * With @info (also its number). @whole: to the process, any thread takes it; else to thread @p
 * alone. 0, or -EAGAIN: no room to queue the signal.
 */
long signal_send_info(struct process *p, const struct signal_info *info, bool whole);
/* To every process of group @pgrp; @signo 0: nothing is sent. Returns how many there were. */
unsigned signal_send_group(int pgrp, int signo);
unsigned signal_send_group_info(int pgrp, const struct signal_info *info);
/* As kill(2) from the running process. */
struct signal_info signal_info_user(int signo, int code);
/*
 * To thread @p; terminates it if it blocks or ignores it: faults, and SIGKILL for lack of memory.
 */
void signal_force(struct process *p, int signo);
void signal_force_info(struct process *p, const struct signal_info *info);
/*
 * Is group @pgrp orphaned: nobody outside it, in its session, could continue it? Then the terminal
 * does not stop it. @but, which is exiting, does not count; NULL: everybody does.
 */
bool signal_group_orphaned(int pgrp, const struct process *but);
/* Would acting on @signo have no effect on @p? */
bool signal_ignores(const struct process *p, int signo);
/* Does @p block or ignore it? Then the terminal returns -EIO rather than stop it. */
bool signal_ignored_or_blocked(const struct process *p, int signo);
/* Discard the signals of @mask pending for @p's process. */
void signal_forget(struct process *p, uint64_t mask);
/* Wake thread @p if it sleeps and must act on what is now pending. */
void signal_wake(struct process *p, int signo);

/* --- queues (signal_queue.c) --- */

void signal_init(void); /* boot */
void signal_set_init(struct signal_set *s);
/* 0, or -EAGAIN: no room to queue it. */
long signal_set_add(struct signal_set *s, const struct signal_info *info);
/* Remove @signo, which is in @s; returns its oldest information. */
struct signal_info signal_set_take(struct signal_set *s, int signo);
/* Asserts the theory's [signal_queue.1] and [signal_queue.2]; how many entries it has. */
uint32_t signal_set_check(const struct signal_set *s);
/* Of all sets. */
uint32_t signal_entries(void);
/* Discard the signals of @mask. */
void signal_set_drop(struct signal_set *s, uint64_t mask);
/* Take the next signal of @wanted to act on, from thread or process. Number 0: none. */
struct signal_info signal_dequeue(struct process *p, uint64_t wanted);

/* --- stops, masks (signal_actions.c) --- */

/* Continue every stopped thread of @p's process. */
void signal_resume(struct process *p);
/* The running thread blocks exactly @mask from now on, except what cannot be blocked. */
void signal_set_mask(uint64_t mask);
/* The same until the calling system call ends or a handler runs; then the old mask is restored. */
void signal_set_mask_for_call(uint64_t mask);
/* The call has ended without a handler. */
void signal_restore_mask(void);

/* --- birth and exec --- */

/* @share: one table for both. NULL: no memory. */
MUST_CHECK struct signal_actions *signal_actions_fork(struct signal_actions *from, bool share);
MUST_CHECK struct signal_actions *signal_actions_create(void);
void signal_actions_put(struct signal_actions *a);
/* A new program has no handlers; ignored signals stay ignored. The table is not shared. */
void signal_after_exec(struct process *p);
/* "SIGSEGV", or "signal 42". The answer is overwritten by the next call. */
const char *signal_name(int signo);

#endif

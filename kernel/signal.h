/*
 * Signals: default actions and "ignore". Theory in signal.c. Context: process.
 */
#ifndef KERNEL_SIGNAL_H
#define KERNEL_SIGNAL_H

#include "kernel/process.h"

enum {
	SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGILL = 4, SIGTRAP = 5, SIGABRT = 6, SIGBUS = 7,
	SIGFPE = 8, SIGKILL = 9, SIGSEGV = 11, SIGPIPE = 13, SIGALRM = 14, SIGTERM = 15,
	SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19, SIGTSTP = 20, SIGTTIN = 21, SIGTTOU = 22,
	SIGURG = 23, SIGWINCH = 28, SIGNAL_MAX = 64,
};

/* A call that a signal interrupted and that starts again after it. Never seen by the program. */
enum { ERESTARTSYS = 512 };

static inline uint64_t signal_bit(int signo)
{
	return 1ull << (signo - 1);
}

/* Anything @p has to act on? */
static inline bool signal_wanted(const struct process *p)
{
	return UNLIKELY((p->sig_pending & ~p->sig_blocked) != 0);
}

/* Make @signo pending for @p, or act at once where that is right; wakes it if it must notice. */
void signal_send(struct process *p, int signo);
/* To every process of group @pgrp. Returns how many there were. */
unsigned signal_send_group(int pgrp, int signo);
/*
 * Has group @pgrp nobody outside it, in its session, who could continue it? Then the terminal does
 * not stop it.
 */
bool signal_group_orphaned(int pgrp);
/* As signal_send, but it can be neither blocked nor ignored: faults. */
void signal_force(struct process *p, int signo);
/* Would acting on @signo change nothing for @p? */
bool signal_ignores(const struct process *p, int signo);
/* Act on what is pending for the running process: may stop it, may not return. */
void signal_act(void);
/* The child inherits what is blocked and ignored; nothing is pending for it. */
void signal_after_fork(struct process *child, const struct process *parent);
/* "SIGSEGV", or "signal 42". The answer is overwritten by the next call. */
const char *signal_name(int signo);

#endif

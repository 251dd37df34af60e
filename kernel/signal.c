/*
 * Signals: default actions and "ignore".
 *
 * A signal is a bit in sig_pending. It is sent at any time and acted upon by its receiver alone, on
 * the way back to user mode, where the process holds nothing. A sleeping process is woken for it;
 * the call it was in leaves with -ERESTARTSYS and, if the process goes on, is made again: with no
 * handlers a program never sees an interrupted call.
 *
 * What a signal does is decided when it is sent if the answer is "nothing" (ignored, or ignored
 * by default), so that it does not wake anybody; else when it is acted upon.
 *
 * SIGKILL and SIGSTOP can be neither blocked nor ignored. SIGCONT and the stop signals cancel
 * each other. An init (process 1 on the console) gets no signal by whose default action it would
 * end, save from its own faults.
 *
 * Always true
 *   G1  sig_pending holds no signal that its process ignores, unless it is blocked
 *   G2  a STOPPED process is on no queue
 * Left out: handlers, queues of real-time signals, siginfo, core dumps.
 */
#include "kernel/signal.h"

#include "kernel/process.h"
#include "kernel/sched.h"
#include "kernel/wait.h"
#include "lib/format.h"
#include "lib/string.h"

#define BIT(signo) (1ull << ((signo) - 1))
static const uint64_t signal_stops = BIT(SIGSTOP) | BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU);
static const uint64_t signal_ignored_by_default =
	BIT(SIGCHLD) | BIT(SIGCONT) | BIT(SIGURG) | BIT(SIGWINCH);

static const char *const signal_names[] = {
	NULL,	     "SIGHUP",	"SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
	"SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
	"SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
	"SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS",
};

const char *signal_name(int signo)
{
	static char other[16];
	if (signo > 0 && (size_t)signo < ARRAY_SIZE(signal_names))
		return signal_names[signo];
	format_string(other, sizeof(other), "signal %d", signo);
	return other;
}

bool signal_ignores(const struct process *p, int signo)
{
	if (signo == SIGKILL || signo == SIGSTOP)
		return p->pid == 1 && process_has_init();
	if (p->sig_ignored & signal_bit(signo))
		return true;
	if (p->pid == 1 && process_has_init())
		return true;
	return signal_ignored_by_default & signal_bit(signo);
}

/* Out of the stop: it runs again and acts on what is pending. */
static void signal_resume(struct process *p)
{
	if (p->state == PROCESS_STOPPED)
		sched_enqueue(p);
}

static void signal_continue(struct process *p)
{
	p->sig_pending &= ~signal_stops;
	if (p->state != PROCESS_STOPPED)
		return;
	p->continued = true;
	signal_resume(p);
	wait_notify_parent(p);
}

static void signal_make_pending(struct process *p, int signo)
{
	p->sig_pending |= signal_bit(signo);
	if (p == process_running)
		sched_request();
	else if (signo == SIGKILL && p->state == PROCESS_STOPPED)
		signal_resume(p);
	else if (p->sleep == SLEEP_INTERRUPTIBLE && signal_wanted(p))
		sched_wake(p);
	else if (p->sleep == SLEEP_KILLABLE && signo == SIGKILL)
		sched_wake(p);
}

void signal_send(struct process *p, int signo)
{
	if (p->state == PROCESS_ZOMBIE)
		return;
	if (signo == SIGCONT)
		signal_continue(p);
	if (signal_stops & signal_bit(signo))
		p->sig_pending &= ~signal_bit(SIGCONT);
	bool blocked = p->sig_blocked & signal_bit(signo);
	if (blocked || !signal_ignores(p, signo))
		signal_make_pending(p, signo);
}

void signal_force(struct process *p, int signo)
{
	p->sig_blocked &= ~signal_bit(signo);
	p->sig_ignored &= ~signal_bit(signo);
	p->sig_forced |= signal_bit(signo);
	signal_make_pending(p, signo);
}

unsigned signal_send_group(int pgrp, int signo)
{
	unsigned n = 0;
	list_for_each(node, &process_all) {
		struct process *p = list_entry(node, struct process, all);
		if (p->pgrp != pgrp || p->state == PROCESS_ZOMBIE)
			continue;
		n++;
		if (signo)
			signal_send(p, signo);
	}
	return n;
}

bool signal_group_orphaned(int pgrp)
{
	list_for_each(node, &process_all) {
		struct process *p = list_entry(node, struct process, all);
		if (p->pgrp != pgrp || p->state == PROCESS_ZOMBIE || !p->parent)
			continue;
		if (p->parent->pgrp != pgrp && p->parent->session == p->session)
			return false;
	}
	return true;
}

static void signal_stop(struct process *p, int signo)
{
	p->state = PROCESS_STOPPED;
	p->stop_signal = signo;
	p->stop_reported = false;
	wait_notify_parent(p);
	sched_switch();
}

/* The lowest one, but the end before everything else; 0: none. */
static int signal_next(const struct process *p)
{
	uint64_t wanted = p->sig_pending & ~p->sig_blocked;
	if (wanted & signal_bit(SIGKILL))
		return SIGKILL;
	uint32_t low = (uint32_t)wanted;
	if (low)
		return __builtin_ctz(low) + 1;
	return wanted ? __builtin_ctz((uint32_t)(wanted >> 32)) + 33 : 0;
}

void signal_act(void)
{
	struct process *p = process_running;
	for (int signo = signal_next(p); signo; signo = signal_next(p)) {
		bool forced = p->sig_forced & signal_bit(signo);
		p->sig_pending &= ~signal_bit(signo);
		p->sig_forced &= ~signal_bit(signo);
		if (!forced && signal_ignores(p, signo))
			continue;
		if (signo != SIGSTOP && signal_stops & signal_bit(signo) &&
		    signal_group_orphaned(p->pgrp))
			continue;
		if (signal_stops & signal_bit(signo))
			signal_stop(p, signo);
		else
			process_exit((uint32_t)signo);
	}
}

void signal_after_fork(struct process *child, const struct process *parent)
{
	child->sig_blocked = parent->sig_blocked;
	child->sig_ignored = parent->sig_ignored;
}

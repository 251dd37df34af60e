/*
 * Signals: who receives them, and who is woken for them.
 *
 * A signal is sent to a process or to one of its threads; it becomes pending in the set of either
 * (signal_queue.c). It may be sent at any time but is only acted upon by a thread of the receiver
 * (signal_act.c), on the way back to user mode, where a thread holds nothing. A sleeping thread is
 * woken for it; its call returns one of the -ERESTART errors.
 *
 * A signal to a process may be taken by any thread that does not block it; one of them is woken,
 * the leader if possible. SIGKILL goes to every thread. A signal that is ignored (explicitly or by
 * default) is discarded when it is sent, so that it wakes nobody; otherwise its action is decided
 * when it is acted upon. A blocked one stays pending in any case: its action may change before it
 * is unblocked.
 *
 * SIGKILL and SIGSTOP can be neither blocked nor ignored. SIGCONT and the stop signals cancel each
 * other when they are sent. An init (process 1 on the console) gets no signal whose default action
 * would terminate it, except from its own faults.
 *
 * A fault's signal is forced: a program that blocks or ignores it cannot continue, so it is
 * terminated as if it had not.
 *
 * Always true
 *   [signal.1]  a signal that was ignored when it was sent and not blocked is not pending
 *   [signal.2]  a STOPPED thread is on no queue, and its group's stop_signal is not 0
 *   [signal.3]  stopped counts the STOPPED threads of a group
 *   [signal.4]  a table of handlers has a reference from each thread that uses it
 * Left out: core dumps, ptrace, permissions (everybody is root).
 * Source: signal(7), POSIX.1 2.4.
 */
#include "kernel/proc/signal.h"

#include "kernel/proc/sched.h"
#include "kernel/proc/thread.h"
#include "kernel/proc/wait.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/format.h"

#define BIT(signo) (1ull << ((signo) - 1))
static const uint64_t signal_stops = BIT(SIGSTOP) | BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU);
static const uint64_t signal_ignored_by_default =
	BIT(SIGCHLD) | BIT(SIGCONT) | BIT(SIGURG) | BIT(SIGWINCH);
static const uint64_t signal_dumps_core = /* on Linux */
	BIT(SIGQUIT) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGABRT) | BIT(SIGBUS) | BIT(SIGFPE) |
	BIT(SIGSEGV) | BIT(SIGXCPU) | BIT(SIGXFSZ) | BIT(SIGSYS);

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

/* --- questions --- */

uint64_t signal_pending(const struct process *p)
{
	return p->sig.pending.bits | p->group->pending.bits;
}

bool signal_unblocked(const struct process *p)
{
	return signal_killed(p) || signal_pending(p) & ~p->sig.blocked;
}

bool signal_wanted(const struct process *p)
{
	return UNLIKELY(signal_unblocked(p) || p->group->stop_signal != 0);
}

bool signal_killed(const struct process *p)
{
	return p->group->exiting || p->must_end || signal_in(p->sig.pending.bits, SIGKILL);
}

static bool signal_spares_init(const struct process *p)
{
	return thread_pid(p) == 1 && process_has_init() && !p->group->mortal;
}

bool signal_ignores(const struct process *p, int signo)
{
	if (signo == SIGKILL || signo == SIGSTOP)
		return signal_spares_init(p);
	uint32_t handler = p->sig.actions->of[signo].handler;
	if (handler != SIG_DFL)
		return handler == SIG_IGN;
	return signal_spares_init(p) || signal_in(signal_ignored_by_default, signo);
}

/* The default action is to terminate, nothing else. */
static bool signal_ends(const struct process *p, int signo)
{
	return p->sig.actions->of[signo].handler == SIG_DFL && !signal_ignores(p, signo) &&
	       !signal_in(signal_stops | signal_dumps_core, signo);
}

int signal_fatal(const struct process *p)
{
	uint64_t pending = signal_pending(p) & ~p->sig.blocked;
	for (int signo = 1; pending != 0 && signo <= SIGNAL_MAX; signo++)
		if (signal_in(pending, signo) && signal_ends(p, signo))
			return signo;
	return 0;
}

bool signal_ignored_or_blocked(const struct process *p, int signo)
{
	return signal_in(p->sig.blocked, signo) || p->sig.actions->of[signo].handler == SIG_IGN;
}

/* --- waking --- */

void signal_wake(struct process *p, int signo)
{
	if (p == process_running)
		sched_request();
	else if (p->run.sleep == SLEEP_INTERRUPTIBLE &&
		 (signal_wanted(p) || signal_in(p->sig.waited, signo)))
		sched_wake(p);
	else if (p->run.sleep == SLEEP_KILLABLE && (signo == SIGKILL || signal_fatal(p)))
		sched_wake(p);
}

void signal_resume(struct process *p)
{
	struct thread_group *g = p->group;
	ASSERT(g->stopped <= g->live); /* [signal.3] */
	g->stop_signal = 0;
	g->stopped = 0;
	list_for_each_entry(struct process, t, &g->threads, thread_link)
		if (t->run.state == PROCESS_STOPPED)
			sched_enqueue(t);
}

static bool signal_may_take(const struct process *t, int signo)
{
	return t->run.state != PROCESS_ZOMBIE && !signal_in(t->sig.blocked & ~t->sig.waited, signo);
}

/* A thread of @p's group that has not ended and may take @signo now; NULL: all block it. */
static struct process *signal_choose_thread(struct process *p, int signo)
{
	if (signal_may_take(p, signo))
		return p;
	list_for_each_entry(struct process, t, &p->group->threads, thread_link)
		if (signal_may_take(t, signo))
			return t;
	return NULL;
}

/* Every thread sees SIGKILL, stopped ones too. */
static void signal_kill_threads(struct process *p, const struct signal_info *info)
{
	signal_resume(p);
	list_for_each_entry(struct process, t, &p->group->threads, thread_link) {
		if (t->run.state == PROCESS_ZOMBIE)
			continue;
		(void)signal_set_add(&t->sig.pending, info);
		signal_wake(t, SIGKILL);
	}
}

/* --- sending --- */

void signal_forget(struct process *p, uint64_t mask)
{
	struct thread_group *g = p->group;
	signal_set_drop(&g->pending, mask);
	list_for_each(node, &g->threads)
		signal_set_drop(&list_entry(node, struct process, thread_link)->sig.pending, mask);
}

static void signal_continue(struct process *p)
{
	struct thread_group *g = p->group;
	signal_forget(p, signal_stops);
	if (!g->stop_signal)
		return;
	bool was_stopped = g->stopped == g->live;
	signal_resume(p);
	if (!was_stopped)
		return;
	g->continued = true;
	wait_notify_parent(g->leader, CLD_CONTINUED, SIGCONT);
}

/* Add a signal to one set, and wake whoever must be. */
static long signal_make_pending(struct process *p, const struct signal_info *info, bool whole)
{
	long error = signal_set_add(whole ? &p->group->pending : &p->sig.pending, info);
	struct process *t = whole ? signal_choose_thread(p, info->signo) : p;
	if (!error && t)
		signal_wake(t, info->signo);
	return error;
}

long signal_send_info(struct process *p, const struct signal_info *info, bool whole)
{
	int signo = info->signo;
	ASSERT(signo > 0 && signo <= SIGNAL_MAX && p->group != NULL);
	if (thread_group_ended(p) || (!whole && p->run.state == PROCESS_ZOMBIE))
		return 0;
	if (signo == SIGCONT)
		signal_continue(p);
	if (signal_in(signal_stops, signo))
		signal_forget(p, signal_bit(SIGCONT));
	struct process *t = whole ? signal_choose_thread(p, signo) : p;
	bool blocked = !t || signal_in(t->sig.blocked, signo);
	if (!blocked && signal_ignores(t, signo))
		return 0;
	if (signo != SIGKILL)
		return signal_make_pending(p, info, whole);
	signal_kill_threads(p, info);
	return 0;
}

void signal_send(struct process *p, int signo)
{
	struct signal_info info = { .signo = signo, .code = SI_KERNEL };
	(void)signal_send_info(p, &info, true); /* may be lost for lack of memory */
}

struct signal_info signal_info_user(int signo, int code)
{
	return (struct signal_info){
		.signo = signo, .code = code, .words = { (uint32_t)thread_pid(process_running) },
	};
}

unsigned signal_send_group_info(int pgrp, const struct signal_info *info)
{
	unsigned n = 0;
	process_for_each(p) {
		if (p->pgrp != pgrp || !thread_is_leader(p))
			continue;
		n++;
		if (info->signo)
			(void)signal_send_info(p, info, true);
	}
	return n;
}

unsigned signal_send_group(int pgrp, int signo)
{
	struct signal_info info = { .signo = signo, .code = SI_KERNEL };
	return signal_send_group_info(pgrp, &info);
}

void signal_force_info(struct process *p, const struct signal_info *info)
{
	ASSERT(info->signo > 0 && info->signo <= SIGNAL_MAX);
	struct signal_action *action = &p->sig.actions->of[info->signo];
	if (signal_ignored_or_blocked(p, info->signo)) {
		action->handler = SIG_DFL;
		p->sig.blocked &= ~signal_bit(info->signo);
	}
	if (action->handler == SIG_DFL)
		p->group->mortal = true;
	if (info->signo == SIGKILL)
		signal_kill_threads(p, info);
	else
		(void)signal_make_pending(p, info, false);
}

void signal_force(struct process *p, int signo)
{
	struct signal_info info = { .signo = signo, .code = SI_KERNEL };
	signal_force_info(p, &info);
}

bool signal_group_orphaned(int pgrp, const struct process *but)
{
	process_for_each(p) {
		if (p->pgrp != pgrp || p == but || !p->family.parent || thread_group_ended(p))
			continue;
		if (p->family.parent->pgrp != pgrp && p->family.parent->session == p->session)
			return false;
	}
	return true;
}

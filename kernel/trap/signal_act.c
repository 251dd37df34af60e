/*
 * Acting on pending signals.
 *
 * On its way back to user mode a thread takes signals one by one until none is left that it does
 * not block. A handler gets a frame on the user stack (signal_frame.c); further signals push their
 * frames on top, so the last one's handler runs first. The default is to terminate the process, to
 * stop it, or nothing.
 *
 * The result of an interrupted call is decided when the first frame is pushed: the frame's
 * registers either hold -EINTR or restart the call. Without a handler attend.c restarts it.
 *
 * A stop applies to every thread: the first one that takes the signal sets the group's stop_signal,
 * the others find it and stop too. When all have stopped the parent is notified. SIGCONT and
 * SIGKILL wake all of them (signal.c).
 */
#include "kernel/trap/signal_act.h"

#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "kernel/proc/thread.h"
#include "kernel/proc/wait.h"
#include "kernel/trap/signal_frame.h"
#include "lib/assert.h"
#include "lib/errno.h"

/* --- stops --- */

static void signal_join_stop(struct process *p)
{
	struct thread_group *g = p->group;
	ASSERT(g->stopped < g->live);		/* [signal.3] */
	ASSERT(!list_node_linked(&p->run.link)); /* [signal.2] */
	p->run.state = PROCESS_STOPPED;
	g->stopped++;
	if (g->stopped == g->live)
		wait_notify_parent(g->leader, CLD_STOPPED, g->stop_signal);
	sched_switch();
}

static void signal_stop(struct process *p, int signo)
{
	struct thread_group *g = p->group;
	g->stop_signal = signo;
	g->stopped = 0;
	g->stop_reported = false;
	g->continued = false;
	list_for_each_entry(struct process, t, &g->threads, thread_link)
		if (t != p)
			signal_wake(t, signo);
}

static void signal_default(struct process *p, int signo)
{
	bool stops = signo == SIGSTOP || signo == SIGTSTP || signo == SIGTTIN || signo == SIGTTOU;
	if (signal_ignores(p, signo))
		return;
	if (!stops)
		process_exit((uint32_t)signo);
	if (signo == SIGSTOP || !signal_group_orphaned(p->pgrp, NULL))
		signal_stop(p, signo);
}

/* --- handlers --- */

/* The interrupted call is restarted after the handler, or fails with -EINTR. */
static void signal_settle_call(struct trap_frame *tf, const struct signal_action *action)
{
	enum { INT80_BYTES = 2 };
	if (tf->vector != TRAP_SYSCALL || (int32_t)tf->error < 0)
		return;
	uint32_t error = -tf->eax;
	bool again = error == ERESTARTNOINTR ||
		     (error == ERESTARTSYS && action->flags & SA_RESTART);
	if (again) {
		tf->eax = tf->error;
		tf->eip -= INT80_BYTES;
	} else if (error == ERESTARTSYS || error == ERESTARTNOHAND ||
		   error == ERESTART_RESTARTBLOCK) {
		tf->eax = (uint32_t)-EINTR;
	}
	tf->error = UINT32_MAX; /* no longer in a system call */
}

static void signal_handle(struct trap_frame *tf, const struct signal_info *info)
{
	struct process *p = process_running;
	struct signal_action action = p->sig.actions->of[info->signo];
	uint64_t mask = p->sig.restore ? p->sig.saved : p->sig.blocked;
	signal_settle_call(tf, &action);
	if (action.flags & SA_RESETHAND)
		p->sig.actions->of[info->signo].handler = SIG_DFL;
	if (signal_frame_push(tf, &action, info, mask) != 0) {
		if (info->signo == SIGSEGV)
			p->sig.actions->of[SIGSEGV].handler = SIG_DFL;
		signal_force(p, SIGSEGV);
		return;
	}
	p->sig.restore = false;
	uint64_t more = (uint64_t)action.mask[1] << 32 | action.mask[0];
	if (!(action.flags & SA_NODEFER))
		more |= signal_bit(info->signo);
	signal_set_mask(p->sig.blocked | more);
}

void signal_act(struct trap_frame *tf)
{
	struct process *p = process_running;
	for (;;) {
		if (p->group->exiting || p->must_end)
			process_exit_thread(p->group->exit_status);
		if (signal_in(p->sig.pending.bits, SIGKILL))
			process_exit(SIGKILL);
		if (p->group->stop_signal) {
			signal_join_stop(p);
			continue;
		}
		int fatal = signal_fatal(p);
		if (fatal)
			process_exit((uint32_t)fatal);
		struct signal_info info = signal_dequeue(p, ~p->sig.blocked);
		if (!info.signo)
			return;
		uint32_t handler = p->sig.actions->of[info.signo].handler;
		if (handler == SIG_DFL)
			signal_default(p, info.signo);
		else if (handler != SIG_IGN)
			signal_handle(tf, &info);
	}
}

/*
 * Waiting for children.
 *
 * A process that has exited (exit.c) is a zombie: a status, some figures and a kernel stack no
 * longer in use. The parent's wait collects these and destroys what is left. Stops and
 * continuations are reported too, to those who ask. All of it is also reported by a signal, SIGCHLD
 * unless clone asked for another; such other children are only found with __WCLONE or __WALL.
 *
 * Some zombies nobody waits for: those of a parent that ignores SIGCHLD or has set SA_NOCLDWAIT,
 * and orphans. An init (process 1 on the console) inherits orphans and waits for them. A launcher's
 * program is process 1 too, but an ordinary one: it must not see children it never created, so
 * orphans then have no parent (NULL) and the kernel reaps them.
 *
 * Children belong to the process, whichever thread created them: parent is always a leader, and all
 * its threads wait on the leader's child_event. vfork's parent sleeps there too.
 *
 * Always true
 *   [wait.1]  a zombie has no address space, no files, no children
 *   [wait.2]  a zombie's parent exists and may still wait for it; otherwise it is not a zombie but
 *       destroyed
 */
#include "kernel/proc/pid.h"
#include "kernel/proc/wait.h"

#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "kernel/proc/thread.h"
#include "lib/assert.h"
#include "lib/errno.h"

/* Does @parent discard SIGCHLD, so that its children are reaped at once? */
static bool wait_is_ignored(const struct process *parent)
{
	const struct signal_action *a = &parent->sig.actions->of[SIGCHLD];
	ASSERT(parent->group->leader == parent); /* [process.5] */
	return a->handler == SIG_IGN || a->flags & SA_NOCLDWAIT;
}

bool wait_unwanted(const struct process *p)
{
	if (p->pid == 1)
		return false;
	return !p->family.parent ||
	       (p->family.exit_signal == SIGCHLD && wait_is_ignored(p->family.parent));
}

static bool wait_wants_signal(const struct process *p, int code)
{
	const struct signal_action *a = &p->family.parent->sig.actions->of[SIGCHLD];
	if (code == CLD_STOPPED || code == CLD_CONTINUED)
		return a->handler != SIG_IGN && !(a->flags & SA_NOCLDSTOP);
	return p->family.exit_signal != 0;
}

void wait_notify_parent(struct process *p, int code, int status)
{
	struct process *parent = p->family.parent;
	if (!parent)
		return;
	bool ended = code != CLD_STOPPED && code != CLD_CONTINUED;
	struct process_times used = thread_group_times(p);
	struct signal_info info = {
		.signo = ended ? p->family.exit_signal : SIGCHLD, .code = code,
		.words = { (uint32_t)p->pid, 0, (uint32_t)status, used.user, used.system },
	};
	if (wait_wants_signal(p, code))
		(void)signal_send_info(parent, &info, true);
	sched_wake_all(&parent->family.child_event);
}

void wait_notify_end(struct process *p)
{
	uint32_t signo = p->exit_status & 0x7f;
	wait_notify_parent(p, signo ? CLD_KILLED : CLD_EXITED,
			   (int)(signo ? signo : p->exit_status >> 8));
}

void wait_orphan_children(struct process *p)
{
	struct process *heir = p->pid != 1 && process_has_init() ? process_find(1) : NULL;
	list_for_each_entry_safe(struct process, child, &p->family.children, family.sibling) {
		list_remove(&child->family.sibling);
		child->family.parent = heir;
		child->family.exit_signal = SIGCHLD;
		child->family.vfork_child = false;
		if (heir)
			list_push_back(&heir->family.children, &child->family.sibling);
		if (child->family.death_signal)
			signal_send(child, child->family.death_signal);
		if (!thread_group_ended(child))
			continue;
		if (heir)
			wait_notify_end(child);
		else
			process_destroy(child);
	}
}

/* --- the parent's side --- */

static bool wait_matches(const struct process *child, int pid, unsigned flags)
{
	bool clone = child->family.exit_signal != SIGCHLD;
	if (!(flags & WALL) && clone != !!(flags & WCLONE))
		return false;
	if (pid > 0)
		return child->pid == pid;
	if (pid == -1)
		return true;
	return child->pgrp == (pid == 0 ? process_running->pgrp : -pid);
}

static bool wait_is_stopped(const struct process *child)
{
	const struct thread_group *g = child->group;
	return g->live > 0 && g->stop_signal && g->stopped == g->live;
}

/* Anything to report of @child under @flags? */
static bool wait_has_news(const struct process *child, unsigned flags)
{
	if (thread_group_ended(child))
		return flags & WEXITED;
	if (flags & WUNTRACED && wait_is_stopped(child) && !child->group->stop_reported)
		return true;
	return flags & WCONTINUED && child->group->continued;
}

static void wait_add_times(struct process_times *to, const struct process_times *from)
{
	to->user += from->user;
	to->system += from->system;
}

/* Add the dead child's figures, its own and its children's, to its parent's. */
static void wait_inherit(struct process *parent, const struct wait_answer *child)
{
	wait_add_times(&parent->used.child_times, &child->times);
	parent->used.child_minor_faults += child->minor_faults;
	parent->used.child_major_faults += child->major_faults;
	parent->used.child_peak_resident =
		MAX(parent->used.child_peak_resident, child->peak_resident);
}

/* What @child and its own children used. */
static void wait_figures(const struct process *child, struct wait_answer *answer)
{
	answer->times = thread_group_times(child);
	wait_add_times(&answer->times, &child->used.child_times);
	answer->minor_faults = child->used.minor_faults + child->used.child_minor_faults;
	answer->major_faults = child->used.major_faults + child->used.child_major_faults;
	answer->peak_resident = MAX(child->used.peak_resident, child->used.child_peak_resident);
}

static void wait_tell(struct process *child, unsigned flags, struct wait_answer *answer)
{
	bool take = !(flags & WNOWAIT);
	struct thread_group *g = child->group;
	*answer = (struct wait_answer){ .pid = child->pid };
	/* [process.5] */
	ASSERT(child->family.parent && child->family.parent->group == process_running->group);
	if (thread_group_ended(child)) {
		ASSERT(child->run.state == PROCESS_ZOMBIE); /* [thread.2] */
		answer->status = child->exit_status;
		wait_figures(child, answer);
		if (!take)
			return;
		wait_inherit(child->family.parent, answer);
		process_destroy(child);
	} else if (wait_is_stopped(child)) {
		answer->status = (uint32_t)g->stop_signal << 8 | 0x7f;
		g->stop_reported = take;
	} else {
		answer->status = WAIT_CONTINUED;
		g->continued = !take;
	}
}

/* 1: @answer is filled in. 0: nothing has happened yet. -ECHILD. */
static int wait_look(struct process *leader, int pid, unsigned flags, struct wait_answer *answer)
{
	bool any = false;
	list_for_each_entry(struct process, child, &leader->family.children, family.sibling) {
		if (!wait_matches(child, pid, flags))
			continue;
		any = true;
		if (wait_has_news(child, flags)) {
			wait_tell(child, flags, answer);
			return 1;
		}
	}
	return any ? 0 : -ECHILD;
}

long wait_for_child(int pid, unsigned flags, struct wait_answer *answer)
{
	for (;;) {
		struct process *leader = process_running->group->leader;
		int found = wait_look(leader, pid, flags, answer);
		if (found < 0)
			return found;
		if (found > 0)
			return 0;
		*answer = (struct wait_answer){ .pid = 0 };
		if (flags & WNOHANG)
			return 0;
		int error = sched_sleep_interruptible(&leader->family.child_event);
		if (error)
			return error;
	}
}

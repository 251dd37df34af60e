/*
 * How threads and processes end.
 *
 * A thread ends in its own context, on the way back to user mode or in exit: it releases its held
 * futexes, its files and its memory. A thread is never terminated from outside, only asked to exit
 * (SIGKILL, group.exiting, must_end), since a sleeping one may hold what only it can release.
 *
 * The last thread's end is the process's: its children are reparented, its terminal and its groups
 * get their signals, and the leader becomes a zombie its parent can wait for. Other threads leave
 * nothing behind. No thread can free the stack it runs on; whoever runs next does (sched_bury).
 *
 * A stopped process group that becomes orphaned would sleep for ever: it gets SIGHUP and SIGCONT
 * (POSIX, orphaned process groups).
 */
#include "kernel/base/panic.h"
#include "kernel/proc/futex.h"
#include "kernel/proc/hooks.h"
#include "kernel/proc/itimer.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/wait.h"
#include "lib/assert.h"
#include "mm/trace.h"
#include "mm/user.h"

/* Linux's CLONE_CHILD_CLEARTID: a joining thread sleeps on that word. */
static void exit_clear_tid(struct process *p)
{
	uint32_t zero = 0;
	uptr_t at = p->words.clear_child_tid;
	p->words.clear_child_tid = 0;
	/* With nobody left to see it, no need to fault the page in. */
	if (!at || p->aspace->refs == 1)
		return;
	if (user_write(p->aspace, at, &zero, sizeof(zero)) == 0)
		(void)futex_wake_word(at, 1);
}

static void exit_give_up_memory(struct process *p)
{
	struct aspace *as = p->aspace;
	if (!as)
		return;
	futex_release_robust(p);
	exit_clear_tid(p);
	/* nobody looks there any more */
	ASSERT(p->words.robust_list == 0 && p->words.clear_child_tid == 0);
	process_count_faults(p->group->leader, as);
	p->aspace = NULL;
	aspace_activate(NULL);
	aspace_put(as);
	load_control_kick();
}

static void exit_release_vfork(struct process *p)
{
	struct process *parent = p->group->leader->family.parent;
	if (!p->family.vfork_child)
		return;
	p->family.vfork_child = false;
	if (parent)
		sched_wake_all(&parent->family.child_event);
}

/* --- the process's end --- */

static void exit_kill_everyone(const struct thread_group *but)
{
	process_for_each(p)
		if (thread_is_leader(p) && p->group != but)
			signal_send(p, SIGKILL);
}

static bool exit_group_has_stopped(int pgrp)
{
	process_for_each(p)
		if (p->pgrp == pgrp && thread_is_leader(p) && p->group->stop_signal)
			return true;
	return false;
}

/* Group @pgrp loses @ending, a member or a member's relative. */
static void exit_release_group(int pgrp, const struct process *ending)
{
	if (!exit_group_has_stopped(pgrp) || !signal_group_orphaned(pgrp, ending))
		return;
	signal_send_group(pgrp, SIGHUP);
	signal_send_group(pgrp, SIGCONT);
}

/* Is its parent one of those that keep its group from being orphaned? */
static bool exit_held_group(const struct process *leader)
{
	const struct process *parent = leader->family.parent;
	return parent && parent->pgrp != leader->pgrp && parent->session == leader->session;
}

static void exit_leave_family(struct process *leader)
{
	int groups_seen = 0;
	/* Its children's groups are checked after reparenting. */
	list_for_each_entry(struct process, child, &leader->family.children, family.sibling)
		groups_seen += child->pgrp != leader->pgrp;
	wait_orphan_children(leader);
	if (exit_held_group(leader)) /* else no change: the group was orphaned before */
		exit_release_group(leader->pgrp, leader);
	if (groups_seen == 0)
		return;
	process_for_each(p)
		if (thread_is_leader(p) && p->session == leader->session && p->group->stop_signal)
			exit_release_group(p->pgrp, leader);
}

/* The last thread ends; the caller still runs. */
static void exit_process(struct process *leader)
{
	struct thread_group *g = leader->group;
	itimer_stop(g);
	leader->exit_status = g->exiting ? g->exit_status : process_running->exit_status;
	exit_leave_family(leader);
	if (leader->session == leader->pid)
		process_hooks.session_ended(leader->session);
	if (leader->pid == 1)
		exit_kill_everyone(g);
}

/* @leader is a complete zombie: its parent reaps it, or nobody. */
static void exit_become_zombie(struct process *leader)
{
	ASSERT(thread_group_ended(leader) && leader->run.state == PROCESS_ZOMBIE); /* [thread.2] */
	/* [wait.1] */
	ASSERT(list_empty(&leader->family.children));
	wait_notify_end(leader);
	if (!wait_unwanted(leader))
		return;
	if (leader->family.parent)
		list_remove(&leader->family.sibling);
	leader->family.parent = NULL;
	if (leader == process_running)
		sched_bury(leader);
	else
		process_destroy(leader);
}

/* --- a thread's end --- */

/* A thread that is not the leader leaves the group; it is destroyed by whoever runs next. */
static void exit_vanish(struct process *p)
{
	struct thread_group *g = p->group;
	ASSERT(p != g->leader && list_empty(&p->family.children)); /* [thread.2], [process.5] */
	g->ended.user += p->used.times.user;
	g->ended.system += p->used.times.system;
	list_remove(&p->thread_link);
	p->group = NULL;
	sched_bury(p);
	sched_wake_all(&g->change);
}

static NORETURN void exit_thread(struct process *p)
{
	struct thread_group *g = p->group;
	struct process *leader = g->leader;
	ASSERT(g->live > 0 && p->run.state == PROCESS_RUNNABLE && p == process_running);
	process_hooks.files_drop(p);
	exit_give_up_memory(p);
	trace(TRACE_PROCESS, TRACE_PROCESS_EXIT, (uint32_t)p->pid, 0);
	process_hooks.names_drop(p);
	exit_release_vfork(p);
	signal_set_drop(&p->sig.pending, UINT64_MAX);
	bool last = g->live == 1;
	if (last)
		exit_process(leader);
	g->live--;
	p->run.state = PROCESS_ZOMBIE;
	if (p == leader)
		sched_wake_all(&g->change);
	else
		exit_vanish(p);
	if (last)
		exit_become_zombie(leader);
	sched_switch();
	panic("pid %d runs after its end", p->pid);
}

void process_exit_thread(uint32_t status)
{
	struct process *p = process_running;
	ASSERT(p);
	p->exit_status = status;
	exit_thread(p);
}

void process_exit(uint32_t status)
{
	struct process *p = process_running;
	ASSERT(p);
	if (!p->group->exiting) {
		p->group->exiting = true;
		p->group->exit_status = status;
		thread_end_others(p->group);
	}
	process_exit_thread(p->group->exit_status);
}

/*
 * Thread groups: what the threads of one process share.
 *
 * A thread is a struct process of its own: registers, kernel stack, state, mask. The group they are
 * in makes several of them one process. It holds what belongs to the process: pending signals, stop
 * and exit state, timers, usage. Address space, files and handlers are reference-counted objects
 * that each thread refers to, since clone lets processes share each of them separately.
 *
 * The first thread is the leader. Its pid is the process's pid; only leaders have family (parent,
 * children). A leader that exits before the others stays a zombie until they have exited too: only
 * then does its parent's wait find it. Other threads vanish when they exit.
 *
 * execve makes one thread the whole process: the others are asked to exit, and when the last has,
 * the caller takes over the leader's place, pid and family.
 *
 * Always true
 *   [thread.1]  a group has a leader from its creation to its destruction, who is in its list
 *   [thread.2]  live counts the threads of the list that are not ZOMBIE; only a leader can be in
 *       the list and a ZOMBIE
 *   [thread.3]  threads of a group have the same pgrp and session
 *   [thread.4]  a group's timer runs only while one of its threads lives
 * Source: POSIX.1 2.9; clone(2), execve(2).
 */
#include "kernel/proc/thread.h"

#include "kernel/proc/hooks.h"
#include "kernel/proc/itimer.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/wait.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/slab.h"

uint32_t thread_group_count;

struct thread_group *thread_group_create(struct process *leader)
{
	struct thread_group *g = kzalloc(sizeof(*g));
	if (!g)
		return NULL;
	thread_group_count++;
	g->leader = leader;
	list_init(&g->threads);
	signal_set_init(&g->pending);
	wait_queue_init(&g->change);
	itimer_init(g);
	thread_group_add(g, leader);
	return g;
}

void thread_group_destroy(struct thread_group *g)
{
	ASSERT(g->live == 0 && list_empty(&g->threads)); /* [thread.1], [thread.2] */
	ASSERT(list_empty(&g->change.sleepers));
	thread_group_count--;
	ASSERT(!timer_runs(&g->real_timer)); /* [thread.4] */
	signal_set_drop(&g->pending, UINT64_MAX);
	kfree(g);
}

void thread_group_add(struct thread_group *g, struct process *p)
{
	ASSERT(p->group == NULL && !list_node_linked(&p->thread_link));
	p->group = g;
	g->live++;
	list_push_back(&g->threads, &p->thread_link);
}

struct process_times thread_group_times(const struct process *p)
{
	struct process_times sum = p->group->ended;
	list_for_each_entry(const struct process, t, &p->group->threads, thread_link) {
		sum.user += t->used.times.user;
		sum.system += t->used.times.system;
	}
	return sum;
}

void thread_end_others(struct thread_group *g)
{
	list_for_each_entry(struct process, t, &g->threads, thread_link) {
		if (t == process_running || t->run.state == PROCESS_ZOMBIE)
			continue;
		t->must_end = true;
		if (t->run.state == PROCESS_STOPPED)
			sched_enqueue(t);
		else
			signal_wake(t, SIGKILL);
	}
}

/* --- execve --- */

int thread_prepare_exec(struct process *p)
{
	if (process_hooks.files_unshare(p))
		return -ENOMEM;
	if (p->sig.actions->refs > 1) {
		struct signal_actions *own = signal_actions_fork(p->sig.actions, false);
		if (!own)
			return -ENOMEM;
		signal_actions_put(p->sig.actions);
		p->sig.actions = own;
	}
	return 0;
}

/* @p takes @old's place everywhere; @old, which has exited, takes @p's and is destroyed. */
static void thread_replace_leader(struct process *p, struct process *old)
{
	ASSERT(old->run.state == PROCESS_ZOMBIE && old->group == p->group); /* [thread.2] */
	ASSERT(p->family.parent == NULL && list_empty(&p->family.children));	/* [process.5] */
	int pid = old->pid;
	old->pid = p->pid;
	p->pid = pid;
	list_remove(&p->all);
	list_insert_before(&p->all, &old->all);
	p->family.parent = old->family.parent;
	list_insert_before(&p->family.sibling, &old->family.sibling);
	list_remove(&old->family.sibling);
	list_for_each_entry_safe(struct process, child, &old->family.children, family.sibling) {
		list_remove(&child->family.sibling);
		child->family.parent = p;
		list_push_back(&p->family.children, &child->family.sibling);
	}
	p->used.child_times = old->used.child_times;
	p->used.minor_faults += old->used.minor_faults;
	p->used.major_faults += old->used.major_faults;
	p->used.peak_resident = MAX(p->used.peak_resident, old->used.peak_resident);
	p->used.child_minor_faults = old->used.child_minor_faults;
	p->used.child_major_faults = old->used.child_major_faults;
	p->used.child_peak_resident = old->used.child_peak_resident;
	p->used.start_tick = old->used.start_tick;
	p->family.death_signal = old->family.death_signal;
	p->group->leader = p;
	p->group->ended.user += old->used.times.user;
	p->group->ended.system += old->used.times.system;
	process_destroy(old);
}

void thread_commit_exec(struct process *p)
{
	struct thread_group *g = p->group;
	g->exec = p;
	thread_end_others(g);
	while (g->live > 1)
		sched_sleep(&g->change);
	ASSERT(g->live == 1 && p->run.state == PROCESS_RUNNABLE); /* [thread.2] */
	g->exec = NULL;
	if (g->leader != p)
		thread_replace_leader(p, g->leader);
	p->family.exit_signal = SIGCHLD;
	p->did_exec = true;
	p->words.robust_list = 0;
	signal_after_exec(p);
}

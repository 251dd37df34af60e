/*
 * Asserts the numbered invariants of processes, threads, signals and waiting, for every process.
 *
 * Quadratic in the number of processes: it runs at the end of a run, when there are none, after
 * self-tests, and while programs run only if the command line asks (kernel/check.c). It may run
 * while calls sleep, so it may meet a process that fork is still making: its state means nothing
 * yet, but it always has a pid, a stack and a group.
 */
#include "kernel/proc/pid.h"
#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "kernel/proc/thread.h"
#include "lib/assert.h"

static bool process_is_listed(const struct process *p)
{
	list_for_each(node, &process_all)
		if (list_entry(node, struct process, all) == p)
			return true;
	return false;
}

static bool process_in_list(const struct list_node *head, const struct list_node *wanted)
{
	list_for_each(node, head)
		if (node == wanted)
			return true;
	return false;
}

static void process_check_numbers(const struct process *p)
{
	ASSERT(p->pid > 0 && p->pid < PROCESS_PID_MAX); /* [process.4] */
	ASSERT(process_find(p->pid) == p);		/* [process.1], [process.4] */
	ASSERT(p->pid != 1 || process_all.next == &p->all); /* [process.2] */
}

static void process_check_stack(const struct process *p)
{
	const char *end = (const char *)p->cpu.stack + PROCESS_STACK_PAGES * PAGE_SIZE;
	ASSERT((const char *)(p->cpu.trap + 1) == end); /* [process.3] */
	if (p != process_running)
		ASSERT(p->cpu.kernel_esp > (uint32_t)p->cpu.stack &&
		       p->cpu.kernel_esp < (uint32_t)end);
}

/* Only leaders have relatives; each is among its parent's children. */
static void process_check_family(const struct process *p)
{
	if (p->family.parent) {
		/* [process.5] */
		ASSERT(process_is_listed(p->family.parent) && p->family.parent != p);
		ASSERT(thread_is_leader(p) && thread_is_leader(p->family.parent)); /* [process.5] */
		/* [process.5] */
		ASSERT(process_in_list(&p->family.parent->family.children, &p->family.sibling));
	}
	list_for_each_entry(const struct process, child, &p->family.children, family.sibling) {
		ASSERT(child->family.parent == p && process_is_listed(child)); /* [process.5] */
	}
}

static void process_check_state(const struct process *p)
{
	bool queued = list_node_linked(&p->run.link), timed = list_node_linked(&p->run.timer_link);
	ASSERT(p != process_running || (p->run.state == PROCESS_RUNNABLE && !queued && !timed));
	ASSERT(p->run.state != PROCESS_RUNNABLE || !timed);		   /* [sched.2] */
	ASSERT(p->run.state != PROCESS_SLEEPING || queued || timed);   /* [sched.2] */
	ASSERT(p->run.state != PROCESS_STOPPED || (!queued && !timed)); /* [signal.2] */
	ASSERT(p->run.state <= PROCESS_ZOMBIE);
	if (p->run.state != PROCESS_ZOMBIE)
		return;
	/* [wait.1] */
	ASSERT(!queued && !timed && !p->aspace && !p->fs.files && !p->fs.cwd && !p->fs.exe);
	ASSERT(p->group == NULL || p->sig.pending.bits == 0);			    /* [wait.1] */
	if (p->group && p->group->live == 0) {
		ASSERT(list_empty(&p->family.children));		       /* [wait.1] */
		ASSERT(p->pid == 1 || p->family.parent || p->group->leader != p); /* [wait.2] */
	}
}

/* Once a group, for its leader. */
static void process_check_group(const struct thread_group *g)
{
	uint32_t live = 0, stopped = 0;
	ASSERT(g->leader->group == g && process_is_listed(g->leader)); /* [thread.1] */
	list_for_each_entry(const struct process, t, &g->threads, thread_link) {
		ASSERT(t->group == g && process_is_listed(t));		    /* [thread.1] */
		ASSERT(t->run.state != PROCESS_ZOMBIE || t == g->leader);	    /* [thread.2] */
		ASSERT(t->aspace == NULL || t == g->leader || t->sig.actions != NULL);
		live += t->run.state != PROCESS_ZOMBIE;
		stopped += t->run.state == PROCESS_STOPPED;
	}
	ASSERT(live == g->live);			     /* [thread.2] */
	ASSERT(live > 0 || !timer_runs(&g->real_timer));     /* [thread.4] */
	ASSERT(stopped == 0 || g->stop_signal != 0);	     /* [signal.2] */
	ASSERT(stopped == g->stopped);			     /* [signal.3] */
	ASSERT(process_in_list(&g->threads, &g->leader->thread_link)); /* [thread.1] */
}

/* [thread.3], and structures counted by those who share them. */
static void process_check_shared(const struct process *p)
{
	uint32_t actions = 0, spaces = 0;
	process_for_each(q) {
		actions += q->sig.actions == p->sig.actions;
		spaces += q->aspace == p->aspace;
	}
	ASSERT(p->sig.actions == NULL || p->sig.actions->refs == actions); /* [signal.4] */
	ASSERT(p->aspace == NULL || p->aspace->refs >= spaces);	   /* [process.6] */
	if (p->group && p->group->leader->pgrp != 0)
		ASSERT(p->pgrp == p->group->leader->pgrp || p->pgrp == 0); /* [thread.3] */
}

void process_check_all(void)
{
	uint32_t count = 0, groups = 0, entries = 0, ready = process_running != NULL;
	list_for_each(node, &process_all) {
		const struct process *p = list_entry(node, struct process, all);
		ASSERT(node->next->prev == node && node->prev->next == node);
		count++;
		process_check_numbers(p);
		process_check_stack(p);
		process_check_state(p);
		process_check_shared(p);
		entries += signal_set_check(&p->sig.pending);
		ready += p->run.state == PROCESS_RUNNABLE && list_node_linked(&p->run.link);
		ASSERT(p->group != NULL || p->run.state == PROCESS_ZOMBIE); /* [thread.1] */
		if (!thread_is_leader(p))
			continue;
		groups++;
		process_check_family(p);
		process_check_group(p->group);
		entries += signal_set_check(&p->group->pending);
	}
	pid_check();
	ASSERT(ready == sched_ready()); /* [sched.1]: nobody else waits on another queue */
	ASSERT(count == process_count);		   /* [process.1] */
	ASSERT(groups == thread_group_count);	   /* [thread.1] */
	ASSERT(entries == signal_entries());	   /* [signal_queue.3] */
}

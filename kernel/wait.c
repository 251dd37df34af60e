/*
 * How processes end and how their parents learn of it.
 *
 * A process ends in its own context, on the way back to user mode or in exit: it closes its files,
 * gives its memory back, hands its children on, and becomes a zombie: a status, some figures and
 * a kernel stack it still stands on. The parent's wait takes these and destroys what is left.
 *
 * Some zombies nobody asks for: those of a parent that ignores SIGCHLD, and orphans. An init
 * (process 1 on the console) inherits orphans and waits for them. A launcher's program is process 1
 * too, but an ordinary one: it must not see children it never had, so its orphans have no parent
 * (NULL) and the kernel reaps them. A process can not free the stack it runs on; whoever runs
 * next does (sched_bury).
 *
 * vfork's parent sleeps on its own child_event until the child has exec'ed or ended.
 *
 * Always true
 *   W1  a zombie has no address space, no files, no children
 *   W2  a zombie's parent exists and may still ask; else it is not a zombie but gone
 */
#include "kernel/wait.h"

#include "kernel/fs/file.h"
#include "kernel/panic.h"
#include "kernel/process.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "lib/errno.h"
#include "mm/user.h"

bool wait_unwanted(const struct process *p)
{
	if (p->pid == 1)
		return false;
	return !p->parent || p->parent->sig_ignored & signal_bit(SIGCHLD);
}

void wait_notify_parent(struct process *p)
{
	if (!p->parent)
		return;
	signal_send(p->parent, SIGCHLD);
	sched_wake_all(&p->parent->child_event);
}

void wait_orphan_children(struct process *p)
{
	struct process *heir = p->pid != 1 && process_has_init() ? process_find(1) : NULL;
	list_for_each_safe(node, &p->children) {
		struct process *child = list_entry(node, struct process, sibling);
		list_remove(&child->sibling);
		child->parent = heir;
		child->vfork_child = false;
		if (heir)
			list_push_back(&heir->children, &child->sibling);
		if (child->state != PROCESS_ZOMBIE)
			continue;
		if (heir)
			wait_notify_parent(child);
		else
			process_destroy(child);
	}
}

/* Linux's CLONE_CHILD_CLEARTID: who joins a thread looks there. */
static void wait_clear_tid(struct process *p)
{
	uint32_t zero = 0;
	if (p->clear_child_tid &&
	    user_write(p->aspace, p->clear_child_tid, &zero, sizeof(zero)) != 0)
		p->clear_child_tid = 0; /* the program's own mistake */
}

static void wait_give_up_memory(struct process *p)
{
	struct aspace *as = p->aspace;
	if (!as)
		return;
	wait_clear_tid(p);
	process_count_faults(p, as);
	p->aspace = NULL;
	aspace_activate(NULL);
	aspace_put(as);
}

static void wait_give_up_inodes(struct process *p)
{
	inode_put(p->cwd);
	inode_put(p->exe);
	p->cwd = p->exe = NULL;
}

static void wait_kill_everyone(void)
{
	list_for_each(node, &process_all) {
		struct process *p = list_entry(node, struct process, all);
		if (p->pid != 1)
			signal_send(p, SIGKILL);
	}
}

void process_exit(uint32_t status)
{
	struct process *p = process_running;
	ASSERT(p);
	files_destroy(p->files);
	p->files = NULL;
	wait_give_up_memory(p);
	wait_give_up_inodes(p);
	wait_orphan_children(p);
	if (p->pid == 1)
		wait_kill_everyone();
	p->exit_status = status;
	p->state = PROCESS_ZOMBIE;
	wait_notify_parent(p);
	if (wait_unwanted(p)) {
		if (p->parent)
			list_remove(&p->sibling);
		p->parent = NULL;
		sched_bury(p);
	}
	sched_switch();
	panic("pid %d runs after its end", p->pid);
}

/* --- the parent's side --- */

static bool wait_matches(const struct process *child, int pid)
{
	if (pid > 0)
		return child->pid == pid;
	if (pid == -1)
		return true;
	return child->pgrp == (pid == 0 ? process_running->pgrp : -pid);
}

/* Anything to report of @child under @flags? */
static bool wait_has_news(const struct process *child, unsigned flags)
{
	if (child->state == PROCESS_ZOMBIE)
		return true;
	if (flags & WUNTRACED && child->state == PROCESS_STOPPED && !child->stop_reported)
		return true;
	return flags & WCONTINUED && child->continued;
}

static void wait_add_times(struct process_times *to, const struct process_times *from)
{
	to->user += from->user;
	to->system += from->system;
}

/* The dead child's figures, its own and its children's, are its parent's from now on. */
static void wait_inherit(struct process *parent, const struct process *child)
{
	wait_add_times(&parent->child_times, &child->times);
	wait_add_times(&parent->child_times, &child->child_times);
	parent->child_minor_faults += child->minor_faults + child->child_minor_faults;
	parent->child_major_faults += child->major_faults + child->child_major_faults;
	parent->child_peak_resident = MAX(parent->child_peak_resident,
					  MAX(child->peak_resident, child->child_peak_resident));
}

static void wait_reap(struct process *child, struct wait_answer *answer)
{
	answer->status = child->exit_status;
	answer->times = child->times;
	wait_add_times(&answer->times, &child->child_times);
	answer->minor_faults = child->minor_faults + child->child_minor_faults;
	answer->major_faults = child->major_faults + child->child_major_faults;
	answer->peak_resident = MAX(child->peak_resident, child->child_peak_resident);
	wait_inherit(child->parent, child);
	process_destroy(child);
}

static void wait_tell(struct process *child, struct wait_answer *answer)
{
	*answer = (struct wait_answer){ .pid = child->pid };
	if (child->state == PROCESS_ZOMBIE) {
		wait_reap(child, answer);
	} else if (child->state == PROCESS_STOPPED) {
		child->stop_reported = true;
		answer->status = (uint32_t)child->stop_signal << 8 | 0x7f;
	} else {
		child->continued = false;
		answer->status = 0xffff;
	}
}

long wait_for_child(int pid, unsigned flags, struct wait_answer *answer)
{
	struct process *self = process_running;
	for (;;) {
		bool any = false;
		list_for_each(node, &self->children) {
			struct process *child = list_entry(node, struct process, sibling);
			if (!wait_matches(child, pid))
				continue;
			any = true;
			if (wait_has_news(child, flags)) {
				wait_tell(child, answer);
				return 0;
			}
		}
		if (!any)
			return -ECHILD;
		*answer = (struct wait_answer){ .pid = 0 };
		if (flags & WNOHANG)
			return 0;
		int error = sched_sleep_interruptible(&self->child_event);
		if (error)
			return error;
	}
}

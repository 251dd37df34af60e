/*
 * fork: one process becomes two.
 *
 * The child gets a structure, a kernel stack, a copy of the address space whose private pages are
 * shared until written (aspace_fork), and a table of descriptors that shares the open files. Its
 * trap frame is a copy of the parent's with eax 0, so it returns from the same system call.
 *
 * Gather, then commit: everything that can fail comes first, cheapest to undo first; then the child
 * is linked to its parent and put on the run queue, which cannot fail.
 *
 * With clone, parent and child may share any of these instead: a new reference replaces the copy. A
 * thread shares all of them, has no parent, and joins the caller's group.
 *
 * vfork's parent sleeps until the child has exec'ed or ended, as they share one stack.
 */
#include "kernel/proc/fork.h"

#include "kernel/proc/hooks.h"
#include "kernel/proc/pid.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/thread.h"
#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/user.h"

/* Structure, stack, files, page directory, and a few spare pages. */
enum { FORK_ROOM_FRAMES = 16 };

/*
 * A frame for each page table and two for its companions. Fork leaves the reserve alone: if it used
 * it up, nobody's next page could be brought in, and a fork that should fail would kill a process
 * instead.
 */
static int fork_make_room(const struct process *parent, const struct fork_request *request)
{
	uint32_t tables = request->share_memory ? 0 : parent->aspace->pmap.tables;
	return reclaim_room_above_reserve(FORK_ROOM_FRAMES + 3 * tables);
}

/* Runs as the child, before it returns to user mode the first time. */
static void fork_child_begins(void)
{
	struct process *self = process_running;
	if (user_write(self->aspace, self->words.set_child_tid, &self->pid, sizeof(self->pid)) != 0)
		self->words.set_child_tid = 0; /* the program's own error */
}

/* A process, not a thread, gets its parent. */
static void fork_join_family(struct process *child, const struct process *parent,
			     const struct fork_request *request)
{
	const struct process *leader = parent->group->leader;
	/* [process.5] */
	ASSERT(thread_is_leader(child) && !list_node_linked(&child->family.sibling));
	child->family.parent = request->share_parent ? leader->family.parent
						     : parent->group->leader;
	child->family.exit_signal = request->share_parent ? leader->family.exit_signal
							  : request->exit_signal;
	if (child->family.parent)
		list_push_back(&child->family.parent->family.children, &child->family.sibling);
}

/* Everything that cannot fail. */
static void fork_inherit(struct process *child, struct process *parent,
			 const struct fork_request *request)
{
	cpu_fpu_save(child->cpu.fpu);
	cpu_fpu_restore(child->cpu.fpu); /* saving may have cleared the parent's */
	*child->cpu.trap = *parent->cpu.trap;
	child->cpu.trap->eax = 0;
	if (request->stack)
		child->cpu.trap->esp = request->stack;
	process_hooks.names_fork(child, parent);
	child->fs.umask = parent->fs.umask;
	child->limits = parent->limits;
	child->personality = parent->personality;
	child->fs.shared = request->share_fs;
	parent->fs.shared |= request->share_fs && request->thread;
	memcpy(child->cpu.tls, request->tls ? request->tls : parent->cpu.tls,
	       sizeof(child->cpu.tls));
	/* Making room for the child may have moved the parent's partition. */
	process_hooks.fork_tls(child, request->tls ? request->tls_base
						    : parent->aspace->segment.base);
	memcpy(child->comm, parent->comm, sizeof(child->comm));
	child->pgrp = parent->pgrp;
	child->session = parent->session;
	child->family.vfork_child = request->wait;
	child->words.clear_child_tid = request->clear_child_tid;
	child->words.set_child_tid = request->set_child_tid;
	child->cpu.kernel_start = request->set_child_tid ? fork_child_begins : NULL;
	child->sig.blocked = parent->sig.blocked;
	if (!request->share_memory || request->wait)
		child->sig.altstack = parent->sig.altstack; /* a thread has a stack of its own */
	child->sig.fault = parent->sig.fault;
	if (request->share_memory)
		load_control_share(child, parent);
	if (!request->thread)
		fork_join_family(child, parent, request);
}

static void fork_wait_for_release(struct process *parent, int pid)
{
	struct process *leader = parent->group->leader;
	for (;;) {
		struct process *child = process_find(pid);
		if (!child || child->family.parent != leader || !child->family.vfork_child ||
		    child->run.state == PROCESS_ZOMBIE)
			return;
		if (sched_sleep_killable(&leader->family.child_event) != 0)
			return;
	}
}

/* A child with files, handlers and memory, not yet visible to others. NULL: no memory. */
static struct process *fork_create(const struct process *parent, const struct fork_request *r)
{
	struct process *child = process_create(r->thread ? parent->group : NULL);
	if (!child)
		return NULL;
	child->sig.actions = signal_actions_fork(parent->sig.actions, r->share_actions);
	if (child->sig.actions && process_hooks.files_fork(child, parent, r->share_files) == 0)
		child->aspace = r->share_memory ? aspace_get(parent->aspace)
						: aspace_fork(parent->aspace);
	if (child->aspace)
		return child;
	process_hooks.files_drop(child);
	process_destroy(child);
	return NULL;
}

long process_fork(const struct fork_request *request)
{
	struct process *parent = process_running;
	if (fork_make_room(parent, request) != 0)
		return -ENOMEM;
	struct process *child = fork_create(parent, request);
	if (!child)
		return -ENOMEM;
	fork_inherit(child, parent, request);
	/* [attend.2] */
	ASSERT(child->aspace && child->fs.files && child->sig.actions && child->fs.cwd);
	ASSERT(!request->thread || child->group == parent->group);
	int pid = child->pid, error = 0;
	if (request->set_parent_tid)
		error = user_write(parent->aspace, request->set_parent_tid, &pid, sizeof(pid));
	(void)error; /* Linux does not report it either */
	sched_enqueue(child);
	if (request->wait)
		fork_wait_for_release(parent, pid);
	return pid;
}

/*
 * What the life of a process means to those above: filled by them at boot, called from here.
 *
 * Processes own files, live in partitions, are watched and have a terminal, and know nothing of any
 * of these. One table of functions says what each of them wants to be told. A field that is NULL
 * costs one test; fields of a subsystem that is always there are called without one.
 */
#ifndef KERNEL_PROC_HOOKS_H
#define KERNEL_PROC_HOOKS_H

#include "mm/types.h"

struct process;
struct trap_frame;

struct process_hooks {
	/* --- always there --- */

	/* kernel/fs: @child gets @parent's open files, the table itself if @share. 0 or -ENOMEM. */
	int (*files_fork)(struct process *child, const struct process *parent, bool share);
	/* The table's copy is @p's alone from now on. 0 or -ENOMEM. */
	int (*files_unshare)(struct process *p);
	/* Working directory and program file; cannot fail. */
	void (*names_fork)(struct process *child, const struct process *parent);
	/* @p lets go of its open files; of its directory and its program. No-op the second time. */
	void (*files_drop)(struct process *p);
	void (*names_drop)(struct process *p);
	/* The leader of @session has ended. */
	void (*session_ended)(int session);
	/* kernel/trap: leave the kernel by @tf, the first time. Does not return. */
	void (*first_leave)(struct trap_frame *tf);
	/* kernel/partition: is @p's memory on swap as a whole? */
	bool (*absent)(const struct process *p);
	/* @child's thread-local segments were made for a base @from, and are now for its own. */
	void (*fork_tls)(struct process *child, vaddr_t from);

	/* --- who only looks; NULL: nobody --- */

	/* The number of those who can run is about to change. */
	void (*ready_changes)(void);
	/* The running process is about to sleep on a channel; it sleeps no more. */
	void (*channel_sleep)(bool begins);
};

extern struct process_hooks process_hooks;

static inline void hooks_channel_sleep(bool begins)
{
	if (process_hooks.channel_sleep != NULL)
		process_hooks.channel_sleep(begins);
}

static inline void hooks_ready_changes(void)
{
	if (process_hooks.ready_changes != NULL)
		process_hooks.ready_changes();
}

#endif

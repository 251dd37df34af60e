/*
 * Hooks for process lifetime events: filled in by upper layers at boot, called from here.
 *
 * Processes own files, live in partitions, are watched and have a terminal, but this code knows
 * nothing of any of these. One table of functions says what each wants to be notified of. A NULL
 * field costs one test; those of a subsystem that is always present are called without one.
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
	/* Unshare @p's table of files. 0 or -ENOMEM. */
	int (*files_unshare)(struct process *p);
	/* Working directory and program file; cannot fail. */
	void (*names_fork)(struct process *child, const struct process *parent);
	/* @p releases its open files; its directory and its program. No-op the second time. */
	void (*files_drop)(struct process *p);
	void (*names_drop)(struct process *p);
	/* The leader of @session has exited. */
	void (*session_ended)(int session);
	/* kernel/trap: return to user mode through @tf, the first time. Does not return. */
	void (*first_leave)(struct trap_frame *tf);
	/* kernel/partition: is @p's memory on swap as a whole? */
	bool (*absent)(const struct process *p);
	/* Rebase @child's thread-local segments from base @from to its own. */
	void (*fork_tls)(struct process *child, vaddr_t from);

	/* --- observers; NULL: none --- */

	/* The number of runnable processes is about to change. */
	void (*ready_changes)(void);
	/* The running process is about to sleep on a channel; it has woken. */
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

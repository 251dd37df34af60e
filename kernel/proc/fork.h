/* fork, vfork and clone's simple forms. Theory in fork.c. Context: process. May reclaim. */
#ifndef KERNEL_PROC_FORK_H
#define KERNEL_PROC_FORK_H

#include "kernel/proc/process.h"

/* What clone can ask for beyond fork; all zero but SIGCHLD as exit_signal: fork. */
struct fork_request {
	bool wait;	      /* the parent sleeps until the child execs or ends */
	bool thread;	      /* one more thread of the same process */
	bool share_memory;    /* one address space for both */
	bool share_files;     /* one table of descriptors */
	bool share_actions;   /* one table of signal handlers */
	bool share_fs;	      /* one working directory and umask: threads */
	bool share_parent;    /* the caller's parent is the child's too */
	uint8_t exit_signal;  /* sent to the parent at exit; 0: none */
	const struct segment_tls *tls; /* the child's; NULL: the parent's */
	vaddr_t tls_base;	       /* of @tls: the base of the parent's segment then */
	uptr_t stack;	      /* the child's stack pointer; 0: the parent's */
	uptr_t set_parent_tid; /* write the child's pid there in the parent's memory; 0: do not */
	uptr_t set_child_tid; /* and there in the child's */
	uptr_t clear_child_tid; /* cleared in the child's memory when it exits */
};

/* A copy of the running process that returns 0 from the same call. Its pid, or -ENOMEM. */
long process_fork(const struct fork_request *request);

#endif

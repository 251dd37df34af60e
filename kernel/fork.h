/* fork, vfork and clone's simple forms. Theory in fork.c. Context: process. May reclaim. */
#ifndef KERNEL_FORK_H
#define KERNEL_FORK_H

#include "kernel/process.h"

/* What clone can ask for beyond fork; all zero: fork. */
struct fork_request {
	bool wait;	      /* the parent sleeps until the child execs or ends */
	bool share_memory;    /* one address space for both; only together with wait */
	uptr_t stack;	      /* the child's stack pointer; 0: the parent's */
	uptr_t set_parent_tid; /* the child's pid goes there in the parent's memory; 0: nowhere */
	uptr_t set_child_tid; /* and there in the child's */
	uptr_t clear_child_tid; /* cleared in the child's memory when it ends */
};

/* A copy of the running process that returns 0 from the same call. Its pid, or -ENOMEM. */
long process_fork(const struct fork_request *request);

#endif

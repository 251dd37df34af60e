/* execve: a process becomes another program. Theory in exec.c. Context: process. May reclaim. */
#ifndef KERNEL_EXEC_EXEC_H
#define KERNEL_EXEC_EXEC_H

#include "kernel/proc/process.h"
#include "mm/user.h"

/* Where a program's strings come from: user pointers, or the kernel's own. */
struct exec_request {
	struct aspace *from; /* NULL: the kernel's arrays */
	const char *path;    /* kernel memory */
	union {
		struct {
			uptr_t argv, envp; /* arrays of pointers in @from; 0: empty */
		} user;
		struct {
			const char *const *argv;
			const char *const *envp;
		} kernel;
	};
};

/*
 * Replace the running process's program. 0: the registers in its trap frame are the new program's;
 * or -ENOENT, -EACCES, -ENOEXEC, -E2BIG, -EFAULT, -ENOMEM, ...: the old program continues,
 * unchanged.
 */
long exec_program(const struct exec_request *request);

#endif

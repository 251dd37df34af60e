/*
 * System calls about processes: birth, death, waiting, names and groups, thread-local storage.
 */
#include "kernel/exec.h"
#include "kernel/fork.h"
#include "kernel/rusage.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/syscall_calls.h"
#include "kernel/wait.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/slab.h"

/* --- birth and death --- */

long sys_exit(const struct syscall_args *args)
{
	process_exit((args->a[0] & 0xff) << 8);
}

long sys_exit_group(const struct syscall_args *args)
{
	process_exit((args->a[0] & 0xff) << 8);
}

long sys_fork(const struct syscall_args *args)
{
	(void)args;
	return process_fork(&(struct fork_request){ .wait = false });
}

long sys_vfork(const struct syscall_args *args)
{
	(void)args;
	return process_fork(&(struct fork_request){ .wait = true, .share_memory = true });
}

enum { CLONE_SIGNAL = 0xff, CLONE_VM = 0x100, CLONE_VFORK = 0x4000, CLONE_PARENT_SETTID = 0x100000,
       CLONE_CHILD_CLEARTID = 0x200000, CLONE_CHILD_SETTID = 0x1000000 };

/*
 * Only what fork and vfork are made of: clone(flags, stack, parent_tid, tls, child_tid). A shared
 * address space is allowed together with CLONE_VFORK alone: there are no threads yet.
 */
long sys_clone(const struct syscall_args *args)
{
	uint32_t flags = args->a[0];
	uint32_t known = CLONE_SIGNAL | CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID |
			 CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID;
	if (flags & ~known || (flags & CLONE_VM && !(flags & CLONE_VFORK)))
		return -EINVAL;
	struct fork_request request = {
		.wait = flags & CLONE_VFORK,
		.share_memory = flags & CLONE_VM,
		.stack = args->a[1],
		.set_child_tid = flags & CLONE_CHILD_SETTID ? args->a[4] : 0,
		.clear_child_tid = flags & CLONE_CHILD_CLEARTID ? args->a[4] : 0,
		.set_parent_tid = flags & CLONE_PARENT_SETTID ? args->a[2] : 0,
	};
	return process_fork(&request);
}

long sys_execve(const struct syscall_args *args)
{
	char *path = syscall_path(args->a[0]);
	if (is_error((unsigned long)path))
		return (long)path;
	struct exec_request request = {
		.from = process_running->aspace,
		.path = path,
		.user = { args->a[1], args->a[2] },
	};
	long result = exec_program(&request);
	kfree(path);
	return result;
}

/* --- waiting --- */

/* The status and, if asked for, the figures, to the caller's memory. */
static long wait_report(const struct wait_answer *answer, uptr_t status, uptr_t usage)
{
	if (answer->pid == 0)
		return 0;
	if (status && syscall_write_user(status, &answer->status, sizeof(answer->status)) != 0)
		return -EFAULT;
	if (usage) {
		struct rusage r = rusage_make(&answer->times, answer->minor_faults,
					      answer->major_faults, answer->peak_resident);
		if (syscall_write_user(usage, &r, sizeof(r)) != 0)
			return -EFAULT;
	}
	return answer->pid;
}

long sys_wait4(const struct syscall_args *args)
{
	enum { WNOTHREAD = 0x20000000, WALL = 0x40000000, WCLONE = (int)0x80000000 };
	unsigned flags = args->a[2];
	if (flags & ~(unsigned)(WNOHANG | WUNTRACED | WCONTINUED | WNOTHREAD | WALL | WCLONE))
		return -EINVAL;
	if (args->a[0] == 0x80000000)
		return -ESRCH;
	struct wait_answer answer;
	long error = wait_for_child((int)args->a[0], flags, &answer);
	return error ? error : wait_report(&answer, args->a[1], args->a[3]);
}

long sys_waitpid(const struct syscall_args *args)
{
	return sys_wait4(&(struct syscall_args){ .a = { args->a[0], args->a[1], args->a[2], 0 } });
}

/* --- names and groups --- */

long sys_getpid(const struct syscall_args *args)
{
	(void)args;
	return process_running->pid;
}

long sys_gettid(const struct syscall_args *args)
{
	(void)args;
	return process_running->pid;
}

long sys_getppid(const struct syscall_args *args)
{
	(void)args;
	return process_parent_pid(process_running);
}

long sys_getpgrp(const struct syscall_args *args)
{
	(void)args;
	return process_running->pgrp;
}

static struct process *process_named(uint32_t pid)
{
	return pid == 0 ? process_running : process_find((int)pid);
}

long sys_getpgid(const struct syscall_args *args)
{
	struct process *p = process_named(args->a[0]);
	return p ? p->pgrp : -ESRCH;
}

long sys_getsid(const struct syscall_args *args)
{
	struct process *p = process_named(args->a[0]);
	return p ? p->session : -ESRCH;
}

static bool group_in_session(int pgrp, int session)
{
	list_for_each(node, &process_all) {
		struct process *p = list_entry(node, struct process, all);
		if (p->pgrp == pgrp && p->session == session)
			return true;
	}
	return false;
}

long sys_setpgid(const struct syscall_args *args)
{
	struct process *self = process_running, *p = process_named(args->a[0]);
	if ((int)args->a[1] < 0)
		return -EINVAL;
	if (!p || (p != self && p->parent != self))
		return -ESRCH;
	int pgrp = args->a[1] ? (int)args->a[1] : p->pid;
	if (p->session != self->session || p->session == p->pid)
		return -EPERM;
	if (pgrp != p->pid && !group_in_session(pgrp, self->session))
		return -EPERM;
	p->pgrp = pgrp;
	return 0;
}

long sys_setsid(const struct syscall_args *args)
{
	struct process *p = process_running;
	(void)args;
	list_for_each(node, &process_all)
		if (list_entry(node, struct process, all)->pgrp == p->pid)
			return -EPERM;
	p->session = p->pid;
	p->pgrp = p->pid;
	return p->pid;
}

/* --- small matters --- */

long sys_sched_yield(const struct syscall_args *args)
{
	(void)args;
	sched_yield_now();
	return 0;
}

long sys_umask(const struct syscall_args *args)
{
	uint32_t old = process_running->umask;
	process_running->umask = args->a[0] & 0777;
	return (long)old;
}

long sys_prctl(const struct syscall_args *args)
{
	enum { PR_SET_NAME = 15, PR_GET_NAME = 16 };
	struct process *p = process_running;
	if (args->a[0] == PR_GET_NAME)
		return syscall_write_user(args->a[1], p->comm, sizeof(p->comm));
	if (args->a[0] != PR_SET_NAME)
		return -EINVAL;
	char name[PROCESS_COMM_MAX];
	long length = user_read_string(p->aspace, name, args->a[1], sizeof(name));
	if (length == -EFAULT)
		return -EFAULT;
	name[sizeof(name) - 1] = 0;
	string_copy(p->comm, name, sizeof(p->comm));
	return 0;
}

/* --- thread-local storage --- */

/* Linux's struct user_desc; the bit fields as one word. */
struct user_desc {
	uint32_t entry_number, base_addr, limit, flags;
};
enum {
	DESC_32BIT = 1, DESC_CONTENTS = 6, DESC_READ_ONLY = 8, DESC_PAGES = 16,
	DESC_NOT_PRESENT = 32, DESC_USEABLE = 64, DESC_EMPTY = DESC_READ_ONLY | DESC_NOT_PRESENT,
};

static bool tls_is_free(const struct segment_tls *tls)
{
	return !tls->words[0] && !tls->words[1];
}

/* The first free entry's number for -1; -ESRCH: none. */
static long tls_choose(const struct process *p, uint32_t wanted)
{
	if (wanted != UINT32_MAX)
		return wanted - SEGMENT_TLS_FIRST < SEGMENT_NTLS ? (long)wanted : -EINVAL;
	for (unsigned i = 0; i < SEGMENT_NTLS; i++)
		if (tls_is_free(&p->tls[i]))
			return SEGMENT_TLS_FIRST + (long)i;
	return -ESRCH;
}

/* A 32-bit data segment; what else a descriptor can be, a program must not have. */
static int tls_make(const struct user_desc *d, struct segment_tls *tls)
{
	enum { CONTENTS_STACK = 2, CONTENTS_CODE = 4 };
	*tls = (struct segment_tls){ { 0, 0 } };
	bool empty =
		!d->base_addr && !d->limit && (d->flags & ~(uint32_t)DESC_USEABLE) == DESC_EMPTY;
	bool zeroes = !d->base_addr && !d->limit && !d->flags;
	if (empty || zeroes)
		return 0;
	if (!(d->flags & DESC_32BIT) ||
	    d->flags & (CONTENTS_CODE | CONTENTS_STACK | DESC_NOT_PRESENT))
		return -EINVAL;
	unsigned flags = (d->flags & DESC_PAGES ? SEGMENT_TLS_PAGES : 0) |
			 (d->flags & DESC_READ_ONLY ? SEGMENT_TLS_READ_ONLY : 0);
	return segment_make_tls(tls, d->base_addr, d->limit, flags);
}

long sys_set_thread_area(const struct syscall_args *args)
{
	struct process *p = process_running;
	struct user_desc d;
	struct segment_tls tls;
	if (syscall_read_user(&d, args->a[0], sizeof(d)) != 0)
		return -EFAULT;
	int error = tls_make(&d, &tls);
	if (error)
		return error;
	long number = tls_choose(p, d.entry_number);
	if (number < 0)
		return number;
	uint32_t chosen = (uint32_t)number;
	if (d.entry_number == UINT32_MAX &&
	    syscall_write_user(args->a[0], &chosen, sizeof(chosen)) != 0)
		return -EFAULT;
	p->tls[chosen - SEGMENT_TLS_FIRST] = tls;
	segment_set_tls(p->tls);
	return 0;
}

long sys_set_tid_address(const struct syscall_args *args)
{
	process_running->clear_child_tid = args->a[0];
	return process_running->pid;
}

/* System calls about processes: creation, exit, waiting, names and groups. */
#include "kernel/exec/exec.h"
#include "kernel/proc/fork.h"
#include "kernel/proc/pid.h"
#include "kernel/proc/rusage.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/thread.h"
#include "kernel/proc/wait.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/slab.h"

/* --- creation and exit --- */

/* Terminates only the calling thread. */
long sys_exit(const struct syscall_args *args)
{
	process_exit_thread((args->a[0] & 0xff) << 8);
}

long sys_exit_group(const struct syscall_args *args)
{
	process_exit((args->a[0] & 0xff) << 8);
}

long sys_fork(const struct syscall_args *args)
{
	(void)args;
	return process_fork(&(struct fork_request){ .exit_signal = SIGCHLD });
}

long sys_vfork(const struct syscall_args *args)
{
	(void)args;
	return process_fork(&(struct fork_request){
		.wait = true, .share_memory = true, .exit_signal = SIGCHLD });
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

/* Store the status and, if requested, the usage in the caller's memory. */
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
	unsigned flags = args->a[2];
	if (flags & ~(WNOHANG | WUNTRACED | WCONTINUED | WNOTHREAD | WALL | WCLONE))
		return -EINVAL;
	if (args->a[0] == 0x80000000)
		return -ESRCH;
	struct wait_answer answer;
	long error = wait_for_child((int)args->a[0], flags | WEXITED, &answer);
	return error ? error : wait_report(&answer, args->a[1], args->a[3]);
}

long sys_waitpid(const struct syscall_args *args)
{
	return sys_wait4(&(struct syscall_args){ .a = { args->a[0], args->a[1], args->a[2], 0 } });
}

/* What waitid reports of @answer: SIGCHLD's information. */
static struct signal_info waitid_info(const struct wait_answer *answer)
{
	uint32_t status = answer->status, signo = status & 0x7f;
	struct signal_info info = { .signo = SIGCHLD, .words = { (uint32_t)answer->pid } };
	if (answer->pid == 0)
		return (struct signal_info){ .signo = 0 };
	if (status == WAIT_CONTINUED) {
		info.code = CLD_CONTINUED;
		info.words[2] = SIGCONT;
	} else if (signo == 0x7f) {
		info.code = CLD_STOPPED;
		info.words[2] = status >> 8;
	} else {
		info.code = signo ? CLD_KILLED : CLD_EXITED;
		info.words[2] = signo ? signo : status >> 8;
	}
	return info;
}

/* waitid's target in wait_for_child's form. INT32_MIN: invalid. */
static int waitid_who(uint32_t kind, uint32_t id)
{
	enum { P_ALL, P_PID, P_PGID };
	if (kind == P_ALL)
		return -1;
	if (kind == P_PID && (int)id > 0)
		return (int)id;
	if (kind == P_PGID && (int)id >= 0)
		return id == 0 ? 0 : -(int)id;
	return INT32_MIN;
}

/* waitid(kind, id, info, flags, usage) */
long sys_waitid(const struct syscall_args *args)
{
	unsigned flags = args->a[3];
	int who = waitid_who(args->a[0], args->a[1]);
	if (flags & ~(WNOHANG | WNOWAIT | WEXITED | WUNTRACED | WCONTINUED | WNOTHREAD | WALL |
		      WCLONE) || !(flags & (WEXITED | WUNTRACED | WCONTINUED)) || who == INT32_MIN)
		return -EINVAL;
	struct wait_answer answer;
	long error = wait_for_child(who, flags, &answer);
	if (error)
		return error;
	if (args->a[4] && answer.pid) {
		struct rusage r = rusage_make(&answer.times, answer.minor_faults,
					      answer.major_faults, answer.peak_resident);
		if (syscall_write_user(args->a[4], &r, sizeof(r)) != 0)
			return -EFAULT;
	}
	struct signal_info info = waitid_info(&answer);
	/* Six words are defined; those after them are unchanged. */
	return args->a[2] ? syscall_write_user(args->a[2], &info, 6 * sizeof(uint32_t)) : 0;
}

/* --- names and groups --- */

long sys_getpid(const struct syscall_args *args)
{
	(void)args;
	return thread_pid(process_running);
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

/* All threads of @p's process. */
static void group_change(struct process *p, int pgrp, int session)
{
	list_for_each_entry(struct process, t, &p->group->threads, thread_link) {
		t->pgrp = pgrp;
		t->session = session;
	}
}

long sys_setpgid(const struct syscall_args *args)
{
	struct process *self = process_running->group->leader;
	struct process *p = args->a[0] ? process_find((int)args->a[0]) : self;
	if ((int)args->a[1] < 0)
		return -EINVAL;
	if (!p || p->group->leader != p)
		return p ? -EINVAL : -ESRCH;
	if (p != self && p->family.parent != self)
		return -ESRCH;
	if (p != self && p->session != self->session)
		return -EPERM;
	if (p != self && p->did_exec)
		return -EACCES;
	int pgrp = args->a[1] ? (int)args->a[1] : p->pid;
	if (p->session == p->pid)
		return -EPERM;
	if (pgrp != p->pid && process_group_session(pgrp) != self->session)
		return -EPERM;
	group_change(p, pgrp, p->session);
	return 0;
}

long sys_setsid(const struct syscall_args *args)
{
	struct process *p = process_running->group->leader;
	(void)args;
	if (process_group_session(p->pid) != 0)
		return -EPERM;
	group_change(p, p->pid, p->pid);
	return p->pid;
}

/* --- miscellaneous --- */

long sys_umask(const struct syscall_args *args)
{
	uint32_t old = process_running->fs.umask, new = args->a[0] & 0777;
	list_for_each_entry(struct process, t, &process_running->group->threads, thread_link)
		if (t == process_running || (t->fs.shared && process_running->fs.shared))
			t->fs.umask = new;
	return (long)old;
}

static long prctl_set_name(struct process *p, uptr_t from)
{
	char name[PROCESS_COMM_MAX];
	long length = user_read_string(p->aspace, name, from, sizeof(name));
	if (length == -EFAULT)
		return -EFAULT;
	name[sizeof(name) - 1] = 0;
	string_copy(p->comm, name, sizeof(p->comm));
	return 0;
}

long sys_prctl(const struct syscall_args *args)
{
	enum {
		PR_SET_PDEATHSIG = 1, PR_GET_PDEATHSIG = 2, PR_GET_DUMPABLE = 3,
		PR_SET_DUMPABLE = 4, PR_SET_NAME = 15, PR_GET_NAME = 16,
		PR_SET_NO_NEW_PRIVS = 38, PR_GET_NO_NEW_PRIVS = 39,
	};
	struct process *p = process_running, *leader = p->group->leader;
	switch (args->a[0]) {
	case PR_GET_NAME:
		return syscall_write_user(args->a[1], p->comm, sizeof(p->comm));
	case PR_SET_NAME:
		return prctl_set_name(p, args->a[1]);
	case PR_SET_PDEATHSIG:
		if (args->a[1] > SIGNAL_MAX)
			return -EINVAL;
		leader->family.death_signal = (int)args->a[1];
		return 0;
	case PR_GET_PDEATHSIG:
		return syscall_write_user(args->a[1], &leader->family.death_signal, sizeof(int));
	case PR_GET_DUMPABLE:
		return 1;
	case PR_SET_DUMPABLE:
		return args->a[1] <= 1 ? 0 : -EINVAL;
	case PR_SET_NO_NEW_PRIVS: /* there are no privileges to gain */
		return args->a[1] == 1 ? 0 : -EINVAL;
	case PR_GET_NO_NEW_PRIVS:
		return 0;
	}
	return -EINVAL;
}

/* System calls that send signals. Everybody is root, so permission is never denied. */
#include "kernel/proc/pid.h"
#include "kernel/proc/thread.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"

static bool signal_is_valid(uint32_t signo)
{
	return signo <= SIGNAL_MAX;
}

/* To the process that @pid, or the thread @pid, belongs to. */
static long kill_one(uint32_t pid, const struct signal_info *info)
{
	struct process *p = process_find((int)pid);
	if (!p)
		return -ESRCH;
	return info->signo ? signal_send_info(p, info, true) : 0;
}

/* Everyone but process 1 and the caller. */
static long kill_all(const struct signal_info *info)
{
	unsigned n = 0;
	process_for_each(p) {
		if (p->pid == 1 || !thread_is_leader(p) || p->group == process_running->group)
			continue;
		n++;
		if (info->signo)
			(void)signal_send_info(p, info, true);
	}
	return n ? 0 : -ESRCH;
}

long sys_kill(const struct syscall_args *args)
{
	int pid = (int)args->a[0];
	if (!signal_is_valid(args->a[1]))
		return -EINVAL;
	struct signal_info info = signal_info_user((int)args->a[1], SI_USER);
	if (pid > 0)
		return kill_one(args->a[0], &info);
	if (pid == -1)
		return kill_all(&info);
	int pgrp = pid == 0 ? process_running->pgrp : -pid;
	return signal_send_group_info(pgrp, &info) ? 0 : -ESRCH;
}

/* To thread @tid alone; of process @tgid, or of any with 0. */
static long kill_thread(int tgid, int tid, const struct signal_info *info)
{
	struct process *p = process_find(tid);
	if (!p || (tgid && thread_pid(p) != tgid))
		return -ESRCH;
	return info->signo ? signal_send_info(p, info, false) : 0;
}

long sys_tkill(const struct syscall_args *args)
{
	if ((int)args->a[0] <= 0 || !signal_is_valid(args->a[1]))
		return -EINVAL;
	struct signal_info info = signal_info_user((int)args->a[1], SI_TKILL);
	return kill_thread(0, (int)args->a[0], &info);
}

/* tgkill(group, thread, signal) */
long sys_tgkill(const struct syscall_args *args)
{
	if ((int)args->a[0] <= 0 || (int)args->a[1] <= 0 || !signal_is_valid(args->a[2]))
		return -EINVAL;
	struct signal_info info = signal_info_user((int)args->a[2], SI_TKILL);
	return kill_thread((int)args->a[0], (int)args->a[1], &info);
}

/* The information a program passes: it must not look like the kernel's or kill's. */
static long queue_read_info(uint32_t signo, int pid, uptr_t from, struct signal_info *info)
{
	if (syscall_read_user(info, from, sizeof(*info)) != 0)
		return -EFAULT;
	if ((info->code >= 0 || info->code == SI_TKILL) && pid != thread_pid(process_running))
		return -EPERM;
	if (!signal_is_valid(signo))
		return -EINVAL;
	info->signo = (int)signo;
	return 0;
}

/* rt_sigqueueinfo(pid, signal, info) */
long sys_rt_sigqueueinfo(const struct syscall_args *args)
{
	struct signal_info info;
	long error = queue_read_info(args->a[1], (int)args->a[0], args->a[2], &info);
	return error ? error : kill_one(args->a[0], &info);
}

/* rt_tgsigqueueinfo(group, thread, signal, info) */
long sys_rt_tgsigqueueinfo(const struct syscall_args *args)
{
	struct signal_info info;
	if ((int)args->a[0] <= 0 || (int)args->a[1] <= 0)
		return -EINVAL;
	long error = queue_read_info(args->a[2], (int)args->a[0], args->a[3], &info);
	return error ? error : kill_thread((int)args->a[0], (int)args->a[1], &info);
}

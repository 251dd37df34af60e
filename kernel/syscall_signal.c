/*
 * System calls about signals: sending, ignoring, blocking. A handler can not be set yet: -ENOSYS.
 */
#include "kernel/log.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/syscall_calls.h"
#include "lib/errno.h"

enum { SIG_DFL = 0, SIG_IGN = 1 };

/* --- sending --- */

static bool signal_is_valid(uint32_t signo)
{
	return signo <= SIGNAL_MAX;
}

static long kill_one(uint32_t pid, uint32_t signo)
{
	struct process *p = process_find((int)pid);
	if (!p)
		return -ESRCH;
	if (signo)
		signal_send(p, (int)signo);
	return 0;
}

/* Everyone but process 1 and the caller. */
static long kill_all(uint32_t signo)
{
	unsigned n = 0;
	list_for_each(node, &process_all) {
		struct process *p = list_entry(node, struct process, all);
		if (p->pid == 1 || p == process_running)
			continue;
		n++;
		if (signo)
			signal_send(p, (int)signo);
	}
	return n ? 0 : -ESRCH;
}

long sys_kill(const struct syscall_args *args)
{
	int pid = (int)args->a[0];
	uint32_t signo = args->a[1];
	if (!signal_is_valid(signo))
		return -EINVAL;
	if (pid > 0)
		return kill_one(args->a[0], signo);
	if (pid == -1)
		return kill_all(signo);
	int pgrp = pid == 0 ? process_running->pgrp : -pid;
	return signal_send_group(pgrp, (int)signo) ? 0 : -ESRCH;
}

long sys_tkill(const struct syscall_args *args)
{
	if ((int)args->a[0] <= 0 || !signal_is_valid(args->a[1]))
		return -EINVAL;
	return kill_one(args->a[0], args->a[1]);
}

/* tgkill(group, thread, signal): a process is its only thread. */
long sys_tgkill(const struct syscall_args *args)
{
	if ((int)args->a[0] <= 0 || (int)args->a[1] <= 0 || !signal_is_valid(args->a[2]))
		return -EINVAL;
	return args->a[0] == args->a[1] ? kill_one(args->a[1], args->a[2]) : -ESRCH;
}

/* --- actions --- */

static uint32_t action_of(const struct process *p, uint32_t signo)
{
	return p->sig_ignored & signal_bit((int)signo) ? SIG_IGN : SIG_DFL;
}

static long action_set(uint32_t signo, uint32_t handler)
{
	static bool told;
	struct process *p = process_running;
	uint64_t bit = signal_bit((int)signo);
	if (handler != SIG_DFL && handler != SIG_IGN) {
		if (!told)
			log_warn("%s: signal handlers are not there yet (%s)", process_describe(),
				 signal_name((int)signo));
		told = true;
		return -ENOSYS;
	}
	if (handler == SIG_DFL)
		p->sig_ignored &= ~bit;
	else
		p->sig_ignored |= bit;
	if (signal_ignores(p, (int)signo))
		p->sig_pending &= ~bit;
	return 0;
}

static bool action_can_change(uint32_t signo)
{
	return signo >= 1 && signo <= SIGNAL_MAX && signo != SIGKILL && signo != SIGSTOP;
}

/* sigaction(signo, new, old) for a structure of @size bytes that begins with the handler. */
static long action_exchange(const struct syscall_args *args, size_t size)
{
	uint32_t signo = args->a[0], new[5], old[5] = { 0 };
	if (args->a[1] && syscall_read_user(new, args->a[1], size) != 0)
		return -EFAULT;
	if (signo < 1 || signo > SIGNAL_MAX || (args->a[1] && !action_can_change(signo)))
		return -EINVAL;
	old[0] = action_of(process_running, signo);
	long result = args->a[1] ? action_set(signo, new[0]) : 0;
	if (result == 0 && args->a[2] && syscall_write_user(args->a[2], old, size) != 0)
		return -EFAULT;
	return result;
}

/* struct old_sigaction: handler, mask, flags, restorer. */
long sys_sigaction(const struct syscall_args *args)
{
	return action_exchange(args, 16);
}

/* struct sigaction: handler, flags, restorer, 64 bits of mask. */
long sys_rt_sigaction(const struct syscall_args *args)
{
	return args->a[3] == 8 ? action_exchange(args, 20) : -EINVAL;
}

long sys_signal(const struct syscall_args *args)
{
	uint32_t signo = args->a[0];
	if (!action_can_change(signo))
		return -EINVAL;
	long old = (long)action_of(process_running, signo);
	long result = action_set(signo, args->a[1]);
	return result ? result : old;
}

/* --- masks --- */

static long mask_change(uint32_t how, uint64_t set)
{
	enum { SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK };
	struct process *p = process_running;
	set &= ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
	switch (how) {
	case SIG_BLOCK:
		p->sig_blocked |= set;
		break;
	case SIG_UNBLOCK:
		p->sig_blocked &= ~set;
		break;
	case SIG_SETMASK:
		p->sig_blocked = set;
		break;
	default:
		return -EINVAL;
	}
	if (signal_wanted(p))
		sched_request();
	return 0;
}

/* For masks of @size bytes, four or eight. */
static long mask_exchange(const struct syscall_args *args, size_t size)
{
	uint64_t old = process_running->sig_blocked, set = 0;
	if (args->a[1] && syscall_read_user(&set, args->a[1], size) != 0)
		return -EFAULT;
	/* The old call does not touch real-time signals. */
	if (size < sizeof(set) && args->a[0] == 2)
		set |= old & ~(uint64_t)UINT32_MAX;
	long result = args->a[1] ? mask_change(args->a[0], set) : 0;
	if (result == 0 && args->a[2] && syscall_write_user(args->a[2], &old, size) != 0)
		return -EFAULT;
	return result;
}

long sys_sigprocmask(const struct syscall_args *args)
{
	return mask_exchange(args, 4);
}

long sys_rt_sigprocmask(const struct syscall_args *args)
{
	return args->a[3] == 8 ? mask_exchange(args, 8) : -EINVAL;
}

long sys_rt_sigpending(const struct syscall_args *args)
{
	const struct process *p = process_running;
	uint64_t set = p->sig_pending & p->sig_blocked;
	if (args->a[1] > sizeof(set))
		return -EINVAL;
	return syscall_write_user(args->a[0], &set, args->a[1]);
}

/* Without handlers only the end of the process ends it. */
long sys_pause(const struct syscall_args *args)
{
	struct wait_queue nobody;
	(void)args;
	wait_queue_init(&nobody);
	for (;;) {
		int error = sched_sleep_interruptible(&nobody);
		if (error)
			return error;
	}
}

/* What the other mask lets through is acted upon before the old one is put back. */
long sys_rt_sigsuspend(const struct syscall_args *args)
{
	struct process *p = process_running;
	uint64_t old = p->sig_blocked, set;
	if (args->a[1] != sizeof(set))
		return -EINVAL;
	if (syscall_read_user(&set, args->a[0], sizeof(set)) != 0)
		return -EFAULT;
	p->sig_blocked = set & ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
	long result = sys_pause(args);
	signal_act();
	p->sig_blocked = old;
	return result;
}

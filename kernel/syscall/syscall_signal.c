/*
 * System calls about a process's own signals: actions, masks, stacks, waiting, return from
 * handlers. Sending is syscall_kill.c's.
 */
#include "kernel/proc/sched.h"
#include "kernel/proc/timespec.h"
#include "kernel/syscall/syscall_calls.h"
#include "kernel/trap/signal_frame.h"
#include "kernel/trap/trap.h"
#include "lib/errno.h"

/* --- actions --- */

static bool action_can_change(uint32_t signo)
{
	return signo >= 1 && signo <= SIGNAL_MAX && signo != SIGKILL && signo != SIGSTOP;
}

static void action_set(uint32_t signo, const struct signal_action *new)
{
	struct process *p = process_running;
	struct signal_action *action = &p->sig.actions->of[signo];
	*action = *new;
	action->mask[0] &= ~(uint32_t)(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
	if (new->handler == SIG_IGN || (new->handler == SIG_DFL && signal_ignores(p, (int)signo)))
		signal_forget(p, signal_bit((int)signo));
}

/* Exchange; @new NULL: only query. 0 or -EINVAL. */
static long action_exchange(uint32_t signo, const struct signal_action *new,
			    struct signal_action *old)
{
	if (signo < 1 || signo > SIGNAL_MAX || (new && !action_can_change(signo)))
		return -EINVAL;
	*old = process_running->sig.actions->of[signo];
	if (new)
		action_set(signo, new);
	return 0;
}

/* rt_sigaction(signo, new, old, size of the mask) */
long sys_rt_sigaction(const struct syscall_args *args)
{
	struct signal_action new, old;
	uptr_t from = args->a[1], to = args->a[2];
	if (args->a[3] != sizeof(new.mask))
		return -EINVAL;
	if (from && syscall_read_user(&new, from, sizeof(new)) != 0)
		return -EFAULT;
	long error = action_exchange(args->a[0], from ? &new : NULL, &old);
	return !error && to ? syscall_write_user(to, &old, sizeof(old)) : error;
}

/* The old form has 32 bits of mask, in another order: handler, mask, flags, restorer. */
long sys_sigaction(const struct syscall_args *args)
{
	uint32_t words[4] = { 0 };
	struct signal_action new, old;
	uptr_t from = args->a[1], to = args->a[2];
	if (from && syscall_read_user(words, from, sizeof(words)) != 0)
		return -EFAULT;
	new = (struct signal_action){ words[0], words[2], words[3], { words[1], 0 } };
	long error = action_exchange(args->a[0], from ? &new : NULL, &old);
	if (error || !to)
		return error;
	uint32_t answer[4] = { old.handler, old.mask[0], old.flags, old.restorer };
	return syscall_write_user(to, answer, sizeof(answer));
}

/* signal(signo, handler), as System V had it. */
long sys_signal(const struct syscall_args *args)
{
	struct signal_action old, new = {
		.handler = args->a[1], .flags = SA_RESETHAND | SA_NODEFER,
	};
	long error = action_exchange(args->a[0], &new, &old);
	return error ? error : (long)old.handler;
}

/* --- return from handlers --- */

/* The frame was invalid: the process is terminated as by a fault. */
static long sigreturn_end(struct trap_frame *tf, int error)
{
	if (error)
		trap_fatal(tf, SIGSEGV, SI_KERNEL, 0, "bad signal frame");
	return (long)tf->eax;
}

/* The stack pointer is above the return address and the number. */
long sys_sigreturn(const struct syscall_args *args)
{
	struct trap_frame *tf = process_running->cpu.trap;
	(void)args;
	return sigreturn_end(tf, signal_frame_pop(tf, tf->esp - 8));
}

/* Above the return address. */
long sys_rt_sigreturn(const struct syscall_args *args)
{
	struct trap_frame *tf = process_running->cpu.trap;
	(void)args;
	return sigreturn_end(tf, signal_frame_pop_rt(tf, tf->esp - 4));
}

/* sigaltstack(new, old) */
long sys_sigaltstack(const struct syscall_args *args)
{
	struct process *p = process_running;
	struct signal_stack_words new, old = signal_stack_now(p, p->cpu.trap->esp);
	if (args->a[0]) {
		if (syscall_read_user(&new, args->a[0], sizeof(new)) != 0)
			return -EFAULT;
		int error = signal_stack_set(p, &new, p->cpu.trap->esp);
		if (error)
			return error;
	}
	return args->a[1] ? syscall_write_user(args->a[1], &old, sizeof(old)) : 0;
}

/* --- masks --- */

static long mask_change(uint32_t how, uint64_t set)
{
	enum { SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK };
	uint64_t now = process_running->sig.blocked;
	switch (how) {
	case SIG_BLOCK:
		signal_set_mask(now | set);
		return 0;
	case SIG_UNBLOCK:
		signal_set_mask(now & ~set);
		return 0;
	case SIG_SETMASK:
		signal_set_mask(set);
		return 0;
	}
	return -EINVAL;
}

/* For masks of @size bytes, four or eight. */
static long mask_exchange(const struct syscall_args *args, size_t size)
{
	uint64_t old = process_running->sig.blocked, set = 0;
	if (args->a[1] && syscall_read_user(&set, args->a[1], size) != 0)
		return -EFAULT;
	/* The old call does not touch the upper half. */
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

static long mask_tell_pending(uptr_t to, uint32_t size)
{
	uint64_t set = signal_pending(process_running) & process_running->sig.blocked;
	return size > sizeof(set) ? -EINVAL : syscall_write_user(to, &set, size);
}

long sys_rt_sigpending(const struct syscall_args *args)
{
	return mask_tell_pending(args->a[0], args->a[1]);
}

long sys_sigpending(const struct syscall_args *args)
{
	return mask_tell_pending(args->a[0], sizeof(uint32_t));
}

/* --- waiting --- */

long sys_pause(const struct syscall_args *args)
{
	(void)args;
	while (sched_sleep_until(NULL, TIMESPEC_NEVER) == 0)
		continue;
	return -ERESTARTNOHAND;
}

static long suspend(uint64_t mask)
{
	signal_set_mask_for_call(mask);
	return sys_pause(NULL);
}

/* rt_sigsuspend(mask, size) */
long sys_rt_sigsuspend(const struct syscall_args *args)
{
	uint64_t set;
	if (args->a[1] != sizeof(set))
		return -EINVAL;
	if (syscall_read_user(&set, args->a[0], sizeof(set)) != 0)
		return -EFAULT;
	return suspend(set);
}

/* sigsuspend(unused, unused, mask); the upper half of the mask is empty. */
long sys_sigsuspend(const struct syscall_args *args)
{
	return suspend(args->a[2]);
}

/* Take one of @set, or wait for it until @wake. Number 0: *error has the reason. */
static struct signal_info wait_for_signal(uint64_t set, uint64_t wake, long *error)
{
	struct process *p = process_running;
	for (;;) {
		struct signal_info info = signal_dequeue(p, set);
		if (info.signo || *error)
			return info;
		*error = -EAGAIN;
		if (sched_ticks() >= wake)
			return info;
		p->sig.waited = set;
		int ended = sched_sleep_until(NULL, wake);
		p->sig.waited = 0;
		*error = ended ? -EINTR : 0;
	}
}

static long timed_wait(const struct syscall_args *args, enum timespec_form form)
{
	enum { INFO_BYTES = 128 };
	uint64_t set, wake;
	long error = 0;
	if (args->a[3] != sizeof(set))
		return -EINVAL;
	if (syscall_read_user(&set, args->a[0], sizeof(set)) != 0)
		return -EFAULT;
	error = timespec_read_wait(args->a[2], form, &wake);
	if (error)
		return error;
	set &= ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
	struct signal_info info = wait_for_signal(set, wake, &error);
	if (!info.signo)
		return error;
	if (!args->a[1])
		return info.signo;
	uptr_t rest = args->a[1] + sizeof(info);
	if (syscall_write_user(args->a[1], &info, sizeof(info)) != 0 ||
	    user_clear(process_running->aspace, rest, INFO_BYTES - sizeof(info)) != 0)
		return -EFAULT;
	return info.signo;
}

/* rt_sigtimedwait(set, info, time, size) */
long sys_rt_sigtimedwait(const struct syscall_args *args)
{
	return timed_wait(args, TIMESPEC_32);
}

long sys_rt_sigtimedwait_time64(const struct syscall_args *args)
{
	return timed_wait(args, TIMESPEC_64);
}

/*
 * System calls about a process's limits and persona. Limits are 64 bits wide internally; the older
 * calls pass 32, where all ones mean "none".
 */
#include "kernel/fs/file.h"
#include "kernel/proc/pid.h"
#include "kernel/proc/process.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"

static void limit_changed(struct process *p)
{
	if (p->aspace)
		limits_apply(&p->limits, p->aspace);
	if (p->fs.files)
		files_set_limit(p->fs.files, (uint32_t)p->limits.of[LIMIT_NOFILE].now);
}

static uint32_t limit_narrow(uint64_t wide, uint32_t none)
{
	return (uint32_t)MIN(wide, (uint64_t)none);
}

static uint64_t limit_widen(uint32_t narrow)
{
	return narrow == UINT32_MAX ? LIMIT_NONE : narrow;
}

/* As 32-bit words, @none for what does not fit. */
static long limit_tell(const struct syscall_args *args, uint32_t none)
{
	if (args->a[0] >= LIMIT_COUNT)
		return -EINVAL;
	const struct limit *l = &process_running->limits.of[args->a[0]];
	uint32_t pair[2] = { limit_narrow(l->now, none), limit_narrow(l->most, none) };
	return syscall_write_user(args->a[1], pair, sizeof(pair));
}

long sys_getrlimit(const struct syscall_args *args)
{
	return limit_tell(args, UINT32_MAX);
}

/* The oldest form cannot express more than 2^31 - 1. */
long sys_old_getrlimit(const struct syscall_args *args)
{
	return limit_tell(args, 0x7fffffffu);
}

long sys_setrlimit(const struct syscall_args *args)
{
	struct process *p = process_running;
	uint32_t pair[2];
	if (syscall_read_user(pair, args->a[1], sizeof(pair)) != 0)
		return -EFAULT;
	if (args->a[0] >= LIMIT_COUNT)
		return -EINVAL;
	struct limit wanted = { limit_widen(pair[0]), limit_widen(pair[1]) };
	long error = limits_set(&p->limits, args->a[0], &wanted);
	limit_changed(p);
	return error;
}

/* prlimit64(pid, resource, new, old) */
long sys_prlimit64(const struct syscall_args *args)
{
	struct limit wanted;
	if (args->a[2] && syscall_read_user(&wanted, args->a[2], sizeof(wanted)) != 0)
		return -EFAULT;
	struct process *p = args->a[0] ? process_find((int)args->a[0]) : process_running;
	if (!p)
		return -ESRCH;
	if (args->a[1] >= LIMIT_COUNT)
		return -EINVAL;
	struct limit old = p->limits.of[args->a[1]];
	long error = args->a[2] ? limits_set(&p->limits, args->a[1], &wanted) : 0;
	limit_changed(p);
	if (!error && args->a[3])
		error = syscall_write_user(args->a[3], &old, sizeof(old));
	return error;
}

/* personality(persona), or all ones to query. Stored; mmap and mprotect check it. */
long sys_personality(const struct syscall_args *args)
{
	long old = (long)process_running->personality;
	if (args->a[0] != UINT32_MAX)
		process_running->personality = args->a[0];
	return old;
}

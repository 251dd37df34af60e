/*
 * System calls that return facts: the user (always user 0), the machine, a process's resource
 * usage.
 */
#include "kernel/fs/device.h"
#include "kernel/fs/file.h"
#include "kernel/proc/rusage.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/thread.h"
#include "kernel/syscall/syscall_calls.h"
#include "kernel/watch/loadavg.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/swap.h"

/* --- user and group: 0, and nothing else --- */

long sys_zero(const struct syscall_args *args)
{
	(void)args;
	return 0;
}

static long info_set_ids(const struct syscall_args *args, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (args->a[i] != 0 && args->a[i] != UINT32_MAX)
			return -EPERM;
	return 0;
}

long sys_set_id(const struct syscall_args *args)
{
	return info_set_ids(args, 1);
}

long sys_set_id2(const struct syscall_args *args)
{
	return info_set_ids(args, 2);
}

long sys_set_id3(const struct syscall_args *args)
{
	return info_set_ids(args, 3);
}

static long info_get_ids(const struct syscall_args *args, size_t size)
{
	uint32_t zero = 0;
	for (unsigned i = 0; i < 3; i++)
		if (syscall_write_user(args->a[i], &zero, size) != 0)
			return -EFAULT;
	return 0;
}

long sys_get_ids16(const struct syscall_args *args)
{
	return info_get_ids(args, sizeof(uint16_t));
}

long sys_get_ids32(const struct syscall_args *args)
{
	return info_get_ids(args, sizeof(uint32_t));
}

/* No supplementary groups. */
long sys_getgroups(const struct syscall_args *args)
{
	return (int32_t)args->a[0] < 0 ? -EINVAL : 0;
}

/* --- the machine --- */

long sys_uname(const struct syscall_args *args)
{
	struct {
		char sysname[65], nodename[65], release[65], version[65], machine[65], domain[65];
	} names = { "Linux", "clockhand", "6.1.0-clockhand", "#1 Clockhand", "i686", "(none)" };
	return syscall_write_user(args->a[0], &names, sizeof(names));
}

long sys_sysinfo(const struct syscall_args *args)
{
	struct {
		uint32_t uptime, loads[3], totalram, freeram, sharedram, bufferram, totalswap,
			freeswap;
		uint16_t procs, pad;
		uint32_t totalhigh, freehigh, mem_unit;
		uint8_t rest[8];
	} info = {
		.uptime = (uint32_t)sched_ticks() / SCHED_HZ,
		.totalram = frame_stats.total,
		.freeram = frame_stats.free,
		.totalswap = swap_capacity(),
		.freeswap = swap_capacity() - swap_stats.used,
		.procs = (uint16_t)process_count,
		.mem_unit = PAGE_SIZE,
	};
	for (unsigned which = 0; which < LOADAVG_COUNT; which++)
		info.loads[which] = loadavg[which] << (16 - LOADAVG_SHIFT);
	return syscall_write_user(args->a[0], &info, sizeof(info));
}

long sys_getrandom(const struct syscall_args *args)
{
	enum { GETRANDOM_FLAGS = 7 };
	size_t n = MIN(args->a[1], 0x7ffff000u);
	if (args->a[2] & ~(uint32_t)GETRANDOM_FLAGS)
		return -EINVAL;
	for (size_t done = 0; done < n;) {
		char chunk[256];
		size_t length = MIN(n - done, sizeof(chunk));
		random_fill(chunk, length);
		if (syscall_write_user(args->a[0] + done, chunk, length) != 0)
			return done ? (long)done : -EFAULT;
		done += length;
	}
	return (long)n;
}

/* --- figures --- */

long sys_getrusage(const struct syscall_args *args)
{
	enum { RUSAGE_CHILDREN = -1, RUSAGE_SELF = 0, RUSAGE_THREAD = 1 };
	const struct process *p = process_running->group->leader;
	const struct aspace *as = process_running->aspace;
	int who = (int)args->a[0];
	struct process_times used = who == RUSAGE_THREAD ? process_running->used.times
							 : thread_group_times(p);
	struct rusage r;
	if (who == RUSAGE_SELF || who == RUSAGE_THREAD)
		r = rusage_make(&used, p->used.minor_faults + as->minor_faults,
				p->used.major_faults + as->major_faults,
				MAX(p->used.peak_resident, as->peak_resident));
	else if (who == RUSAGE_CHILDREN)
		r = rusage_make(&p->used.child_times, p->used.child_minor_faults,
				p->used.child_major_faults, p->used.child_peak_resident);
	else
		return -EINVAL;
	return syscall_write_user(args->a[1], &r, sizeof(r));
}

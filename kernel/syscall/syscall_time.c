/* System calls about time. The resolution is a tick of 10 ms. */
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "kernel/proc/thread.h"
#include "kernel/proc/timespec.h"
#include "kernel/proc/wallclock.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"

enum {
	CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1, CLOCK_PROCESS = 2, CLOCK_THREAD = 3,
	CLOCK_BOOTTIME = 7, CLOCK_COUNT = 12,
};
enum { TIMER_ABSTIME = 1 };

static bool clock_exists(uint32_t clock)
{
	return clock < CLOCK_COUNT && clock != 10;
}

static struct clock_time clock_read(uint32_t clock)
{
	struct process_times used = clock == CLOCK_THREAD ? process_running->used.times
							  : thread_group_times(process_running);
	switch (clock) {
	case CLOCK_REALTIME:
	case 5: /* COARSE */
	case 8: /* ALARM */
	case 11: /* TAI */
		return clock_of_day();
	case CLOCK_PROCESS:
	case CLOCK_THREAD:
		return timespec_of_ticks(used.user + used.system);
	}
	return clock_since_boot();
}

long sys_time(const struct syscall_args *args)
{
	uint32_t now = (uint32_t)clock_of_day().seconds;
	if (args->a[0] && syscall_write_user(args->a[0], &now, sizeof(now)) != 0)
		return -EFAULT;
	return (long)now;
}

long sys_gettimeofday(const struct syscall_args *args)
{
	struct clock_time now = clock_of_day();
	int32_t t[2] = { (int32_t)now.seconds, (int32_t)(now.nanoseconds / 1000) };
	int32_t zone[2] = { 0, 0 };
	if (args->a[0] && syscall_write_user(args->a[0], t, sizeof(t)) != 0)
		return -EFAULT;
	return args->a[1] ? syscall_write_user(args->a[1], zone, sizeof(zone)) : 0;
}

static long clock_tell(const struct syscall_args *args, enum timespec_form form)
{
	if (!clock_exists(args->a[0]))
		return -EINVAL;
	return timespec_write(args->a[1], form, clock_read(args->a[0]));
}

long sys_clock_gettime(const struct syscall_args *args)
{
	return clock_tell(args, TIMESPEC_32);
}

long sys_clock_gettime64(const struct syscall_args *args)
{
	return clock_tell(args, TIMESPEC_64);
}

static long clock_tell_step(const struct syscall_args *args, enum timespec_form form)
{
	if (!clock_exists(args->a[0]))
		return -EINVAL;
	return args->a[1] ? timespec_write(args->a[1], form, timespec_of_ticks(1)) : 0;
}

long sys_clock_getres(const struct syscall_args *args)
{
	return clock_tell_step(args, TIMESPEC_32);
}

long sys_clock_getres_time64(const struct syscall_args *args)
{
	return clock_tell_step(args, TIMESPEC_64);
}

/* There is only the battery-backed clock. */
long sys_clock_settime(const struct syscall_args *args)
{
	return clock_exists(args->a[0]) ? -EPERM : -EINVAL;
}

/* --- sleeping --- */

/*
 * Sleep until p->restart.wake; after a stop and continuation, until the same tick. If a signal ends
 * it, the remaining time is stored at words[0], in the form words[1].
 */
static long sleep_again(struct process *p)
{
	uptr_t rest = p->restart.words[0];
	while (sched_ticks() < p->restart.wake) {
		if (sched_sleep_until(NULL, p->restart.wake) == 0)
			continue;
		if (rest && timespec_write(rest, p->restart.words[1],
					   timespec_until(p->restart.wake)) != 0)
			return -EFAULT;
		return -ERESTART_RESTARTBLOCK;
	}
	return 0;
}

static long sleep_for(uptr_t time, uptr_t rest, enum timespec_form form)
{
	struct process *p = process_running;
	uint64_t wake;
	struct clock_time wait;
	long error = timespec_read(time, form, &wait);
	if (!error)
		error = timespec_read_wait(time, form, &wake);
	if (error)
		return error;
	p->restart.again = sleep_again;
	p->restart.wake = wake;
	p->restart.words[0] = rest;
	p->restart.words[1] = form;
	return sleep_again(p);
}

/* nanosleep(time, rest) */
long sys_nanosleep(const struct syscall_args *args)
{
	return sleep_for(args->a[0], args->a[1], TIMESPEC_32);
}

uint64_t clock_tick_at(uint32_t clock, struct clock_time at)
{
	struct clock_time now = clock_read(clock);
	if (at.seconds > (uint64_t)INT32_MAX * 2)
		return TIMESPEC_NEVER;
	int64_t ns = ((int64_t)at.seconds - (int64_t)now.seconds) * NS_PER_SECOND +
		     at.nanoseconds - now.nanoseconds;
	if (ns <= 0)
		return sched_ticks();
	return clock_tick_after((struct clock_time){ (uint64_t)ns / NS_PER_SECOND,
						     (uint32_t)((uint64_t)ns % NS_PER_SECOND) });
}

/* clock_nanosleep(clock, flags, time, rest) */
static long sleep_by_clock(const struct syscall_args *args, enum timespec_form form)
{
	struct clock_time time;
	if (!clock_exists(args->a[0]))
		return -EINVAL;
	if (args->a[0] == CLOCK_THREAD)
		return -EINVAL;
	if (!(args->a[1] & TIMER_ABSTIME))
		return sleep_for(args->a[2], args->a[3], form);
	long error = timespec_read(args->a[2], form, &time);
	if (error)
		return error;
	uint64_t wake = clock_tick_at(args->a[0], time);
	while (sched_ticks() < wake)
		if (sched_sleep_until(NULL, wake) != 0)
			return -ERESTARTNOHAND;
	return 0;
}

long sys_clock_nanosleep(const struct syscall_args *args)
{
	return sleep_by_clock(args, TIMESPEC_32);
}

long sys_clock_nanosleep_time64(const struct syscall_args *args)
{
	return sleep_by_clock(args, TIMESPEC_64);
}

/* Resumes an interrupted call. Not called by libraries, but by returns from signals. */
long sys_restart_syscall(const struct syscall_args *args)
{
	struct process *p = process_running;
	(void)args;
	return p->restart.again ? p->restart.again(p) : -EINTR;
}

long sys_times(const struct syscall_args *args)
{
	const struct process *leader = process_running->group->leader;
	struct process_times used = thread_group_times(leader);
	uint32_t t[4] = { used.user, used.system, leader->used.child_times.user,
			  leader->used.child_times.system };
	if (args->a[0] && syscall_write_user(args->a[0], t, sizeof(t)) != 0)
		return -EFAULT;
	return (long)((uint32_t)sched_ticks() & 0x7fffffff);
}

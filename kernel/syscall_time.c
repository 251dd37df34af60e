/*
 * System calls about time. Ticks of 10 ms are the finest there is.
 */
#include "kernel/clock.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/syscall_calls.h"
#include "lib/errno.h"

enum {
	CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1, CLOCK_PROCESS = 2, CLOCK_THREAD = 3,
	CLOCK_BOOTTIME = 7, CLOCK_COUNT = 12,
};
enum { NS_PER_SECOND = 1000000000, TIMER_ABSTIME = 1 };

struct timespec32 {
	int32_t seconds, nanoseconds;
};

struct timespec64 {
	int64_t seconds;
	int32_t nanoseconds, pad;
};

static bool clock_exists(uint32_t clock)
{
	return clock < CLOCK_COUNT && clock != 10;
}

static struct clock_time clock_read(uint32_t clock)
{
	const struct process_times *used = &process_running->times;
	uint32_t ticks = used->user + used->system;
	switch (clock) {
	case CLOCK_REALTIME:
	case 5: /* COARSE */
	case 8: /* ALARM */
	case 11: /* TAI */
		return clock_of_day();
	case CLOCK_PROCESS:
	case CLOCK_THREAD:
		return (struct clock_time){ ticks / SCHED_HZ,
					    ticks % SCHED_HZ * (NS_PER_SECOND / SCHED_HZ) };
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
	struct timespec32 t = { (int32_t)now.seconds, (int32_t)(now.nanoseconds / 1000) };
	struct timespec32 zone = { 0, 0 };
	if (args->a[0] && syscall_write_user(args->a[0], &t, sizeof(t)) != 0)
		return -EFAULT;
	return args->a[1] ? syscall_write_user(args->a[1], &zone, sizeof(zone)) : 0;
}

long sys_clock_gettime(const struct syscall_args *args)
{
	if (!clock_exists(args->a[0]))
		return -EINVAL;
	struct clock_time now = clock_read(args->a[0]);
	struct timespec32 t = { (int32_t)now.seconds, (int32_t)now.nanoseconds };
	return syscall_write_user(args->a[1], &t, sizeof(t));
}

long sys_clock_gettime64(const struct syscall_args *args)
{
	if (!clock_exists(args->a[0]))
		return -EINVAL;
	struct clock_time now = clock_read(args->a[0]);
	struct timespec64 t = { (int64_t)now.seconds, (int32_t)now.nanoseconds, 0 };
	return syscall_write_user(args->a[1], &t, sizeof(t));
}

long sys_clock_getres(const struct syscall_args *args)
{
	struct timespec32 t = { 0, NS_PER_SECOND / SCHED_HZ };
	if (!clock_exists(args->a[0]))
		return -EINVAL;
	return args->a[1] ? syscall_write_user(args->a[1], &t, sizeof(t)) : 0;
}

/* Until tick @wake. A call that is made again after a stop sleeps its full time again. */
static long sleep_until(uint64_t wake)
{
	while (sched_ticks() < wake) {
		int error = sched_sleep_until(NULL, wake);
		if (error)
			return error;
	}
	return 0;
}

/* A timespec of the caller's. 0, -EFAULT, -EINVAL. */
static long sleep_read_time(uptr_t from, struct clock_time *time)
{
	struct timespec32 t;
	if (syscall_read_user(&t, from, sizeof(t)) != 0)
		return -EFAULT;
	if (t.seconds < 0 || t.nanoseconds < 0 || t.nanoseconds >= NS_PER_SECOND)
		return -EINVAL;
	*time = (struct clock_time){ (uint64_t)t.seconds, (uint32_t)t.nanoseconds };
	return 0;
}

long sys_nanosleep(const struct syscall_args *args)
{
	struct clock_time wait;
	long error = sleep_read_time(args->a[0], &wait);
	return error ? error : sleep_until(clock_tick_after(wait));
}

/* clock_nanosleep(clock, flags, time, remaining) */
long sys_clock_nanosleep(const struct syscall_args *args)
{
	struct clock_time time;
	if (!clock_exists(args->a[0]))
		return -EINVAL;
	long error = sleep_read_time(args->a[2], &time);
	if (error)
		return error;
	if (!(args->a[1] & TIMER_ABSTIME))
		return sleep_until(clock_tick_after(time));
	struct clock_time now = clock_read(args->a[0]);
	int64_t ns = ((int64_t)time.seconds - (int64_t)now.seconds) * NS_PER_SECOND +
		     time.nanoseconds - now.nanoseconds;
	if (ns <= 0)
		return 0;
	struct clock_time wait = { (uint64_t)ns / NS_PER_SECOND,
				   (uint32_t)((uint64_t)ns % NS_PER_SECOND) };
	return sleep_until(clock_tick_after(wait));
}

long sys_times(const struct syscall_args *args)
{
	const struct process *p = process_running;
	uint32_t t[4] = { p->times.user, p->times.system, p->child_times.user,
			  p->child_times.system };
	if (args->a[0] && syscall_write_user(args->a[0], t, sizeof(t)) != 0)
		return -EFAULT;
	return (long)((uint32_t)sched_ticks() & 0x7fffffff);
}

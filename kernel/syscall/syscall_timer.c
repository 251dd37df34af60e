/*
 * System calls of interval timers: alarm, setitimer, getitimer.
 */
#include "kernel/proc/itimer.h"
#include "kernel/proc/timespec.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"

/* Linux's struct itimerval for i386: interval, then time left, in seconds and microseconds. */
struct itimer_words {
	int32_t interval_seconds, interval_micros, seconds, micros;
};

static bool itimer_is_valid(int32_t seconds, int32_t micros)
{
	return seconds >= 0 && micros >= 0 && micros < US_PER_SECOND;
}

static uint64_t itimer_ticks(int32_t seconds, int32_t micros)
{
	return timespec_ticks((struct clock_time){ (uint32_t)seconds, (uint32_t)micros * 1000 });
}

static struct itimer_words itimer_words(struct itimer_value v)
{
	struct clock_time left = timespec_of_ticks(v.left);
	struct clock_time interval = timespec_of_ticks(v.interval);
	return (struct itimer_words){
		(int32_t)interval.seconds, (int32_t)(interval.nanoseconds / 1000),
		(int32_t)left.seconds, (int32_t)(left.nanoseconds / 1000),
	};
}

/* Seconds left of the previous alarm, rounded so that a pending one is not 0. */
long sys_alarm(const struct syscall_args *args)
{
	struct thread_group *g = process_running->group;
	uint64_t left = itimer_get(g, ITIMER_REAL).left;
	uint64_t ticks = (uint64_t)MIN(args->a[0], (uint32_t)INT32_MAX) * SCHED_HZ;
	itimer_set(g, ITIMER_REAL, (struct itimer_value){ .left = ticks });
	if (left == 0)
		return 0;
	return (long)MAX((left + SCHED_HZ / 2) / SCHED_HZ, 1u);
}

static long itimer_tell(struct itimer_value v, uptr_t to)
{
	struct itimer_words words = itimer_words(v);
	return syscall_write_user(to, &words, sizeof(words));
}

long sys_getitimer(const struct syscall_args *args)
{
	if (args->a[0] >= ITIMER_COUNT)
		return -EINVAL;
	struct itimer_value v = itimer_get(process_running->group, args->a[0]);
	return itimer_tell(v, args->a[1]);
}

/* setitimer(which, new, old); without @new the timer stops. */
long sys_setitimer(const struct syscall_args *args)
{
	struct thread_group *g = process_running->group;
	struct itimer_words w = { 0 };
	if (args->a[1] && syscall_read_user(&w, args->a[1], sizeof(w)) != 0)
		return -EFAULT;
	if (args->a[0] >= ITIMER_COUNT || !itimer_is_valid(w.seconds, w.micros) ||
	    !itimer_is_valid(w.interval_seconds, w.interval_micros))
		return -EINVAL;
	struct itimer_value old = itimer_get(g, args->a[0]);
	itimer_set(g, args->a[0], (struct itimer_value){
		.left = itimer_ticks(w.seconds, w.micros),
		.interval = itimer_ticks(w.interval_seconds, w.interval_micros),
	});
	return args->a[2] ? itimer_tell(old, args->a[2]) : 0;
}

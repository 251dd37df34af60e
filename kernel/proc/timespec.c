/*
 * Times in the two forms programs use: with 32-bit and 64-bit seconds.
 *
 * Inside the kernel a time is a struct clock_time or a tick. Each call that takes or returns a
 * timespec exists twice, for programs from before and after the discovery of 2038; the forms differ
 * only here.
 */
#include "kernel/proc/timespec.h"

#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "lib/errno.h"

enum { NS_PER_TICK = NS_PER_SECOND / SCHED_HZ };
/* This many seconds count as for ever; their ticks still fit. */
enum { SECONDS_MAX = INT32_MAX };

long timespec_read(uptr_t from, enum timespec_form form, struct clock_time *t)
{
	struct aspace *as = process_running->aspace;
	int32_t narrow[2];
	int64_t wide[2];
	if (form == TIMESPEC_64) {
		if (user_read(as, wide, from, sizeof(wide)) != 0)
			return -EFAULT;
		wide[1] = (int32_t)wide[1]; /* the upper half is padding */
	} else {
		if (user_read(as, narrow, from, sizeof(narrow)) != 0)
			return -EFAULT;
		wide[0] = narrow[0];
		wide[1] = narrow[1];
	}
	if (wide[0] < 0 || wide[1] < 0 || wide[1] >= NS_PER_SECOND)
		return -EINVAL;
	*t = (struct clock_time){ (uint64_t)wide[0], (uint32_t)wide[1] };
	return 0;
}

long timespec_write(uptr_t to, enum timespec_form form, struct clock_time t)
{
	struct aspace *as = process_running->aspace;
	int64_t wide[2] = { (int64_t)t.seconds, t.nanoseconds };
	int32_t narrow[2] = { (int32_t)t.seconds, (int32_t)t.nanoseconds };
	if (form == TIMESPEC_64)
		return user_write(as, to, wide, sizeof(wide));
	return user_write(as, to, narrow, sizeof(narrow));
}

long timespec_read_wait(uptr_t at, enum timespec_form form, uint64_t *wake)
{
	struct clock_time t;
	*wake = TIMESPEC_NEVER;
	if (!at)
		return 0;
	long error = timespec_read(at, form, &t);
	if (!error && t.seconds <= SECONDS_MAX)
		*wake = clock_tick_after(t);
	return error;
}

struct clock_time timespec_of_ticks(uint64_t ticks)
{
	return (struct clock_time){ ticks / SCHED_HZ, (uint32_t)(ticks % SCHED_HZ) * NS_PER_TICK };
}

struct clock_time timespec_until(uint64_t wake)
{
	uint64_t now = sched_ticks();
	return timespec_of_ticks(wake > now ? wake - now : 0);
}

uint64_t timespec_ticks(struct clock_time t)
{
	uint64_t seconds = MIN(t.seconds, (uint64_t)SECONDS_MAX);
	return seconds * SCHED_HZ + (t.nanoseconds + NS_PER_TICK - 1) / NS_PER_TICK;
}

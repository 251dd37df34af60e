/* Times in the two forms programs have them: seconds of 32 and of 64 bits. Context: process. */
#ifndef KERNEL_PROC_TIMESPEC_H
#define KERNEL_PROC_TIMESPEC_H

#include "kernel/proc/wallclock.h"
#include "mm/user.h"

enum timespec_form { TIMESPEC_32, TIMESPEC_64 };
enum { NS_PER_SECOND = 1000000000, US_PER_SECOND = 1000000 };
#define TIMESPEC_NEVER UINT64_MAX /* a tick that does not come */

/* A struct timespec of the running process's. 0, -EFAULT, -EINVAL (negative, or no nanoseconds). */
MUST_CHECK long timespec_read(uptr_t from, enum timespec_form form, struct clock_time *t);
/* 0 or -EFAULT. */
MUST_CHECK long timespec_write(uptr_t to, enum timespec_form form, struct clock_time t);
/* The tick until which to wait for @at 0: for ever; else for a timespec. 0, -EFAULT, -EINVAL. */
MUST_CHECK long timespec_read_wait(uptr_t at, enum timespec_form form, uint64_t *wake);
/* What is left until tick @wake. */
struct clock_time timespec_until(uint64_t wake);
/* @ticks as a time. */
struct clock_time timespec_of_ticks(uint64_t ticks);
/* How many ticks @t takes, rounded up. */
uint64_t timespec_ticks(struct clock_time t);

#endif

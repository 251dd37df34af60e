/* Times in the two forms programs use: with 32-bit and 64-bit seconds. Context: process. */
#ifndef KERNEL_PROC_TIMESPEC_H
#define KERNEL_PROC_TIMESPEC_H

#include "kernel/proc/wallclock.h"
#include "mm/user.h"

enum timespec_form { TIMESPEC_32, TIMESPEC_64 };
enum { NS_PER_SECOND = 1000000000, US_PER_SECOND = 1000000 };
#define TIMESPEC_NEVER UINT64_MAX /* a tick that never comes */

/*
 * Read a struct timespec of the running process. 0, -EFAULT, -EINVAL (negative, bad nanoseconds).
 */
MUST_CHECK long timespec_read(uptr_t from, enum timespec_form form, struct clock_time *t);
/* 0 or -EFAULT. */
MUST_CHECK long timespec_write(uptr_t to, enum timespec_form form, struct clock_time t);
/* The tick to wait until: never if @at is 0, else for the timespec there. 0, -EFAULT, -EINVAL. */
MUST_CHECK long timespec_read_wait(uptr_t at, enum timespec_form form, uint64_t *wake);
/* The time left until tick @wake. */
struct clock_time timespec_until(uint64_t wake);
/* @ticks as a time. */
struct clock_time timespec_of_ticks(uint64_t ticks);
/* @t in ticks, rounded up. */
uint64_t timespec_ticks(struct clock_time t);

#endif

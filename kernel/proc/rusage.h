/* What a process used, in Linux's structure for i386. */
#ifndef KERNEL_PROC_RUSAGE_H
#define KERNEL_PROC_RUSAGE_H

#include "kernel/proc/process.h"

struct rusage {
	int32_t utime_seconds, utime_micros, stime_seconds, stime_micros;
	int32_t maxrss_kib, ixrss, idrss, isrss;
	int32_t minflt, majflt, nswap, inblock, oublock, msgsnd, msgrcv, nsignals, nvcsw, nivcsw;
};

/* @peak_resident in pages. */
static inline struct rusage rusage_make(const struct process_times *times, uint32_t minor_faults,
					uint32_t major_faults, uint32_t peak_resident)
{
	enum { MICROS_PER_TICK = 1000000 / SCHED_HZ };
	return (struct rusage){
		.utime_seconds = (int32_t)(times->user / SCHED_HZ),
		.utime_micros = (int32_t)(times->user % SCHED_HZ * MICROS_PER_TICK),
		.stime_seconds = (int32_t)(times->system / SCHED_HZ),
		.stime_micros = (int32_t)(times->system % SCHED_HZ * MICROS_PER_TICK),
		.maxrss_kib = (int32_t)(peak_resident * (PAGE_SIZE / 1024)),
		.minflt = (int32_t)minor_faults,
		.majflt = (int32_t)major_faults,
	};
}

#endif

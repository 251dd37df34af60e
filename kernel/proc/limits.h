/*
 * Resource limits: what a process may have at most. Theory in limits.c. Context: process.
 */
#ifndef KERNEL_PROC_LIMITS_H
#define KERNEL_PROC_LIMITS_H

#include "lib/base.h"

struct aspace;

/* Linux's numbers, RLIMIT_*. */
enum limit_resource {
	LIMIT_CPU, LIMIT_FSIZE, LIMIT_DATA, LIMIT_STACK, LIMIT_CORE, LIMIT_RSS, LIMIT_NPROC,
	LIMIT_NOFILE, LIMIT_MEMLOCK, LIMIT_AS, LIMIT_LOCKS, LIMIT_SIGPENDING, LIMIT_MSGQUEUE,
	LIMIT_NICE, LIMIT_RTPRIO, LIMIT_RTTIME, LIMIT_COUNT,
};

#define LIMIT_NONE UINT64_MAX
enum { LIMIT_NOFILE_MAX = 4096 }; /* the most descriptors a table can have */

struct limit {
	uint64_t now;  /* in force: the soft limit */
	uint64_t most; /* how far it may be raised: the hard limit */
};

struct limits {
	struct limit of[LIMIT_COUNT];
};

/* The first process's limits. */
void limits_init(struct limits *l);
/* 0, -EINVAL (@wanted->now above @wanted->most), -EPERM (more files than there can be). */
MUST_CHECK int limits_set(struct limits *l, enum limit_resource resource,
			  const struct limit *wanted);
/* Pass those on memory to @as, which enforces them. */
void limits_apply(const struct limits *l, struct aspace *as);

#endif

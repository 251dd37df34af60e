/*
 * Resource limits: what a process may have at most.
 *
 * A process has two numbers for each of Linux's sixteen resources; a child inherits them and exec
 * keeps them. Limits on memory are enforced by the address space, the one on descriptors by the
 * table of files, each where the resource is allocated; limits_apply passes the former on, whenever
 * a limit changes and when a process gets a new address space; whoever sets limits passes on the
 * latter. Everybody is user 0, who may raise a hard limit, so a hard limit only bounds the soft
 * one; RLIMIT_MEMLOCK, from which Linux exempts user 0, is enforced here.
 *
 * Left out: all but AS, DATA, STACK, MEMLOCK and NOFILE are stored and reported, not enforced.
 * Source: getrlimit(2).
 */
#include "kernel/proc/limits.h"

#include "lib/errno.h"
#include "mm/aspace/space.h"

enum { LIMIT_NOFILE_FIRST = 1024, LIMIT_MSGQUEUE_BYTES = 819200, LIMIT_PROCESSES = 30000 };

void limits_init(struct limits *l)
{
	for (unsigned i = 0; i < LIMIT_COUNT; i++)
		l->of[i] = (struct limit){ LIMIT_NONE, LIMIT_NONE };
	l->of[LIMIT_STACK].now = ASPACE_STACK_LIMIT;
	l->of[LIMIT_CORE].now = 0;
	l->of[LIMIT_NPROC] = (struct limit){ LIMIT_PROCESSES, LIMIT_PROCESSES };
	l->of[LIMIT_NOFILE] = (struct limit){ LIMIT_NOFILE_FIRST, LIMIT_NOFILE_MAX };
	l->of[LIMIT_SIGPENDING] = (struct limit){ LIMIT_PROCESSES, LIMIT_PROCESSES };
	l->of[LIMIT_MSGQUEUE] = (struct limit){ LIMIT_MSGQUEUE_BYTES, LIMIT_MSGQUEUE_BYTES };
	l->of[LIMIT_NICE] = (struct limit){ 0, 0 };
	l->of[LIMIT_RTPRIO] = (struct limit){ 0, 0 };
}

int limits_set(struct limits *l, enum limit_resource resource, const struct limit *wanted)
{
	if (wanted->now > wanted->most)
		return -EINVAL;
	if (resource == LIMIT_NOFILE && wanted->most > LIMIT_NOFILE_MAX)
		return -EPERM;
	l->of[resource] = *wanted;
	return 0;
}

static uint32_t limit_bytes(const struct limits *l, enum limit_resource resource)
{
	return (uint32_t)MIN(l->of[resource].now, (uint64_t)ASPACE_NO_LIMIT);
}

void limits_apply(const struct limits *l, struct aspace *as)
{
	as->stack_limit = limit_bytes(l, LIMIT_STACK);
	as->limit_as = limit_bytes(l, LIMIT_AS);
	as->limit_data = limit_bytes(l, LIMIT_DATA);
	as->limit_memlock = limit_bytes(l, LIMIT_MEMLOCK);
}

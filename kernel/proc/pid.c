/*
 * Process numbers, and finding a process by one.
 *
 * Numbers are assigned in ascending order and reused after wrapping around, once no process has the
 * number as its own, its group's or its session's.
 *
 * Always true (pid_check):
 *   [pid.1]  a bit of pid_taken is set exactly for the number of each process, and for 0
 * Source: fork(2); POSIX.1 3.300 (process group lifetime).
 */
#include "kernel/proc/pid.h"

#include "kernel/proc/process.h"
#include "kernel/proc/thread.h"
#include "lib/assert.h"
#include "lib/bitmap.h"

static uint32_t pid_taken[BITMAP_WORDS(PROCESS_PID_MAX)];
static int pid_last;

void pid_init(void)
{
	bitmap_set(pid_taken, 0);
}

static bool pid_names_group(int pid)
{
	process_for_each(p)
		if (p->pgrp == pid || p->session == pid)
			return true;
	return false;
}

int pid_alloc(void)
{
	size_t from = (size_t)pid_last + 1;
	for (int turns = 0; turns < 2;) {
		size_t pid = bitmap_find_clear(pid_taken, PROCESS_PID_MAX, from);
		if (pid == PROCESS_PID_MAX) {
			turns++;
			from = 2;
			continue;
		}
		from = pid + 1;
		if (pid_names_group((int)pid))
			continue;
		bitmap_set(pid_taken, pid);
		pid_last = (int)pid;
		return (int)pid;
	}
	return 0;
}

struct process *process_find(int pid)
{
	process_for_each(p)
		if (p->pid == pid)
			return p;
	return NULL;
}

int process_group_session(int pgrp)
{
	process_for_each(p)
		if (p->pgrp == pgrp)
			return p->session;
	return 0;
}

int process_parent_pid(const struct process *p)
{
	const struct process *leader = p->group->leader;
	if (leader->family.parent)
		return leader->family.parent->pid;
	return leader->pid == 1 ? 0 : 1;
}

void pid_free(int pid)
{
	ASSERT(bitmap_test(pid_taken, (size_t)pid)); /* [pid.1] */
	bitmap_clear(pid_taken, (size_t)pid);
}

void pid_check(void)
{
	process_for_each(p)
		ASSERT(bitmap_test(pid_taken, (size_t)p->pid)); /* [pid.1] */
	ASSERT(bitmap_test(pid_taken, 0));			/* [pid.1] */
	ASSERT(bitmap_count(pid_taken, PROCESS_PID_MAX) == process_count + 1); /* [pid.1] */
}

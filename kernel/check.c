/*
 * Every module's invariants at once.
 *
 * Each module asserts its numbered invariants; this runs all these checks: mm's (mm/check.c) and
 * those of processes, threads, signals, files, inodes, pipes and so on. It runs after each
 * self-test and at the end of each run, when the figures of the run have been taken and before its
 * record is written: what a run broke is its failure.
 *
 * At the end of a run there is no process, so everything must have been released: a leaked
 * reference shows then. A reference too few, or a node left on a list, shows while programs run:
 * with check=TICKS on the command line a timer verifies the structures that often, on some
 * process's way back to user mode or in the idle loop, where no structure is half changed.
 */
#include "kernel/check.h"

#include "kernel/fs/vfs.h"
#include "kernel/partition/dispatch.h"
#include "kernel/proc/account.h"
#include "kernel/proc/futex.h"
#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/shm.h"
#include "kernel/proc/timer.h"
#include "kernel/watch/pressure.h"
#include "mm/check.h"

static struct timer check_timer;
static uint32_t check_ticks;

void kernel_check_structures(void)
{
	sched_check();
	process_check_all();
	timer_check();
	futex_check();
	shm_check();
	load_control_check();
	account_check();
	pressure_check();
	dispatch_check();
	vfs_check();
}

void kernel_check(void)
{
	kernel_check_structures();
	mm_check();
}

static void check_again(struct timer *t)
{
	kernel_check_structures();
	timer_start(t, sched_ticks() + check_ticks);
}

void kernel_check_start(uint32_t ticks)
{
	check_ticks = ticks;
	timer_init(&check_timer, check_again);
	if (ticks > 0)
		timer_start(&check_timer, sched_ticks() + ticks);
}

/*
 * Where the CPU's time goes.
 *
 * Two places know when the CPU changes its mode: the way into the kernel and the way out (trap.c).
 * One more knows when it changes hands: the switch (sched.c). Each reads the time stamp counter and
 * charges the time since the last reading to whoever had the CPU: a thread's user mode or kernel
 * mode, or idle. So the sums are exact, and add up to all the time since account_init. Under
 * -icount the counter counts instructions, and so do the sums; while the CPU is halted it counts
 * one instruction a nanosecond, which is idle time.
 *
 * Ticks are the coarse figure that Linux programs read (times, getrusage, /proc/PID/stat): a tick
 * is charged to the mode it interrupted.
 *
 * Always true
 *   [account.1]  account_mark is the reading up to which all time has been charged
 *   [account.2]  user + system + idle of account_totals is account_mark minus the first reading
 *   [account.3]  the threads' times add up to the totals' user and system
 * Left out: interrupts' own time; it is charged to the interrupted thread's kernel time, as on
 * Linux.
 */
#include "kernel/proc/account.h"

#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/x86/cpu.h"
#include "lib/assert.h"

struct account_totals account_totals;

uint64_t account_mark;
bool account_trap_from_user;

static uint64_t account_start, account_start_tick;

void account_init(void)
{
	account_mark = cpu_tsc();
	account_start = account_mark;
	account_start_tick = sched_ticks();
	account_totals = (struct account_totals){ 0, 0, 0 };
}

void account_switch(struct process *prev)
{
	uint64_t passed = account_passed();
	if (prev != NULL)
		account_system(&prev->used.account, passed);
	else
		account_totals.idle += passed;
}

bool account_from_user(void)
{
	return account_trap_from_user;
}

uint64_t account_units_per_tick(void)
{
	uint64_t ticks = sched_ticks() - account_start_tick;
	uint64_t units = cpu_tsc() - account_start;
	return ticks > 0 ? MAX(units / ticks, 1) : MAX(units, 1);
}

uint64_t account_micros(uint64_t units)
{
	return units * (1000000 / SCHED_HZ) / account_units_per_tick();
}

void account_check(void)
{
	const struct account_totals *t = &account_totals;
	uint64_t user = 0, system = 0;
	process_for_each(p) {
		user += p->used.account.user;
		system += p->used.account.system;
	}
	ASSERT(account_mark <= cpu_tsc());				       /* [account.1] */
	ASSERT(t->user + t->system + t->idle == account_mark - account_start); /* [account.2] */
	ASSERT(user <= t->user && system <= t->system); /* [account.3], live threads only */
}

/*
 * Pressure: how long processes wait for memory, the disk and the CPU.
 *
 * Fault counters say how often something happened, not what it cost. Pressure is the cost: the
 * share of time in which work stalled for lack of a resource. Two figures for each:
 *
 *   some   at least one process waits for it
 *   full   processes wait for it, and nobody makes progress meanwhile
 *
 * A process waits for memory from the start of a page fault until its instruction can be retried,
 * if the fault had to read the page from swap or evict another page first. A first touch that finds
 * a free frame, or reads a file, is not pressure. With the RAM disk the fault is CPU work; with a
 * disk's service time (drivers/block.c) the process sleeps in it, and waits for the disk as well.
 *
 * With one CPU the two figures follow from four numbers, updated at each change: how many are
 * runnable, wait for memory, do both (are in the fault's own work), wait for the disk.
 *
 *   memory  some  somebody waits     full  and whoever has the CPU waits too, or nobody can run
 *   disk    some  somebody waits     full  and nobody can run
 *   cpu     some  more than one can run   full  never, as on Linux for a whole machine
 *
 * Time is charged before each change, under the numbers valid until then. A fault is known to be a
 * wait for memory only when it sleeps for the swap area, or at its end. As nothing else happens on
 * the one CPU until then, the time since its start is charged then, with the fault counted in; so
 * its start, which changes no number, only records the time. A fault that reads a file first, and
 * sleeps for that, waits for memory from the end of that sleep on.
 *
 * Averages are sampled every two seconds (lib/decay.c); if they were not updated for longer, what
 * has accumulated is one sample, and the missed periods are samples of zero.
 *
 * Always true
 *   [pressure.1]  full <= some, for each resource
 *   [pressure.2]  the numbers are those of processes in their pressure_wait; none is negative
 * Left out: what system calls wait for outside of page faults is the disk's alone, not memory's.
 * Waits for a page or a space that another process's fault has locked. Groups of processes, and
 * triggers (poll on the files).
 * Source: Linux, Documentation/accounting/psi.rst.
 */
#include "kernel/watch/pressure.h"

#include "drivers/block.h"
#include "kernel/proc/account.h"
#include "kernel/proc/deferred.h"
#include "kernel/proc/hooks.h"
#include "kernel/proc/load_control.h"
#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "lib/decay.h"
#include "mm/mmstat.h"
#include "mm/swap.h"

enum { PRESSURE_PERIOD_TICKS = 2 * SCHED_HZ };

struct pressure pressure[PRESSURE_RESOURCES];

/* How many processes are in each state. */
static struct {
	uint32_t memory, memory_ready, disk;
} pressure_now;
static uint64_t pressure_mark; /* time up to here has been charged */
static uint64_t pressure_sampled, pressure_next_tick;

static void pressure_give(enum pressure_resource which, bool some, bool full, uint64_t units)
{
	if (some)
		pressure[which].some.units += units;
	if (some && full)
		pressure[which].full.units += units;
}

/* Give the time up to @now away. */
static void pressure_account_until(uint64_t now)
{
	uint64_t units = now - pressure_mark;
	uint32_t ready = sched_ready();
	const struct process *p = process_running;
	bool waits = p != NULL && p->used.waits.memory;
	pressure_mark = now;
	pressure_give(PRESSURE_MEMORY, pressure_now.memory > 0,
		      waits || ready == pressure_now.memory_ready, units);
	pressure_give(PRESSURE_IO, pressure_now.disk > 0, ready == 0, units);
	pressure_give(PRESSURE_CPU, ready > 1, false, units);
}

void pressure_account(void)
{
	pressure_account_until(cpu_tsc_fast());
}

/* What a fault does when memory is short: read a page back, or evict one. */
static uint32_t pressure_io(void)
{
	return mmstat_read(swap_ins) + mmstat_read(evictions);
}

/* The fault of @p turns out to be a wait for memory. */
static void pressure_memory_begin(struct process *p)
{
	struct pressure_wait *w = &p->used.waits;
	if (w->memory || !w->fault)
		return;
	if (w->since > pressure_mark)
		pressure_account_until(w->since);
	w->memory = true;
	pressure_now.memory++;
	pressure_now.memory_ready++;
}

static __attribute__((noinline)) void pressure_memory_end(struct process *p)
{
	struct pressure_wait *w = &p->used.waits;
	pressure_account();
	p->used.account.stall += pressure_mark - w->since;
	ASSERT(pressure_now.memory > 0 && !w->disk); /* [pressure.2] */
	w->memory = false;
	pressure_now.memory--;
	pressure_now.memory_ready--;
}

void pressure_fault_begin(void)
{
	struct process *p = process_running;
	if (p == NULL)
		return;
	p->used.waits.fault = true;
	p->used.waits.since = cpu_tsc_fast();
	p->used.waits.io = pressure_io();
}

void pressure_fault_end(void)
{
	struct process *p = process_running;
	if (p == NULL)
		return;
	if (UNLIKELY(pressure_io() != p->used.waits.io))
		pressure_memory_begin(p);
	p->used.waits.fault = false;
	if (UNLIKELY(p->used.waits.memory))
		pressure_memory_end(p);
}

/* The running process sleeps for @dev. */
static void pressure_disk_begin(const struct block_device *dev)
{
	struct process *p = process_running;
	if (swap_is_on(dev) || pressure_io() != p->used.waits.io)
		pressure_memory_begin(p);
	pressure_account();
	ASSERT(!p->used.waits.disk); /* [pressure.2] */
	p->used.waits.disk = true;
	pressure_now.disk++;
}

/* It has woken. What others did meanwhile is not charged to it. */
static void pressure_disk_end(void)
{
	struct process *p = process_running;
	pressure_account();
	ASSERT(p->used.waits.disk && pressure_now.disk > 0); /* [pressure.2] */
	p->used.waits.disk = false;
	pressure_now.disk--;
	p->used.waits.io = pressure_io();
	if (!p->used.waits.memory)
		p->used.waits.since = pressure_mark;
}

/*
 * Inside a fault a process sleeps for the disk, for a page that others transfer, or for the space's
 * lock; in each case it is not in the fault's own work.
 */
static void pressure_channel_sleep(bool begins)
{
	if (!process_running->used.waits.memory)
		return;
	pressure_account();
	ASSERT(!begins || pressure_now.memory_ready > 0); /* [pressure.2] */
	pressure_now.memory_ready += begins ? -1u : 1u;
}

/* --- averages --- */

/* Only added to, at the current rate: a total never decreases. */
static void pressure_convert(struct pressure_time *t)
{
	t->micros += account_micros(t->units - t->converted);
	t->converted = t->units;
}

static void pressure_sample(struct pressure_time *t, uint64_t whole, uint32_t missed)
{
	static const uint32_t weights[] = { DECAY_10S, DECAY_60S, DECAY_300S };
	uint32_t share = decay_share(t->units - t->sampled, whole);
	t->sampled = t->units;
	for (unsigned i = 0; i < ARRAY_SIZE(weights); i++) {
		uint32_t past = decay_idle(t->averages[i], weights[i], missed);
		t->averages[i] = decay_sample(past, weights[i], share);
	}
}

static void pressure_work(uint64_t now)
{
	if (now < pressure_next_tick)
		return;
	uint32_t missed = (uint32_t)((now - pressure_next_tick) / PRESSURE_PERIOD_TICKS);
	pressure_next_tick += (uint64_t)(missed + 1) * PRESSURE_PERIOD_TICKS;
	pressure_account();
	uint64_t whole = pressure_mark - pressure_sampled;
	pressure_sampled = pressure_mark;
	for (unsigned i = 0; i < PRESSURE_RESOURCES; i++) {
		pressure_sample(&pressure[i].some, whole, missed);
		pressure_sample(&pressure[i].full, whole, missed);
	}
}

void pressure_read(void)
{
	pressure_work(sched_ticks());
	pressure_account();
	for (unsigned i = 0; i < PRESSURE_RESOURCES; i++) {
		pressure_convert(&pressure[i].some);
		pressure_convert(&pressure[i].full);
	}
}

/* Total units in which somebody waited for memory and nobody made progress. */
static uint64_t pressure_stalled(void)
{
	pressure_account();
	return pressure[PRESSURE_MEMORY].full.units;
}

void pressure_init(void)
{
	static struct deferred pressure_deferred = { .work = pressure_work };
	pressure_mark = cpu_tsc();
	pressure_sampled = pressure_mark;
	pressure_next_tick = sched_ticks() + PRESSURE_PERIOD_TICKS;
	process_hooks.ready_changes = pressure_account;
	process_hooks.channel_sleep = pressure_channel_sleep;
	block_set_watch(pressure_disk_begin, pressure_disk_end);
	load_control_listen(pressure_stalled);
	deferred_add(&pressure_deferred);
}

void pressure_check(void)
{
	uint32_t memory = 0, disk = 0, both = 0;
	process_for_each(p) {
		memory += p->used.waits.memory;
		disk += p->used.waits.disk;
		both += p->used.waits.memory && p->used.waits.disk;
	}
	ASSERT(memory == pressure_now.memory && disk == pressure_now.disk); /* [pressure.2] */
	ASSERT(pressure_now.memory_ready == memory - both);		    /* [pressure.2] */
	for (unsigned i = 0; i < PRESSURE_RESOURCES; i++)
		ASSERT(pressure[i].full.units <= pressure[i].some.units); /* [pressure.1] */
}

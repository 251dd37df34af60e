/*
 * Thrashing: detection and cure.
 *
 * Each process needs its working set, the pages it uses again and again, in memory. When the
 * working sets of those that run exceed the frames, each fault evicts a page that another process
 * will need at once; all of them wait for the disk, and the CPU idles or copies pages. More
 * processes then mean less work done. No replacement policy helps, since every page is needed. What
 * helps is fewer processes: some are suspended, all their pages are evicted, and the others run
 * with theirs resident.
 *
 * Detection. Time is divided into windows. A window thrashes if
 *
 *   - nobody made progress for at least half of it, for lack of memory (pressure.c: full);
 *   - pages were refaulted soon after eviction: at least half of the refaults were of pages with
 *     fewer evictions between eviction and refault than there are frames, so twice the frames would
 *     have kept them (swap.c: refault distance);
 *   - at least two processes did that. A single one larger than memory is slow, and pressure shows
 *     it, but there is nobody to suspend.
 *
 * The first such window begins an episode, with a line in the log; it ends after a number of
 * consecutive windows with little pressure and nobody suspended.
 *
 * The cure, if load_control=on. In a window that thrashes, the processes that ran are sorted by
 * user time in this episode, least first. They stay as long as their needs add up to no more than
 * the frames; the rest are suspended, all at once. A process's need is an estimate: its resident
 * pages and those refaulted in the window, half as much again each time it is chosen, and never
 * more than it has in memory and on swap. Without refaults, its resident pages are enough.
 *
 * Each suspended process is resumed as soon as there is room for its need, or when its turn has
 * come. Turns are first in, first out, one each slice; running processes then make room, those with
 * the most user time first. So one of N suspended processes waits at most N slices. A slice is long
 * compared with the cost of the change: ten times what was lost so far for as many pages, and
 * between LOAD_SLICE_MIN and LOAD_SLICE_MAX.
 *
 * Suspending. Only a process on its way back to user mode is suspended, by itself (attend.c):
 * it holds no lock and no pin then. It evicts the pages that only it maps and sleeps as in a system
 * call that any signal interrupts; so SIGKILL, SIGSTOP and handlers reach it as usual. As long as
 * it is asked to be suspended it goes back to sleep after handling the signal. Threads, and a vfork
 * parent and child, share an address space and are asked together. What others wait for (a pipe, a
 * lock in shared memory) is delayed, not lost, as every suspension is bounded.
 *
 * Never suspended: process 1, leaders of sessions (shells), and programs in partitions, which have
 * a dispatcher of their own.
 *
 * Always true
 *   [load_control.1]  asleep implies asked; load_stats.suspended is the number of address spaces
 *       asked to suspend
 *   [load_control.2]  all processes of one address space are asked, or none
 *   [load_control.3]  if somebody is suspended and nobody else is runnable, the longest suspended
 *       is resumed
 * Left out: medium-term priorities; guessing the working set from referenced bits.
 * Source: Denning, Thrashing: its causes and prevention (1968), and Working sets past and present
 * (1980); the swapper of Unix 32V and 4BSD; refault distance after Linux, mm/workingset.c.
 */
#include "kernel/proc/load_control.h"

#include "kernel/base/log.h"
#include "kernel/proc/account.h"
#include "kernel/proc/deferred.h"
#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "kernel/proc/thread.h"
#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "mm/allot.h"
#include "mm/mmstat.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"

enum {
	LOAD_WINDOW = 10,      /* ticks */
	LOAD_HIGH = 50,	       /* percent of a window stalled: thrashing */
	LOAD_LOW = 20,	       /* percent: calm */
	LOAD_CALM_WINDOWS = 5, /* as many consecutive ones end an episode */
	LOAD_REFAULTS = 8,     /* fewer in a window prove nothing */
	LOAD_SLICE_MIN = 2 * LOAD_WINDOW,
	LOAD_SLICE_MAX = 10 * SCHED_HZ,
	LOAD_COST_SHARE = 10,
};

/* The counters at the window's start. */
struct load_window {
	uint64_t next_tick, tick;
	uint64_t lost; /* time in which nobody made progress, for lack of memory */
	uint64_t all;  /* all time */
	uint32_t refaults, near;
};

struct load_stats load_stats;

static uint64_t (*load_stalled)(void); /* NULL: not measured */
static bool load_on;
static struct load_window load_window;
static unsigned load_calm;
static uint32_t load_turns;
static uint64_t load_slice_begin;
static struct wait_queue load_sleepers = { LIST_HEAD_INIT(load_sleepers.sleepers) };

void load_control_set(bool on)
{
	load_on = on;
	load_control_kick();
}

bool load_control_is_on(void)
{
	return load_on;
}

void load_control_kick(void)
{
	if (load_stats.suspended == 0)
		return;
	load_window.next_tick = 0;
	sched_request();
}

/* --- who, and how much --- */

/* Represents its address space: the first leader that has it. */
static bool load_stands_for_space(const struct process *p)
{
	if (!p->aspace || !thread_is_leader(p))
		return false;
	if (p->aspace->refs == 1)
		return true;
	process_for_each(q) {
		if (q == p)
			return true;
		if (q->aspace == p->aspace && thread_is_leader(q))
			return false;
	}
	return false;
}

static bool load_may_suspend(const struct process *p)
{
	return p->pid != 1 && p->session != p->pid && p->aspace->ops->paged;
}

/* Its refaults in this window. After an execve it has another address space. */
static uint32_t load_came_back(const struct process *p)
{
	uint32_t now = p->aspace->refaults, before = p->load.refaults;
	return now > before ? now - before : 0;
}

/* In this window it ran in user mode, or had refaults. */
static bool load_ran(const struct process *p)
{
	return p->used.account.user != p->load.used || load_came_back(p) > 0;
}

/* It competes for memory at present. */
static bool load_is_running(const struct process *p)
{
	return !p->load.asked && (p->load.active || load_ran(p)) && load_stands_for_space(p);
}

static uint64_t load_service(const struct process *p)
{
	return p->used.account.user - p->load.base;
}

/* Frames available to processes in total. */
static uint32_t load_frames(void)
{
	uint32_t most = frame_stats.free + frame_stats.owned[FRAME_ANON] +
			frame_stats.owned[FRAME_OBJECT];
	most = most > reclaim_stats.reserve ? most - reclaim_stats.reserve : 0;
	return reclaim_stats.limit != 0 ? MIN(most, reclaim_stats.limit) : most;
}

/* Pages it needs, as estimated from this window. */
static void load_guess(struct process *p, bool thrashing)
{
	const struct pmap *pm = &p->aspace->pmap;
	uint32_t back = load_came_back(p);
	uint32_t need = MAX(p->load.demand, pm->resident + back);
	if (thrashing && back > 0)
		need += need / 2;
	if (!thrashing && back == 0)
		need = pm->resident; /* all it wants is here */
	p->load.demand = MIN(need, pm->resident + pm->swapped);
}

/* Total need of those running now. */
static uint32_t load_needed(void)
{
	uint32_t sum = 0;
	process_for_each(p)
		if (p->aspace && load_is_running(p))
			sum += p->load.demand;
	return sum;
}

/* The longest suspended one, or NULL. */
static struct process *load_head(void)
{
	struct process *head = NULL;
	process_for_each(p) {
		if (p->load.asked && load_stands_for_space(p) &&
		    (!head || (int32_t)(p->load.turn - head->load.turn) < 0))
			head = p;
	}
	return head;
}

/* --- suspending and resuming --- */

static void load_suspend(struct process *leader)
{
	if (load_stats.suspended == 0)
		load_slice_begin = sched_ticks();
	ASSERT(!leader->load.asked && load_may_suspend(leader)); /* [load_control.2] */
	load_turns++;
	load_stats.suspended++;
	load_stats.suspensions++;
	process_for_each(p) {
		if (p->aspace != leader->aspace)
			continue;
		p->load.asked = true;
		p->load.turn = load_turns;
	}
	sched_request();
	log_debug("load control: pid %d is suspended, %u pages", leader->pid, leader->load.demand);
}

static void load_resume(struct process *leader)
{
	ASSERT(leader->load.asked); /* [load_control.2] */
	load_stats.resumptions++;
	load_slice_begin = sched_ticks();
	process_for_each(p) {
		if (p->aspace != leader->aspace)
			continue;
		p->load.asked = false;
		p->load.active = true;
		if (p->load.asleep)
			sched_wake(p);
		p->load.asleep = false;
	}
	log_debug("load control: pid %d is resumed", leader->pid);
}

void load_control_share(struct process *child, const struct process *parent)
{
	child->load.asked = parent->load.asked;
	child->load.turn = parent->load.turn;
}

/* Rolling out may sleep, and @arg, a process, may be resumed meanwhile. */
static bool load_still_asked(const void *arg)
{
	const struct process *p = arg;
	return p->load.asked && !signal_wanted(p);
}

void load_control_attend(struct process *p)
{
	while (load_still_asked(p)) {
		aspace_roll_out(p->aspace, load_still_asked, p);
		if (!p->load.asked)
			return; /* resumed while it slept on the disk: nobody would wake it */
		p->load.asleep = true;
		int signalled = sched_sleep_interruptible(&load_sleepers);
		p->load.asleep = false;
		if (signalled != 0)
			return;
	}
}

/* --- the episode --- */

static uint32_t load_count_suspended(void)
{
	uint32_t n = 0;
	process_for_each(p)
		n += p->load.asked && load_stands_for_space(p);
	return n;
}

static void load_begin_episode(uint32_t nprocesses, uint32_t lost_percent)
{
	load_stats.thrashing = true;
	load_stats.episodes++;
	process_for_each(p)
		p->load.base = p->used.account.user;
	log_warn("thrashing: %u processes want more than %u frames; %u %% of the last %u ms were "
		 "lost, pages come back soon after they went; %s", nprocesses, load_frames(),
		 lost_percent, LOAD_WINDOW * 1000 / SCHED_HZ,
		 load_on ? "load control suspends some" : "fewer processes or more frames help");
}

static void load_end_episode(void)
{
	load_stats.thrashing = false;
	list_for_each(node, &process_all)
		list_entry(node, struct process, all)->load.demand = 0;
	log_warn("thrashing is over: %u suspensions, %u resumptions since the start",
		 load_stats.suspensions, load_stats.resumptions);
}

/* Of those running that may be suspended: the one with least, or most, user time. NULL: none. */
static struct process *load_by_service(bool least)
{
	struct process *best = NULL;
	process_for_each(p) {
		if (!p->aspace || p->load.kept || !load_may_suspend(p) || !load_is_running(p))
			continue;
		bool less = !best || load_service(p) < load_service(best);
		if (!best || less == least)
			best = p;
	}
	return best;
}

static void load_forget_kept(void)
{
	list_for_each(node, &process_all)
		list_entry(node, struct process, all)->load.kept = false;
}

/* Keep those with least user time that fit in memory, at least one. Suspend the others. */
static void load_shed(void)
{
	uint32_t room = load_frames(), sum = 0;
	for (struct process *p = load_by_service(true); p != NULL; p = load_by_service(true)) {
		p->load.kept = sum == 0 || sum + p->load.demand <= room;
		if (p->load.kept)
			sum += p->load.demand;
		else
			load_suspend(p);
	}
	load_forget_kept();
}

/* Ticks: long compared with the cost of swapping @head for another. */
static uint64_t load_slice(const struct process *head)
{
	uint64_t lost = load_stalled != NULL ? load_stalled() : 0;
	uint64_t per_page = lost / MAX(mmstat_read(swap_ins), 1);
	uint64_t cost = per_page * head->load.demand / account_units_per_tick();
	return MIN(MAX(LOAD_COST_SHARE * cost, (uint64_t)LOAD_SLICE_MIN), LOAD_SLICE_MAX);
}

/* Resume the longest suspended, if it is its turn, or if there is room (not when @thrashing). */
static void load_admit(bool thrashing)
{
	struct process *head = load_stats.suspended > 0 ? load_head() : NULL;
	if (head == NULL)
		return;
	bool room = !thrashing && load_needed() + head->load.demand <= load_frames();
	bool turn = sched_ticks() - load_slice_begin >= load_slice(head);
	if (!load_on || room) {
		load_resume(head);
		return;
	}
	if (!turn && load_by_service(false) != NULL)
		return;
	load_resume(head);
	head->load.kept = true;
	for (struct process *p = load_by_service(false); p != NULL; p = load_by_service(false)) {
		if (load_needed() <= load_frames())
			break;
		load_suspend(p);
	}
	head->load.kept = false;
}

/* --- windows --- */

void load_control_listen(uint64_t (*stalled)(void))
{
	load_stalled = stalled;
}

static struct load_window load_counters(void)
{
	return (struct load_window){
		.tick = sched_ticks(),
		.next_tick = sched_ticks() + LOAD_WINDOW,
		.lost = load_stalled != NULL ? load_stalled() : 0,
		.all = cpu_tsc(),
		.refaults = mmstat_read(refaults),
		.near = mmstat_read(refaults_near),
	};
}

/* Estimate each one's need; returns how many had refaults. */
static uint32_t load_look_at_processes(bool thrashing)
{
	uint32_t n = 0;
	process_for_each(p) {
		if (!p->aspace || p->load.asked || !load_ran(p) || !load_stands_for_space(p))
			continue;
		n += load_came_back(p) > 0;
		load_guess(p, thrashing);
	}
	return n;
}

static void load_open_window(const struct load_window *now)
{
	load_window = *now;
	process_for_each(p) {
		ASSERT(p->load.asked || !p->load.asleep);
		p->load.active = p->aspace && load_ran(p);
		p->load.used = p->used.account.user;
		p->load.refaults = p->aspace ? p->aspace->refaults : 0;
	}
}

static void load_judge(uint32_t lost_percent, uint32_t refaults, uint32_t near)
{
	bool lost = lost_percent >= LOAD_HIGH && refaults >= LOAD_REFAULTS && near * 2 >= refaults;
	/* All page-fault frequencies above their bound and no frame to spare: earlier. */
	lost |= lost_percent >= LOAD_LOW && allot_wants_suspend();
	uint32_t n = load_look_at_processes(lost);
	load_calm = lost_percent < LOAD_LOW ? load_calm + 1 : 0;
	if (lost && n >= 2) {
		if (!load_stats.thrashing)
			load_begin_episode(n, lost_percent);
		if (load_on)
			load_shed();
	}
	load_stats.suspended = load_count_suspended();
	load_admit(lost && n >= 2);
	load_stats.suspended = load_count_suspended();
	if (load_stats.thrashing && load_calm >= LOAD_CALM_WINDOWS && load_stats.suspended == 0)
		load_end_episode();
}

static void load_control_work(uint64_t tick)
{
	if (tick < load_window.next_tick)
		return;
	struct load_window now = load_counters();
	uint64_t all = now.all - load_window.all, lost = now.lost - load_window.lost;
	if (now.tick - load_window.tick < LOAD_WINDOW) {
		load_admit(false); /* woken early: too soon to judge */
		load_stats.suspended = load_count_suspended();
		load_window.next_tick = load_window.tick + LOAD_WINDOW;
		return;
	}
	uint32_t percent = all > 0 ? (uint32_t)MIN(lost * 100 / all, 100) : 0;
	load_judge(percent, now.refaults - load_window.refaults, now.near - load_window.near);
	load_open_window(&now);
}

void load_control_init(void)
{
	static struct deferred load_deferred = { .work = load_control_work };
	deferred_add(&load_deferred);
}

void load_control_check(void)
{
	process_for_each(p) {
		ASSERT(!p->load.asleep || p->load.asked); /* [load_control.1] */
		ASSERT(!p->load.kept);			  /* only while load_shed chooses */
		process_for_each(q) {
			bool same = p->aspace != NULL && p->aspace == q->aspace;
			ASSERT(!same || p->load.asked == q->load.asked); /* [load_control.2] */
		}
	}
}

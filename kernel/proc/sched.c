/*
 * Who runs: round robin, wait queues, timers.
 *
 * One CPU, one queue of runnable processes, first in, first out. A process runs until it sleeps or
 * has used up its quantum while another waits. The kernel itself is never preempted: a timer tick
 * only counts and sets a flag, which is checked on the way back to user mode. So code in the kernel
 * needs no locks against other processes, as long as it does not sleep.
 *
 * The same holds for interrupts. A handler touches no list and wakes nobody: it leaves what
 * happened in a ring or a counter and calls sched_request. sched_work picks that up, in process
 * context, before the next return to user mode or in the idle loop. The price is that a tick during
 * kernel work takes effect only after it; the gain is that nothing here turns interrupts off,
 * except the idle loop between its last check and the instruction that waits.
 *
 * A process that slept for the disk, or for somebody who did (sleep.h's channels), usually has
 * little to do before it sleeps again, and the disk is idle meanwhile. So it goes first, before
 * CPU-bound processes, and preempts the running one; but only for what was left of its quantum when
 * it fell asleep. When that is used up it queues behind all others. The preempted process stays at
 * the head of the queue and keeps the rest of its own quantum. So the disk is kept busy, and nobody
 * gets more of the CPU than its share.
 *
 * The boot context is what remains of kernel_main: it has the boot stack and no struct process
 * (process_running is NULL). It runs when no process is runnable, and waits for an interrupt.
 *
 * Switching changes, in this order: the address space, the stack for entries from user mode, the
 * thread-local segments, the x87/SSE state, and the kernel stack. x87/SSE state is saved and
 * loaded at every switch: one instruction each, and no state ever leaks to another process.
 *
 * Always true
 *   [sched.1]  a process on the run queue is RUNNABLE and is not the running one; one that is
 *       RUNNABLE is on no other queue
 *   [sched.2]  a SLEEPING process is on one wait queue, or on the timers, or on both
 *   [sched.3]  interrupts are on when stacks are switched
 *   [sched.4]  sched_queued is the number of processes on the run queue
 *   [sched.5]  sched_next_timer is not later than any sleeper's tick
 *   [sched.6]  a process that goes first has some of its quantum left
 * Source: going first is Haldar and Subramanian's virtual round robin (1991).
 */
#include "kernel/proc/sched.h"

#include "kernel/proc/account.h"
#include "kernel/proc/deferred.h"
#include "kernel/proc/hooks.h"
#include "kernel/proc/itimer.h"
#include "kernel/proc/load_control.h"
#include "kernel/proc/process.h"
#include "kernel/proc/signal.h"
#include "kernel/proc/thread.h"
#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "mm/segment.h"

static struct list_node sched_queue = LIST_HEAD_INIT(sched_queue);
static struct list_node sched_first = LIST_HEAD_INIT(sched_first); /* before sched_queue */
static struct list_node sched_timers = LIST_HEAD_INIT(sched_timers);
static uint32_t sched_queued; /* processes on both queues */
static volatile uint64_t sched_now;
static uint64_t sched_next_timer = UINT64_MAX; /* may be too early, never too late */
static volatile int sched_quantum;
static int sched_quantum_ticks = SCHED_QUANTUM_TICKS;
static uint32_t sched_boot_esp;
/* Most recently exited; whoever runs next destroys it, as its stack is then no longer in use. */
static struct process *sched_ended;

struct process_hooks process_hooks;
struct process *process_running;
volatile bool sched_attention;
uint32_t sched_switches;

uint64_t sched_ticks(void)
{
	return sched_now;
}

void sched_request(void)
{
	sched_attention = true;
}

void sched_set_quantum(unsigned ticks)
{
	sched_quantum_ticks = (int)ticks;
}

uint32_t sched_ready(void)
{
	return sched_queued + (process_running != NULL);
}

void sched_tick(void)
{
	sched_now++;
	sched_quantum--;
	if (process_running) {
		bool user = account_from_user();
		uint32_t *ticks = user ? &process_running->used.times.user
				       : &process_running->used.times.system;
		(*ticks)++;
		itimer_tick(process_running, user);
	}
	if (sched_quantum <= 0 || sched_next_timer <= sched_now || deferred_due(sched_now))
		sched_attention = true;
}

static void sched_run_timers(void)
{
	if (sched_next_timer > sched_now)
		return;
	sched_next_timer = UINT64_MAX;
	list_for_each_entry_safe(struct process, p, &sched_timers, run.timer_link) {
		ASSERT(p->run.state == PROCESS_SLEEPING); /* [sched.2] */
		if (p->run.wake_tick <= sched_now)
			sched_wake(p);
		else
			sched_next_timer = MIN(sched_next_timer, p->run.wake_tick);
	}
}

bool sched_work(void)
{
	sched_attention = false;
	sched_run_timers();
	deferred_run(sched_now);
	return sched_quantum <= 0 || !list_empty(&sched_first);
}

/* @p is runnable: insert it before the node @at. */
static void sched_enqueue_before(struct process *p, struct list_node *at)
{
	ASSERT(!list_node_linked(&p->run.link) && p->run.state != PROCESS_ZOMBIE); /* [sched.1] */
	hooks_ready_changes();
	p->run.state = PROCESS_RUNNABLE;
	sched_queued++;
	list_insert_before(&p->run.link, at);
}

void sched_enqueue(struct process *p)
{
	p->run.turn = 0;
	sched_enqueue_before(p, &sched_queue);
}

void sched_dequeue(struct process *p)
{
	ASSERT(p->run.state == PROCESS_RUNNABLE && list_node_linked(&p->run.link)); /* [sched.1] */
	ASSERT(sched_queued > 0);						/* [sched.4] */
	hooks_ready_changes();
	sched_queued--;
	list_remove(&p->run.link);
}

/* On the new stack: the previous process may be destroyed now. */
static void sched_after_switch(void)
{
	struct process *ended = sched_ended;
	sched_ended = NULL;
	if (ended)
		process_destroy(ended);
}

/* Where a new process starts: the other half of its first switch. */
void sched_first_run(void)
{
	struct process *p = process_running;
	sched_after_switch();
	if (p->cpu.kernel_start)
		p->cpu.kernel_start();
	process_hooks.first_leave(p->cpu.trap);
}

static void sched_switch_to(struct process *next)
{
	struct process *prev = process_running;
	if (prev == next)
		return;
	ASSERT(irq_enabled());				  /* [sched.3] */
	ASSERT(!next || next->run.state == PROCESS_RUNNABLE); /* [sched.1] */
	account_switch(prev);
	if (prev)
		cpu_fpu_save(prev->cpu.fpu);
	allot_stop(prev && prev->run.state != PROCESS_RUNNABLE);
	process_running = next;
	sched_switches++;
	uint32_t *save = prev ? &prev->cpu.kernel_esp : &sched_boot_esp;
	if (!next) {
		/* The page tables stay: whoever frees them activates others first. */
		cpu_switch_stack(save, sched_boot_esp);
	} else {
		aspace_activate(next->aspace);
		segment_set_kernel_stack((vaddr_t)(next->cpu.trap + 1));
		segment_set_tls(next->cpu.tls);
		cpu_fpu_restore(next->cpu.fpu);
		if (signal_wanted(next) || process_hooks.absent(next) || next->load.asked)
			sched_attention = true;
		cpu_switch_stack(save, next->cpu.kernel_esp);
	}
	sched_after_switch();
}

void sched_switch(void)
{
	hooks_ready_changes();
	bool first = !list_empty(&sched_first);
	struct list_node *node = list_pop_front(first ? &sched_first : &sched_queue);
	struct process *next = node ? list_entry(node, struct process, run.link) : NULL;
	ASSERT(!first || next->run.turn > 0); /* [sched.6] */
	sched_queued -= node != NULL;
	sched_quantum = next && next->run.turn > 0 ? next->run.turn : sched_quantum_ticks;
	sched_switch_to(next);
}

void sched_yield_now(void)
{
	struct process *p = process_running;
	if (!p || sched_queued == 0) {
		sched_quantum = sched_quantum_ticks;
		return;
	}
	sched_enqueue(p);
	sched_switch();
}

void sched_give_way(void)
{
	struct process *p = process_running;
	if (!p || sched_quantum <= 0 || list_empty(&sched_first)) {
		sched_yield_now();
		return;
	}
	p->run.turn = sched_quantum;
	sched_enqueue_before(p, sched_queue.next);
	sched_switch();
}

void sched_bury(struct process *p)
{
	ASSERT(!sched_ended && p == process_running);
	sched_ended = p;
}

void sched_run(bool (*done)(void))
{
	ASSERT(!process_running);
	while (!done()) {
		irq_disable();
		if (!sched_attention && sched_queued == 0)
			cpu_wait();
		irq_enable();
		sched_work();
		if (sched_queued > 0)
			sched_switch();
	}
}

/* --- sleeping --- */

void wait_queue_init(struct wait_queue *q)
{
	list_init(&q->sleepers);
}

static void sched_sleep_on(struct wait_queue *q, enum sched_sleep_kind kind)
{
	struct process *p = process_running;
	ASSERT(p && !list_node_linked(&p->run.link)); /* [sched.2] */
	ASSERT(irq_enabled());			       /* [sched.3] */
	p->run.state = PROCESS_SLEEPING;
	p->run.sleep = kind;
	p->run.turn = MAX(sched_quantum, 0);
	if (q)
		list_push_back(&q->sleepers, &p->run.link);
	sched_switch();
}

void sched_sleep(struct wait_queue *q)
{
	sched_sleep_on(q, SLEEP_DEEP);
}

int sched_sleep_killable(struct wait_queue *q)
{
	if (signal_killed(process_running) || signal_fatal(process_running))
		return -ERESTARTSYS;
	sched_sleep_on(q, SLEEP_KILLABLE);
	return 0;
}

int sched_sleep_interruptible(struct wait_queue *q)
{
	if (signal_wanted(process_running))
		return -ERESTARTSYS;
	sched_sleep_on(q, SLEEP_INTERRUPTIBLE);
	return 0;
}

int sched_sleep_until(struct wait_queue *q, uint64_t wake)
{
	struct process *p = process_running;
	if (signal_wanted(p))
		return -ERESTARTSYS;
	if (wake <= sched_now)
		return 0;
	p->run.wake_tick = wake;
	list_push_back(&sched_timers, &p->run.timer_link);
	sched_next_timer = MIN(sched_next_timer, wake);
	sched_sleep_on(q, SLEEP_INTERRUPTIBLE);
	return 0;
}

void sched_wake(struct process *p)
{
	if (p->run.state != PROCESS_SLEEPING)
		return;
	list_remove(&p->run.link);
	list_remove(&p->run.timer_link);
	sched_enqueue(p);
}

void sched_wake_first(struct process *p)
{
	if (p->run.state != PROCESS_SLEEPING || p->run.turn == 0) {
		sched_wake(p);
		return;
	}
	list_remove(&p->run.link);
	list_remove(&p->run.timer_link);
	sched_enqueue_before(p, &sched_first);
	sched_attention = true;
}

void sched_wake_all(struct wait_queue *q)
{
	list_for_each_safe(node, &q->sleepers)
		sched_wake(list_entry(node, struct process, run.link));
}

static uint32_t sched_check_queue(const struct list_node *queue, bool first)
{
	uint32_t queued = 0;
	list_for_each(node, queue) {
		const struct process *p = list_entry(node, struct process, run.link);
		ASSERT(p->run.state == PROCESS_RUNNABLE && p != process_running); /* [sched.1] */
		/* [sched.6] */
		ASSERT(!first || p->run.turn > 0);
		ASSERT(node->next->prev == node);
		queued++;
	}
	return queued;
}

void sched_check(void)
{
	uint32_t queued = sched_check_queue(&sched_first, true);
	queued += sched_check_queue(&sched_queue, false);
	ASSERT(queued == sched_queued); /* [sched.4] */
	list_for_each_entry(const struct process, p, &sched_timers, run.timer_link) {
		ASSERT(p->run.state == PROCESS_SLEEPING);	   /* [sched.2] */
		ASSERT(p->run.wake_tick >= sched_next_timer); /* [sched.5] */
	}
}

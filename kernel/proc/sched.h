/*
 * Who runs: round robin, wait queues, timers. Theory in sched.c. Context of all: process, unless
 * said. Not for interrupt handlers, except sched_tick.
 */
#ifndef KERNEL_PROC_SCHED_H
#define KERNEL_PROC_SCHED_H

#include "lib/base.h"
#include "lib/list.h"

struct process;

enum { SCHED_HZ = 100, SCHED_QUANTUM_TICKS = 5 };

struct wait_queue {
	struct list_node sleepers;
};

/* Ticks since boot. Context: any. */
uint64_t sched_ticks(void);
/* Context switches so far. */
extern uint32_t sched_switches;
/* quantum=TICKS: how long a process runs while others wait; SCHED_QUANTUM_TICKS. Context: boot. */
void sched_set_quantum(unsigned ticks);
/* Number of runnable processes, including the running one. Context: any. */
uint32_t sched_ready(void);
/* From the timer interrupt: interrupts off. */
void sched_tick(void);
/*
 * Is there anything to do on the way back to user mode: a switch to another process, or work that
 * an interrupt deferred? Set by interrupts, cleared by sched_work. Context: any.
 */
extern volatile bool sched_attention;
/* Ask for sched_work soon. Context: any, also an interrupt handler. */
void sched_request(void);
/*
 * Do deferred work: expired timers, terminal input. True: the quantum is over, or somebody goes
 * first: call sched_give_way.
 */
bool sched_work(void);

/* Make @p runnable, at the end of the run queue. It must be on no queue. */
void sched_enqueue(struct process *p);
/* Take a process that is not running off the run queue. */
void sched_dequeue(struct process *p);
/* Run others; returns when it is the caller's turn again (at once when there is nobody else). */
void sched_yield_now(void);
/* The running process's quantum is over, or it is preempted by one that goes first. */
void sched_give_way(void);
/* Give up the CPU; the caller has put itself on a queue, or never wants to run again. */
void sched_switch(void);
/* @p, the running process, has exited: destroy it as soon as another one runs. */
void sched_bury(struct process *p);
/* The boot context's loop: run processes until @done returns true. */
void sched_run(bool (*done)(void));

/* Asserts the theory's [sched.1], [sched.2], [sched.4] and [sched.5]. Context: process, boot. */
void sched_check(void);

/* Where a new process's kernel stack returns to the first time. Not to be called. */
void sched_first_run(void);

enum sched_sleep_kind { SLEEP_DEEP, SLEEP_KILLABLE, SLEEP_INTERRUPTIBLE };

/* Supply kernel/base/sleep.h's sleeping. Context: boot, before the first process. */
void sched_channels_init(void);

void wait_queue_init(struct wait_queue *q);
/* Sleep until woken. Recheck the condition afterwards. */
void sched_sleep(struct wait_queue *q);
/*
 * As sched_sleep, but SIGKILL and what signal_fatal names end it, and with one of them pending it
 * does not sleep: -ERESTARTSYS. Callers loop and check their condition first, in case it became
 * true together with the signal.
 */
MUST_CHECK int sched_sleep_killable(struct wait_queue *q);
/* The same with any signal (signal.h). */
MUST_CHECK int sched_sleep_interruptible(struct wait_queue *q);
/* At most until tick @wake: 0 also on timeout. @q NULL: only the timeout. */
MUST_CHECK int sched_sleep_until(struct wait_queue *q, uint64_t wake);
void sched_wake_all(struct wait_queue *q);
/* End the sleep of one process, whatever it waits for. */
void sched_wake(struct process *p);
/* The same; for the rest of its quantum it runs before all that did not sleep for the disk. */
void sched_wake_first(struct process *p);

#endif

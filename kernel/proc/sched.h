/*
 * Who runs: round robin, wait queues, timers. Theory in sched.c. Context of all: process, unless
 * said. Nothing here is called by interrupt handlers, save sched_tick.
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
/* How often another process got the CPU. */
extern uint32_t sched_switches;
/* quantum=TICKS: how long a process runs while others wait; SCHED_QUANTUM_TICKS. Context: boot. */
void sched_set_quantum(unsigned ticks);
/* How many processes can run, the running one among them. Context: any. */
uint32_t sched_ready(void);
/* From the timer interrupt: interrupts off. */
void sched_tick(void);
/*
 * Is there anything to do on the way back to user mode: another process's turn, or work that
 * an interrupt left behind? Set by interrupts, cleared by sched_work. Context: any.
 */
extern volatile bool sched_attention;
/* Ask for sched_work soon. Context: any, also an interrupt handler. */
void sched_request(void);
/*
 * The work interrupts left behind: timers that ran out, terminal input. True: the quantum is over,
 * or somebody goes first: sched_give_way.
 */
bool sched_work(void);

/* @p may run: at the end of the run queue. It must be on no queue. */
void sched_enqueue(struct process *p);
/* Take a process that is not running off the run queue. */
void sched_dequeue(struct process *p);
/* Run others; returns when it is the caller's turn again (at once when there is nobody else). */
void sched_yield_now(void);
/* The running process's quantum is over, or who goes first takes the CPU from it. */
void sched_give_way(void);
/* Give the CPU away; the caller has put itself on a queue, or never wants to run again. */
void sched_switch(void);
/* @p, which runs and has ended, is destroyed as soon as another one runs. */
void sched_bury(struct process *p);
/* The boot context's loop: run processes until @done says that it is over. */
void sched_run(bool (*done)(void));

/* Asserts the theory's [sched.1], [sched.2], [sched.4] and [sched.5]. Context: process, boot. */
void sched_check(void);

/* Where a new process's kernel stack returns to the first time. Not to be called. */
void sched_first_run(void);

enum sched_sleep_kind { SLEEP_DEEP, SLEEP_KILLABLE, SLEEP_INTERRUPTIBLE };

/* What kernel/base/sleep.h's sleepers sleep on. Context: boot, before the first process. */
void sched_channels_init(void);

void wait_queue_init(struct wait_queue *q);
/* Sleep until woken. Check the condition again after it. */
void sched_sleep(struct wait_queue *q);
/*
 * As sched_sleep, but SIGKILL and what signal_fatal names end it, and with one of them pending it
 * does not begin: -ERESTARTSYS. So callers loop: what they wait for counts first, if it has come
 * together with the signal.
 */
MUST_CHECK int sched_sleep_killable(struct wait_queue *q);
/* The same with any signal (signal.h). */
MUST_CHECK int sched_sleep_interruptible(struct wait_queue *q);
/* At most until tick @wake: 0 also when the time is over. @q NULL: just for the time. */
MUST_CHECK int sched_sleep_until(struct wait_queue *q, uint64_t wake);
void sched_wake_all(struct wait_queue *q);
/* End the sleep of one process, whatever it waits for. */
void sched_wake(struct process *p);
/* The same; what is left of its turn comes before all who did not sleep for the disk. */
void sched_wake_first(struct process *p);

#endif

/* Thread groups: what the threads of one process share. Theory in thread.c. Context: process. */
#ifndef KERNEL_PROC_THREAD_H
#define KERNEL_PROC_THREAD_H

#include "kernel/proc/signal.h"
#include "kernel/proc/timer.h"

/* setitimer's three clocks. */
enum { ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF, ITIMER_COUNT };

/* In ticks. The real one runs by a timer; the others count down while the process runs. */
struct thread_itimer {
	uint64_t left; /* VIRTUAL, PROF: 0 is off */
	uint64_t interval;
	bool fired; /* set by the timer interrupt; the signal is still to be sent */
};

struct thread_group {
	struct process *leader; /* whose pid is the process's */
	struct list_node threads; /* by process.thread_link; an ended leader stays */
	uint32_t live;		  /* threads that have not ended */
	struct signal_set pending;
	bool exiting;		  /* every thread must exit */
	uint32_t exit_status;	  /* then: as wait4 reports it */
	struct process *exec;	  /* this thread waits until it is the only one */
	struct wait_queue change; /* for it: a thread has exited */
	int stop_signal;	  /* not 0: every thread must stop, or has */
	uint32_t stopped;	  /* threads that have stopped */
	bool stop_reported, continued; /* for wait4: WUNTRACED, WCONTINUED */
	bool mortal;			/* an init that may be killed like any process */
	struct process_times ended;	/* of threads that have exited */
	struct timer real_timer;
	struct thread_itimer itimers[ITIMER_COUNT];
};

/* Groups there are. */
extern uint32_t thread_group_count;

/* A new group with only @leader; NULL: no memory. */
MUST_CHECK struct thread_group *thread_group_create(struct process *leader);
/* Its last thread has exited. */
void thread_group_destroy(struct thread_group *g);
/* @p joins @g: a new thread. */
void thread_group_add(struct thread_group *g, struct process *p);
/* What all threads of @p's process used. */
struct process_times thread_group_times(const struct process *p);

/* Does @p stand for a process, and not for one more thread of it? */
static inline bool thread_is_leader(const struct process *p)
{
	return p->group && p->group->leader == p;
}

/* The process's number: getpid's, Linux's tgid. */
static inline int thread_pid(const struct process *p)
{
	return p->group->leader->pid;
}

/* All threads of @p's process have exited: it can be waited for. */
static inline bool thread_group_ended(const struct process *p)
{
	return p->group->live == 0;
}

/* Make every other thread of @g exit, as soon as it can. */
void thread_end_others(struct thread_group *g);
/*
 * Before execve changes anything: a table of files and of handlers of its own. 0 or -ENOMEM.
 */
MUST_CHECK int thread_prepare_exec(struct process *p);
/*
 * At the commit of execve: the other threads exit, and the running one becomes the process, with
 * its pid. Sleeps; cannot fail.
 */
void thread_commit_exec(struct process *p);

#endif

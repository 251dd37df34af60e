/*
 * Processes: what traps, exec, system calls and the scheduler share. Theory in process.c.
 * Context of all: process, unless said.
 */
#ifndef KERNEL_PROC_PROCESS_H
#define KERNEL_PROC_PROCESS_H

#include "kernel/proc/account.h"
#include "kernel/proc/limits.h"
#include "kernel/proc/load_control.h"
#include "kernel/proc/sched.h"
#include "kernel/x86/trap_frame.h"
#include "lib/list.h"
#include "mm/user.h"

struct files;
struct inode;
struct signal_actions;
struct thread_group;

enum {
	PROCESS_STACK_PAGES = 2,
	PROCESS_COMM_MAX = 16,
	PROCESS_PID_MAX = 32768,
};

enum process_state {
	PROCESS_RUNNABLE, /* on the run queue, or running */
	PROCESS_SLEEPING, /* on a wait queue, on the list of timers, or both */
	PROCESS_STOPPED,  /* by SIGSTOP and its like, until SIGCONT or SIGKILL */
	PROCESS_ZOMBIE,	  /* ended; not yet waited for */
};

/* Pending signals. Theory in signal_queue.c. */
struct signal_set {
	uint64_t bits;		/* bit signo - 1 */
	struct list_node queue; /* their information, oldest first */
};

/* Clock ticks of 10 ms. */
struct process_times {
	uint32_t user, system;
};

/* How the next program is to be loaded; by default, paged. Set through /proc/PID/partition. */
struct partition_wish {
	bool wanted;
	bool bind_load; /* bind a movable file at load time, not at execution time */
	int8_t priority;
	uint32_t bytes; /* 0: what it needs */
};

/* What a process is waiting for: kernel/watch/pressure.c. */
struct pressure_wait {
	bool fault;	   /* it is in a page fault; and of that: */
	bool memory, disk; /* is waiting for it */
	uint32_t io;	   /* reads from swap and evictions before it */
	uint64_t since;	   /* time stamp of its start */
};

/* A process's CPU state: registers, stacks, thread-local storage. */
struct process_cpu {
	uint8_t fpu[512] __attribute__((aligned(16))); /* x87/SSE state while it does not run */
	uint32_t kernel_esp;		      /* saved by the switch */
	void *stack;			      /* kernel stack, PROCESS_STACK_PAGES pages */
	struct trap_frame *trap;	      /* user registers, at the stack's very top */
	struct segment_tls tls[SEGMENT_NTLS]; /* thread-local storage */
	void (*kernel_start)(void); /* called before it first leaves the kernel; NULL: nothing */
};

/* Its part of the file system: kernel/fs/process_fs.c. */
struct process_fs {
	struct files *files;
	struct inode *cwd, *exe;
	uint32_t umask;
	bool shared; /* cwd and umask are shared by all such threads */
};

/*
 * Only leaders have family: process 1, orphans that the kernel itself reaps, and other threads have
 * no parent.
 */
struct process_family {
	struct process *parent;
	struct list_node children;
	struct list_node sibling; /* in the parent's children */
	uint8_t exit_signal;	  /* signal to the parent at exit; 0: none */
	int death_signal;	  /* signal to itself when its parent exits; 0: none */
	bool vfork_child;	  /* its parent waits until it execs or ends */
	struct wait_queue child_event; /* a child exited, stopped, continued, released its vfork */
};

/* Whether it runs, and what it waits for: sched.c. */
struct process_run {
	uint8_t state;		     /* enum process_state */
	uint8_t sleep;		     /* SLEEPING: enum sched_sleep_kind */
	struct list_node link;	     /* run queue or wait queue */
	struct list_node timer_link; /* sched's timers */
	uint64_t wake_tick;
	const void *channel;	     /* what it sleeps on by kernel/base/sleep.h; else NULL */
	int turn;		     /* ticks left of an interrupted quantum; 0: a full one */
};

/* Signals of this thread: signal.c. */
struct process_signals {
	struct signal_actions *actions;
	struct signal_set pending; /* sent to this thread alone */
	uint64_t blocked;
	uint64_t saved; /* with restore: the mask to restore after this call */
	bool restore;
	uint64_t waited; /* rt_sigtimedwait's: wake for them although they are blocked */
	struct {
		uptr_t start;
		uint32_t size; /* 0: none */
		bool disarm;   /* SS_AUTODISARM */
	} altstack;
	struct {
		uint32_t vector, error;
		vaddr_t address;
	} fault; /* the last exception, for signal frames */
};

/* Resource usage, for reports. */
struct process_usage {
	struct process_times times, child_times;
	struct account account;
	struct pressure_wait waits;
	uint32_t minor_faults, major_faults; /* final figures, set at exit */
	uint32_t child_minor_faults, child_major_faults;
	uint32_t peak_resident, child_peak_resident; /* pages */
	uint64_t start_tick;
};

/* Words of user memory that the kernel writes for threads. 0: none. */
struct process_words {
	uptr_t set_child_tid;	/* gets the pid at the start */
	uptr_t clear_child_tid; /* cleared at exit */
	uptr_t robust_list;	/* the thread's robust list, as futex.c walks it */
};

struct process {
	struct process_cpu cpu;
	struct aspace *aspace; /* NULL once it is ending */
	struct process_fs fs;
	struct process_family family;
	struct process_run run;
	struct process_signals sig;
	struct process_usage used;
	struct process_words words;
	struct limits limits;
	struct load_state load;
	struct partition_wish wish;
	uint32_t personality; /* as set by the call of that name */
	char comm[PROCESS_COMM_MAX];

	int pid, pgrp, session; /* a thread's pid is its own: Linux's tid */
	struct thread_group *group;   /* shared by all threads; NULL once a thread is gone */
	struct list_node thread_link; /* in the group's threads */
	struct list_node all;	      /* in process_all */

	bool oom_victim;	/* chosen to be killed for lack of memory */
	bool must_end;		/* another thread execs: this one must exit */
	bool did_exec;		/* setpgid looks at it */
	uint32_t exit_status;	/* as wait4 reports it */
	/* What restart_syscall calls, with these. NULL: nothing. */
	struct {
		long (*again)(struct process *p);
		uint64_t wake;
		uint32_t words[5];
	} restart;
};

/* The process whose system call or fault this is; NULL: boot, self-tests, idle. Context: any. */
extern struct process *process_running;

static inline struct process *process_current(void)
{
	return process_running;
}

/* Every process, oldest first, and how many. */
extern struct list_node process_all;
extern uint32_t process_count;
#define process_for_each(p) list_for_each_entry(struct process, p, &process_all, all)
/* Processes and threads since boot. */
extern uint32_t process_created;

/* Caches and tables; after cpu_fpu_init, whose state new programs start with. Context: boot. */
void process_init(void);

/*
 * A new thread of @group; with NULL a process, in a group of its own. It has a pid, a kernel stack
 * and clean registers and is not yet runnable; the caller fills in everything else. NULL: no
 * memory, or no pid left. May reclaim.
 */
MUST_CHECK struct process *process_create(struct thread_group *group);
/*
 * Undo process_create, or bury a zombie: free the stack, the pid and the structure. Must not be
 * running.
 */
void process_destroy(struct process *p);
/* The running process's x87/SSE state as a new program finds it. */
void process_reset_fpu(void);
/* Add the counts of @as to @p's own figures, before it loses @as. */
void process_count_faults(struct process *p, const struct aspace *as);
/*
 * Asserts what the theories of processes, threads, signals and waiting number, over every process.
 * In process_check.c.
 */
void process_check_all(void);
/*
 * Terminate the running process, all threads: status as wait4 reports it (exit code << 8, or a
 * signal).
 */
NORETURN void process_exit(uint32_t status);
/* Terminate the running thread alone; if it is the last, the process exits with its status. */
NORETURN void process_exit_thread(uint32_t status);
/*
 * "pid 3 (sort)", or "the kernel": for messages. The result is overwritten by the next call.
 * Context: any.
 */
const char *process_describe(void);

/* Is process 1 an init on the console (and not a program that ends like any other)? */
bool process_has_init(void);
void process_set_init(bool on_console); /* boot */

/*
 * The running process's address space; NULL: none (or the one a self-test borrowed). Context: any.
 */
struct aspace *process_aspace(void);
/*
 * Let the boot context access the user memory of @as, for self-tests; NULL ends it. Context: boot.
 */
void process_borrow_aspace(struct aspace *as);
#endif

/*
 * Processes: the structure, its birth and burial, the first one, and what traps ask of them.
 *
 * A process is a struct process, a kernel stack in a guarded range (vmalloc), an address space and
 * a table of open files. Its user registers are a trap frame that always lies at the very top of
 * its kernel stack, as the CPU starts there at every entry from user mode.
 *
 * A new process has never been switched away from, so its stack is laid out as if it had: the
 * words cpu_switch_stack pops, with sched_first_run as the place to return to. From there it leaves
 * the kernel through its trap frame like any other.
 *
 * Pids go upwards and are used again after a turn through all of them, when no process has the
 * number as its own, its group's or its session's.
 *
 * When memory is out (reclaim found nothing to evict and no slot), the process with the most pages,
 * resident and swapped, is ended. The victim must run to die, so the faulting process lets it; its
 * instruction then runs again. While a victim still has its memory nobody else is chosen, whoever
 * faults meanwhile: what it gives back may be enough for all. An init on the console is only chosen
 * as the last.
 *
 * Always true
 *   [process.1]  every process is in process_all, once, from process_create to process_destroy
 *   [process.2]  process 1 is the first one made, and the last one destroyed
 *   [process.3]  a process that is not running has its kernel stack pointer in kernel_esp
 */
#include "kernel/proc/process.h"

#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "kernel/exec/exec.h"
#include "kernel/fs/device.h"
#include "kernel/fs/file.h"
#include "kernel/fs/tty.h"
#include "kernel/partition/dispatch.h"
#include "kernel/proc/itimer.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/shm.h"
#include "kernel/proc/signal.h"
#include "kernel/proc/thread.h"
#include "kernel/proc/wallclock.h"
#include "kernel/watch/explain.h"
#include "kernel/watch/result.h"
#include "kernel/x86/cpu.h"
#include "lib/bitmap.h"
#include "lib/errno.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/mmstat.h"
#include "mm/slab.h"
#include "mm/trace.h"
#include "mm/vmalloc.h"

struct list_node process_all = LIST_HEAD_INIT(process_all);
uint32_t process_count, process_created;

static struct slab_cache *process_cache;
static uint32_t process_pids[BITMAP_WORDS(PROCESS_PID_MAX)];
static int process_last_pid;
static uint8_t process_clean_fpu[512] __attribute__((aligned(16)));
static const struct process_first *process_first;
static struct aspace *process_borrowed;

void process_init(void)
{
	sched_channels_init();
	process_cache = slab_create("process", sizeof(struct process), 16, NULL);
	if (!process_cache)
		panic("no memory for the cache of processes");
	bitmap_set(process_pids, 0);
	signal_init();
	dispatch_init();
	clock_init();
	cpu_fpu_save(process_clean_fpu);
}

void process_reset_fpu(void)
{
	cpu_fpu_restore(process_clean_fpu);
}

void process_count_faults(struct process *p, const struct aspace *as)
{
	if (as->refs > 1)
		return; /* shared, or lent by vfork: the last one counts them */
	p->minor_faults += as->minor_faults;
	p->major_faults += as->major_faults;
	p->peak_resident = MAX(p->peak_resident, as->peak_resident);
}

/* --- pids --- */

static bool process_pid_names_group(int pid)
{
	list_for_each(node, &process_all) {
		struct process *p = list_entry(node, struct process, all);
		if (p->pgrp == pid || p->session == pid)
			return true;
	}
	return false;
}

/* 0: none left. */
static int process_alloc_pid(void)
{
	size_t from = (size_t)process_last_pid + 1;
	for (int turns = 0; turns < 2;) {
		size_t pid = bitmap_find_clear(process_pids, PROCESS_PID_MAX, from);
		if (pid == PROCESS_PID_MAX) {
			turns++;
			from = 2;
			continue;
		}
		from = pid + 1;
		if (process_pid_names_group((int)pid))
			continue;
		bitmap_set(process_pids, pid);
		process_last_pid = (int)pid;
		return (int)pid;
	}
	return 0;
}

struct process *process_find(int pid)
{
	list_for_each(node, &process_all) {
		struct process *p = list_entry(node, struct process, all);
		if (p->pid == pid)
			return p;
	}
	return NULL;
}

int process_group_session(int pgrp)
{
	list_for_each(node, &process_all) {
		struct process *p = list_entry(node, struct process, all);
		if (p->pgrp == pgrp)
			return p->session;
	}
	return 0;
}

int process_parent_pid(const struct process *p)
{
	const struct process *leader = p->group->leader;
	if (leader->parent)
		return leader->parent->pid;
	return leader->pid == 1 ? 0 : 1;
}

/* --- birth and burial --- */

/* What cpu_switch_stack pops when the process runs for the first time. */
struct process_start_frame {
	uint32_t edi, esi, ebx, ebp;
	void (*return_to)(void);
	uint32_t no_caller;
};

static void process_lay_out_stack(struct process *p)
{
	p->trap = (struct trap_frame *)((char *)p->stack + PROCESS_STACK_PAGES * PAGE_SIZE) - 1;
	struct process_start_frame *start = (struct process_start_frame *)p->trap - 1;
	*start = (struct process_start_frame){ .return_to = sched_first_run };
	p->kernel_esp = (uint32_t)start;
}

struct process *process_create(struct thread_group *group)
{
	struct process *p = slab_alloc(process_cache);
	if (!p)
		return NULL;
	memset(p, 0, sizeof(*p));
	list_init(&p->thread_link);
	signal_set_init(&p->pending);
	p->stack = vmalloc(PROCESS_STACK_PAGES);
	p->pid = p->stack ? process_alloc_pid() : 0;
	if (p->pid && !group)
		p->group = thread_group_create(p);
	else if (p->pid)
		thread_group_add(group, p);
	if (!p->group) {
		if (p->pid)
			bitmap_clear(process_pids, (size_t)p->pid);
		if (p->stack)
			vfree(p->stack);
		slab_free(process_cache, p);
		return NULL;
	}
	p->exit_signal = SIGCHLD;
	process_lay_out_stack(p);
	list_init(&p->children);
	list_init(&p->sibling);
	list_init(&p->run_link);
	list_init(&p->timer_link);
	wait_queue_init(&p->child_event);
	p->start_tick = sched_ticks();
	list_push_back(&process_all, &p->all);
	process_count++;
	process_created++;
	trace(TRACE_PROCESS, TRACE_PROCESS_START, (uint32_t)p->pid, 0);
	return p;
}

void process_destroy(struct process *p)
{
	ASSERT(p != process_running && list_empty(&p->children));
	struct thread_group *g = p->group;
	/* A thread that was never run, or a leader; others have left the group by themselves. */
	if (g && p->state != PROCESS_ZOMBIE)
		g->live--;
	list_remove(&p->thread_link);
	if (g && g->leader == p)
		thread_group_destroy(g);
	signal_set_drop(&p->pending, UINT64_MAX);
	signal_actions_put(p->actions);
	list_remove(&p->sibling);
	list_remove(&p->all);
	process_count--;
	bitmap_clear(process_pids, (size_t)p->pid);
	vfree(p->stack);
	slab_free(process_cache, p);
}

const char *process_describe(void)
{
	static char text[48];
	struct process *p = process_running;
	if (!p)
		return "the kernel";
	format_string(text, sizeof(text), "pid %d (%s)", p->pid, p->comm);
	return text;
}

/* --- the first process --- */

bool process_has_init(void)
{
	return process_first && !process_first->channels;
}

static void process_add_channel(struct file *f)
{
	if (!f || files_add(process_running->files, f, 0, false) < 0)
		panic("no memory for the first process's files");
}

static void process_open_channels(void)
{
	if (process_first->channels) {
		process_add_channel(
			channel_open_input(process_first->stdin_start, process_first->stdin_bytes));
		process_add_channel(channel_open_output());
		process_add_channel(channel_open_errors());
		return;
	}
	struct file *console;
	if (file_open(inode_root(), "/dev/console", O_RDWR, 0, &console) != 0)
		panic("/dev/console cannot be opened");
	process_add_channel(console);
	process_add_channel(file_get(console));
	process_add_channel(file_get(console));
	tty_set_group(process_running->pgrp);
}

/* Process 1 begins here, in the kernel, on its own stack. */
static void process_start_first(void)
{
	struct exec_request request = {
		.path = process_first->path,
		.kernel = { process_first->argv, process_first->envp },
	};
	process_open_channels();
	long error = exec_program(&request);
	if (error == 0)
		return;
	log_error("%s: cannot be run: error %ld", request.path, -error);
	process_exit((error == -ENOENT ? 127u : 126u) << 8);
}

static bool process_all_ended(void)
{
	struct process *last = list_entry(process_all.next, struct process, all);
	return process_count == 1 && last->state == PROCESS_ZOMBIE;
}

void process_run_first(const struct process_first *first)
{
	account_init();
	pressure_init();
	result_begin();
	process_first = first;
	struct process *p = process_create(NULL);
	if (!p)
		panic("no memory for the first process");
	ASSERT(p->pid == 1);
	p->files = files_create();
	p->actions = signal_actions_create();
	if (!p->files || !p->actions)
		panic("no memory for the first process's files");
	p->cwd = inode_get(inode_root());
	p->umask = 022;
	limits_init(&p->limits);
	limits_apply(&p->limits, NULL, p->files);
	p->pgrp = 1;
	p->session = 1;
	p->kernel_start = process_start_first;
	memset(p->trap, 0, sizeof(*p->trap));
	sched_enqueue(p);
	sched_run(process_all_ended);
	p = process_find(1); /* another structure, if a thread of it made an execve */
	ASSERT(p);
	uint32_t status = p->exit_status;
	process_destroy(p);
	shm_remove_all();
	result_end(status);
}

/* --- what traps ask --- */

struct aspace *process_aspace(void)
{
	return process_running ? process_running->aspace : process_borrowed;
}

void process_borrow_aspace(struct aspace *as)
{
	ASSERT(!process_running);
	process_borrowed = as;
	aspace_activate(as);
}

void process_fatal_fault(struct trap_frame *tf, int signo, int code, vaddr_t va, const char *why)
{
	struct process *p = process_running;
	struct signal_info info = { .signo = signo, .code = code, .words = { va } };
	if (p->actions->of[signo].handler == SIG_DFL || signal_is_deaf(p, signo))
		log_warn("%s: %s (code %d) at eip 0x%08x, address 0x%08x, esp 0x%08x: %s",
			 process_describe(), signal_name(signo), code, tf->eip, va, tf->esp,
			 explain_fatal(tf, va, why));
	p->fault.vector = tf->vector;
	p->fault.error = tf->error;
	if (tf->vector == TRAP_PAGE_FAULT)
		p->fault.address = va;
	signal_force_info(p, &info);
}

static uint32_t process_pages(const struct process *p)
{
	if (p->aspace && p->aspace->contiguous)
		return 0; /* the end of one in a partition gives nobody a page */
	return p->aspace ? p->aspace->pmap.resident + p->aspace->pmap.swapped : 0;
}

/* Whose death is under way, else the largest. NULL: nobody has memory. */
static struct process *process_choose_victim(void)
{
	struct process *victim = NULL, *init = NULL;
	list_for_each(node, &process_all) {
		struct process *p = list_entry(node, struct process, all);
		if (!p->aspace)
			continue;
		if (p->oom_victim)
			return p;
		if (p->pid == 1 && process_has_init())
			init = p;
		else if (!victim || process_pages(p) > process_pages(victim))
			victim = p;
	}
	return victim ? victim : init;
}

void process_out_of_memory(void)
{
	struct process *self = process_running, *victim = process_choose_victim();
	if (!victim)
		victim = self;
	if (!victim)
		return;
	if (!victim->oom_victim) {
		victim->oom_victim = true;
		mmstat_count(oom_kills);
		log_error("out of memory: pid %d (%s) is ended: %u pages resident, %u on swap",
			  victim->pid, victim->comm, victim->aspace->pmap.resident,
			  victim->aspace->pmap.swapped);
	}
	signal_force(victim, SIGKILL);
	if (victim != self)
		sched_yield_now();
}

/*
 * After a call that a signal interrupted, and no handler ran: make it again. Its number is where an
 * exception has its error code.
 */
static void process_restart_call(struct trap_frame *tf)
{
	enum { INT80_BYTES = 2, NR_RESTART_SYSCALL = 0 };
	uint32_t error = -tf->eax;
	if (tf->vector != TRAP_SYSCALL || (int32_t)tf->error < 0)
		return;
	if (error == ERESTART_RESTARTBLOCK)
		tf->eax = NR_RESTART_SYSCALL;
	else if (error == ERESTARTSYS || error == ERESTARTNOINTR || error == ERESTARTNOHAND)
		tf->eax = tf->error;
	else
		return;
	tf->error = UINT32_MAX; /* settled */
	tf->eip -= INT80_BYTES;
}

void process_attend(struct trap_frame *tf)
{
	struct process *p = process_running;
	while (sched_attention || signal_wanted(p)) {
		irq_enable();
		if (sched_work())
			sched_yield_now();
		if (p->load.asked)
			load_control_attend(p);
		itimer_attend(p);
		allot_sample(p->aspace->allot);
		dispatch_attend(p);
		if (signal_wanted(p))
			signal_act(tf);
		signal_restore_mask();
		irq_disable();
	}
	dispatch_leave(p);
	process_restart_call(tf);
}

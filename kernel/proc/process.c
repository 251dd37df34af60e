/*
 * Processes: the structure, its birth and burial.
 *
 * A process is a struct process, a kernel stack in a guarded range (vmalloc), an address space and
 * a table of open files. Its user registers are a trap frame that always lies at the very top of
 * its kernel stack, as the CPU starts there at every entry from user mode.
 *
 * A new process has never been switched away from, so its stack is laid out as if it had: the
 * words cpu_switch_stack pops, with sched_first_run as the place to return to. From there it leaves
 * the kernel through its trap frame like any other.
 *
 * Always true
 *   [process.1]  every process is in process_all, once, from process_create to process_destroy
 *   [process.2]  process 1 is the first one made, and the last one destroyed
 *   [process.3]  a process that is not running has its kernel stack pointer in kernel_esp
 *   [process.4]  no two processes have the same pid
 *   [process.5]  a parent is the leader of a group and has the child, a leader too, on its list
 *   [process.6]  an address space has one reference from each thread that uses it
 */
#include "kernel/proc/process.h"

#include "kernel/base/panic.h"
#include "kernel/proc/pid.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "kernel/proc/thread.h"
#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "mm/trace.h"
#include "mm/vmalloc.h"

struct list_node process_all = LIST_HEAD_INIT(process_all);
uint32_t process_count, process_created;

static struct slab_cache *process_cache;
static uint8_t process_clean_fpu[512] __attribute__((aligned(16)));
static bool process_init_runs;
static struct aspace *process_borrowed;

void process_init(void)
{
	process_cache = slab_create("process", sizeof(struct process), 16, NULL);
	if (!process_cache)
		panic("no memory for the cache of processes");
	pid_init();
	sched_channels_init();
	timer_begin();
	load_control_init();
	signal_init();
	cpu_fpu_save(process_clean_fpu);
}

void process_reset_fpu(void)
{
	cpu_fpu_restore(process_clean_fpu);
}

void process_count_faults(struct process *p, const struct aspace *as)
{
	if (as->refs > 1)
		return; /* shared, or lent by vfork: the last user counts them */
	p->used.minor_faults += as->minor_faults;
	p->used.major_faults += as->major_faults;
	p->used.peak_resident = MAX(p->used.peak_resident, as->peak_resident);
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
	char *top = (char *)p->cpu.stack + PROCESS_STACK_PAGES * PAGE_SIZE;
	p->cpu.trap = (struct trap_frame *)top - 1;
	struct process_start_frame *start = (struct process_start_frame *)p->cpu.trap - 1;
	*start = (struct process_start_frame){ .return_to = sched_first_run };
	p->cpu.kernel_esp = (uint32_t)start;
}

struct process *process_create(struct thread_group *group)
{
	struct process *p = slab_alloc(process_cache);
	if (!p)
		return NULL;
	memset(p, 0, sizeof(*p));
	list_init(&p->thread_link);
	signal_set_init(&p->sig.pending);
	p->cpu.stack = vmalloc(PROCESS_STACK_PAGES);
	p->pid = p->cpu.stack ? pid_alloc() : 0;
	if (p->pid && !group)
		p->group = thread_group_create(p);
	else if (p->pid)
		thread_group_add(group, p);
	if (!p->group) {
		if (p->pid)
			pid_free(p->pid);
		if (p->cpu.stack)
			vfree(p->cpu.stack);
		slab_free(process_cache, p);
		return NULL;
	}
	p->family.exit_signal = SIGCHLD;
	process_lay_out_stack(p);
	list_init(&p->family.children);
	list_init(&p->family.sibling);
	list_init(&p->run.link);
	list_init(&p->run.timer_link);
	wait_queue_init(&p->family.child_event);
	p->used.start_tick = sched_ticks();
	list_push_back(&process_all, &p->all);
	process_count++;
	process_created++;
	trace(TRACE_PROCESS, TRACE_PROCESS_START, (uint32_t)p->pid, 0);
	return p;
}

void process_destroy(struct process *p)
{
	ASSERT(p != process_running && list_empty(&p->family.children));
	ASSERT(!p->fs.files && !p->aspace);					/* [wait.1] */
	ASSERT(!list_node_linked(&p->run.link) && !list_node_linked(&p->run.timer_link));
	ASSERT(p->pid != 1 || process_count == 1); /* [process.2] */
	struct thread_group *g = p->group;
	/* A thread that never ran, or a leader; others have left the group by themselves. */
	if (g && p->run.state != PROCESS_ZOMBIE)
		g->live--;
	list_remove(&p->thread_link);
	if (g && g->leader == p)
		thread_group_destroy(g);
	signal_set_drop(&p->sig.pending, UINT64_MAX);
	signal_actions_put(p->sig.actions);
	list_remove(&p->family.sibling);
	list_remove(&p->all);
	process_count--;
	pid_free(p->pid);
	vfree(p->cpu.stack);
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

/* --- who is what --- */

void process_set_init(bool on_console)
{
	process_init_runs = on_console;
}

bool process_has_init(void)
{
	return process_init_runs;
}

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

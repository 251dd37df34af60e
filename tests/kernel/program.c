/*
 * Programs of the guest, run in user mode from inside a self-test.
 *
 * The scheduler is there, only nobody runs. A process is made that execs the program, and the boot
 * context lets processes run until it has ended. It has a parent, which never runs: so it becomes a
 * zombie, with a status to read, instead of vanishing.
 */
#include "tests/kernel/program.h"

#include "kernel/exec/exec.h"
#include "kernel/fs/file.h"
#include "kernel/fs/inode.h"
#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "kernel/proc/thread.h"
#include "lib/string.h"

static const struct program_run *program;
static struct process *program_process;

/* On the new process's own kernel stack. */
static void program_start(void)
{
	const char *const argv[] = { program->path, program->argument, NULL };
	const char *const envp[] = { NULL };
	struct exec_request request = { .path = program->path, .kernel = { argv, envp } };
	if (exec_program(&request) != 0)
		process_exit(UINT32_MAX);
	if (program->tls == NULL)
		return;
	memcpy(process_running->cpu.tls, program->tls, sizeof(process_running->cpu.tls));
	segment_set_tls(process_running->cpu.tls);
}

static bool program_ended(void)
{
	return program_process->run.state == PROCESS_ZOMBIE;
}

/* A process with nothing but a number, or NULL. */
static struct process *program_create(void)
{
	struct process *p = process_create(NULL);
	if (p == NULL)
		return NULL;
	p->sig.actions = signal_actions_create();
	if (p->sig.actions == NULL) {
		process_destroy(p);
		return NULL;
	}
	p->pgrp = p->session = p->pid;
	limits_init(&p->limits);
	return p;
}

static void program_let_run(struct process *p, struct process *parent)
{
	program_process = p;
	p->family.parent = parent;
	list_push_back(&parent->family.children, &p->family.sibling);
	p->fs.cwd = inode_get(inode_root());
	p->cpu.kernel_start = program_start;
	memset(p->cpu.trap, 0, sizeof(*p->cpu.trap));
	sched_enqueue(p);
	sched_run(program_ended);
}

struct program_end program_run(const struct program_run *run)
{
	struct program_end end = { .status = UINT32_MAX };
	program = run;
	struct process *parent = program_create(), *p = parent ? program_create() : NULL;
	if (p != NULL)
		p->fs.files = files_create();
	if (p != NULL && p->fs.files != NULL) {
		program_let_run(p, parent);
		end = (struct program_end){ p->exit_status, p->sig.fault.vector,
					    p->sig.fault.error };
	}
	if (p != NULL)
		process_destroy(p);
	if (parent != NULL)
		process_destroy(parent);
	return end;
}

/*
 * The first process: an init on the console, or the launcher's program; and the end of the run.
 *
 * This is above everything the first process is made of: a process (proc), its descriptors and
 * terminal (fs), a program (exec), and the record of the run (watch).
 */
#include "kernel/first.h"

#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "kernel/exec/exec.h"
#include "kernel/fs/device.h"
#include "kernel/fs/file.h"
#include "kernel/fs/open.h"
#include "kernel/fs/tty_owner.h"
#include "kernel/proc/pid.h"
#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/shm.h"
#include "kernel/proc/signal.h"
#include "kernel/watch/pressure.h"
#include "kernel/watch/result.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"

static const struct first_program *first_program;

static void first_add_channel(struct file *f)
{
	if (!f || files_add(process_running->fs.files, f, 0, false) < 0)
		panic("no memory for the first process's files");
}

static void first_open_channels(void)
{
	if (first_program->channels) {
		first_add_channel(
			channel_open_input(first_program->stdin_start, first_program->stdin_bytes));
		first_add_channel(channel_open_output());
		first_add_channel(channel_open_errors());
		return;
	}
	struct file *console;
	if (file_open(inode_root(), "/dev/console", O_RDWR, 0, &console) != 0)
		panic("/dev/console cannot be opened");
	first_add_channel(console);
	first_add_channel(file_get(console));
	first_add_channel(file_get(console));
	tty_set_group(process_running->pgrp);
}

/* Process 1 starts here, in the kernel, on its own stack. */
static void first_start(void)
{
	struct exec_request request = {
		.path = first_program->path,
		.kernel = { first_program->argv, first_program->envp },
	};
	first_open_channels();
	long error = exec_program(&request);
	if (error == 0)
		return;
	log_error("%s: cannot be run: error %ld", request.path, -error);
	process_exit((error == -ENOENT ? 127u : 126u) << 8);
}

/* Process 1, as fork would make it, but with nothing to copy. */
static void first_create(void)
{
	struct process *p = process_create(NULL);
	if (!p)
		panic("no memory for the first process");
	ASSERT(p->pid == 1);
	p->fs.files = files_create();
	p->sig.actions = signal_actions_create();
	if (!p->fs.files || !p->sig.actions)
		panic("no memory for the first process's files");
	p->fs.cwd = inode_get(inode_root());
	p->fs.umask = 022;
	limits_init(&p->limits);
	files_set_limit(p->fs.files, (uint32_t)p->limits.of[LIMIT_NOFILE].now);
	p->pgrp = 1;
	p->session = 1;
	p->cpu.kernel_start = first_start;
	memset(p->cpu.trap, 0, sizeof(*p->cpu.trap));
	sched_enqueue(p);
}

static bool first_all_ended(void)
{
	struct process *last = list_entry(process_all.next, struct process, all);
	return process_count == 1 && last->run.state == PROCESS_ZOMBIE;
}

/* Its wait status. It may be another structure by now, if one of its threads called execve. */
static uint32_t first_destroy(void)
{
	struct process *p = process_find(1);
	ASSERT(p);
	uint32_t status = p->exit_status;
	process_destroy(p);
	return status;
}

void first_run(const struct first_program *first)
{
	first_program = first;
	process_set_init(!first->channels);
	account_init();
	pressure_init();
	result_begin();
	first_create();
	sched_run(first_all_ended);
	uint32_t status = first_destroy();
	shm_remove_all();
	result_end(status);
}

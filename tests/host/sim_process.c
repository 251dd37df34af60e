/*
 * Processes of the simulated machine.
 *
 * A process runs until it sleeps: in a transfer of the disk, or on a channel (kernel/base/sleep.h).
 * Then the test's own stack goes on and decides who is next. A transfer ends when its process is
 * continued; a sleep on a channel ends when somebody has woken it. The address space in use is each
 * process's own, as it would be after a switch.
 *
 * What the test itself does is no process: it cannot sleep, and a disk it uses works at once.
 */
#include "tests/host/sim_process.h"

#include <stdlib.h>

#include "kernel/base/panic.h"
#include "kernel/base/sleep.h"
#include "lib/errno.h"
#include "tests/host/host_context.h"
#include "tests/host/sim.h"

enum { PROCESSES_MAX = 8 };

struct sim_process {
	struct host_context *context;
	enum sim_process_state state;
	const void *channel;
	bool killed;
	struct aspace *space; /* in use */
	void (*run)(void *arg);
	void *arg;
};

static struct sim_process processes[PROCESSES_MAX];
static unsigned nprocesses;
static struct sim_process *running;

bool sim_process_runs(void)
{
	return running != NULL;
}

/* The one that runs sleeps, or ends. */
static void process_leave(enum sim_process_state state)
{
	running->state = state;
	host_context_back();
}

static int process_sleep(const void *channel, bool killable)
{
	if (killable && running->killed)
		return -EINTR;
	running->channel = channel;
	process_leave(SIM_WAITS);
	running->channel = NULL;
	return killable && running->killed ? -EINTR : 0;
}

static void process_wake(const void *channel)
{
	for (unsigned i = 0; i < nprocesses; i++)
		if (processes[i].state == SIM_WAITS && processes[i].channel == channel)
			processes[i].state = SIM_READY;
}

void sim_process_init(void)
{
	static const struct sleep_ops ops = {
		.possible = sim_process_runs, .sleep = process_sleep, .wake = process_wake,
	};
	sleep_set_ops(&ops);
	nprocesses = 0;
}

static void process_begin(void *arg)
{
	struct sim_process *p = arg;
	p->run(p->arg);
	sim_use(NULL);
	process_leave(SIM_ENDED);
}

struct sim_process *sim_process_create(void (*run)(void *arg), void *arg)
{
	if (nprocesses == PROCESSES_MAX)
		panic("sim: more than %u processes", PROCESSES_MAX);
	struct sim_process *p = &processes[nprocesses];
	nprocesses++;
	*p = (struct sim_process){ .run = run, .arg = arg, .state = SIM_READY };
	p->context = host_context_create(process_begin, p);
	return p;
}

enum sim_process_state sim_process_state(const struct sim_process *p)
{
	return p->state;
}

enum sim_process_state sim_process_continue(struct sim_process *p)
{
	if (running != NULL || p->state == SIM_WAITS || p->state == SIM_ENDED)
		panic("sim: this process cannot be continued");
	p->state = SIM_READY;
	running = p;
	sim_use(p->space);
	host_context_turn_to(p->context);
	p->space = sim_current();
	sim_use(NULL);
	running = NULL;
	return p->state;
}

void sim_process_kill(struct sim_process *p)
{
	p->killed = true;
	if (p->state == SIM_WAITS)
		p->state = SIM_READY;
}

static bool process_can_run(const struct sim_process *p)
{
	return p->state == SIM_READY || p->state == SIM_DISK;
}

void sim_process_finish(struct sim_process *a, struct sim_process *b)
{
	while (a->state != SIM_ENDED || b->state != SIM_ENDED) {
		if (!process_can_run(a) && !process_can_run(b))
			panic("deadlock");
		while (process_can_run(a))
			sim_process_continue(a);
		while (process_can_run(b))
			sim_process_continue(b);
	}
}

void sim_process_transfer(void)
{
	process_leave(SIM_DISK);
}

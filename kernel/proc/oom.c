/*
 * Out of memory: choosing a victim.
 *
 * When reclaim finds nothing to evict and no slot, the process with the most pages, resident and
 * swapped, is killed. The victim must run to die, so the faulting process yields to it; its
 * instruction is then retried. While a victim still has its memory nobody else is chosen, whoever
 * faults meanwhile: what it frees may be enough for all. An init on the console is chosen last.
 *
 * The victim's exit takes no lock whose holder may wait for memory: an address space is released by
 * its last reference, without its lock (mm/aspace/space.c).
 * Source: Plan 9's and Linux's choice of the largest.
 */
#include "kernel/proc/oom.h"

#include "kernel/base/log.h"
#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "lib/assert.h"
#include "mm/mmstat.h"
#include "mm/user.h"

static uint32_t process_pages(const struct process *p)
{
	if (p->aspace && !p->aspace->ops->paged)
		return 0; /* killing one in a partition frees no page for others */
	return p->aspace ? p->aspace->pmap.resident + p->aspace->pmap.swapped : 0;
}

/* The victim already dying, else the largest. NULL: nobody has memory. */
static struct process *process_choose_victim(void)
{
	struct process *victim = NULL, *init = NULL;
	process_for_each(p) {
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
	ASSERT(victim->aspace != NULL); /* it has memory to free */
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

/*
 * /proc/PID/paging: how a process pages, and how many frames it may have. The format is this
 * kernel's own, a name and a number per line as in /proc/PID/status.
 *
 * Writing a number N to it gives the process N frames under local replacement; 0 returns it to the
 * allocation rule.
 */
#include "kernel/proc/process.h"
#include "kernel/procfs/proc.h"
#include "lib/errno.h"
#include "mm/allot.h"

static void paging_account(struct text *t, const struct allotment *a)
{
	if (policy_is_local())
		text_add(t, "Allotment:\t%u frames\n", a->frames);
	else
		text_add(t, "Allotment:\tnone\n");
	text_add(t, "Fixed:\t%u\nCharged:\t%u frames\n", a->fixed, a->charged);
	text_add(t, "Taken:\t%u frames\nEvicted:\t%u pages\n", a->taken, a->evicted);
	text_add(t, "FaultRate:\t%u per million cycles\n", a->rate);
	text_add(t, "WantsMore:\t%u\n", a->wants);
	text_add(t, "WorkingSet:\t%u pages\n", a->working_set);
	text_add(t, "VirtualTime:\t%llu cycles\n", (unsigned long long)a->time);
}

void proc_show_paging(struct text *t, struct process *p)
{
	const struct aspace *as = p->aspace;
	if (!as)
		return;
	text_add(t, "Resident:\t%u pages\nSwapped:\t%u pages\n", as->pmap.resident,
		 as->pmap.swapped);
	text_add(t, "MinorFaults:\t%u\nMajorFaults:\t%u\n", as->minor_faults, as->major_faults);
	paging_account(t, as->allot);
}

int proc_store_paging(struct process *p, const char *text)
{
	uint32_t frames;
	if (!proc_take_number(text, &frames))
		return -EINVAL;
	if (!p->aspace)
		return -ESRCH;
	if (p->aspace->allot == &allot_unowned)
		return -ENOMEM; /* it has no account of its own */
	allot_set_fixed(p->aspace->allot, frames);
	return 0;
}

/*
 * Signals: what a thread blocks, and what its process does about each.
 *
 * The table of actions (handlers) is counted: threads share one, fork copies it, exec unshares it
 * and removes the handlers. Each thread has its own mask.
 *
 * sigsuspend and its like change the mask for the duration of one call. The mask to restore is in
 * sig_saved: it is saved in a handler's frame, or restored if no handler ran.
 * Source: sigaction(2), sigprocmask(2), sigsuspend(2).
 */
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

/* --- masks --- */

static const uint64_t signal_unblockable = 1ull << (SIGKILL - 1) | 1ull << (SIGSTOP - 1);

void signal_set_mask(uint64_t mask)
{
	struct process *p = process_running;
	p->sig.blocked = mask & ~signal_unblockable;
	if (signal_wanted(p))
		sched_request();
}

void signal_set_mask_for_call(uint64_t mask)
{
	struct process *p = process_running;
	ASSERT(!p->sig.restore); /* a call has one mask to restore */
	p->sig.saved = p->sig.blocked;
	p->sig.restore = true;
	signal_set_mask(mask);
}

void signal_restore_mask(void)
{
	struct process *p = process_running;
	if (!p->sig.restore)
		return;
	p->sig.restore = false;
	signal_set_mask(p->sig.saved);
}

/* --- birth and exec --- */

struct signal_actions *signal_actions_create(void)
{
	struct signal_actions *a = reclaim_kzalloc(sizeof(*a));
	if (a)
		a->refs = 1;
	return a;
}

struct signal_actions *signal_actions_fork(struct signal_actions *from, bool share)
{
	if (share) {
		ASSERT(from->refs > 0); /* [signal.4] */
		from->refs++;
		return from;
	}
	struct signal_actions *a = signal_actions_create();
	if (a)
		memcpy(a->of, from->of, sizeof(a->of));
	return a;
}

void signal_actions_put(struct signal_actions *a)
{
	if (!a)
		return;
	ASSERT(a->refs > 0); /* [signal.4] */
	a->refs--;
	if (a->refs == 0)
		kfree(a);
}

void signal_after_exec(struct process *p)
{
	for (int signo = 1; signo <= SIGNAL_MAX; signo++) {
		struct signal_action *action = &p->sig.actions->of[signo];
		uint32_t kept = action->handler == SIG_IGN ? SIG_IGN : SIG_DFL;
		*action = (struct signal_action){ .handler = kept };
	}
	p->sig.altstack.size = 0;
	p->restart.again = NULL;
}

/*
 * Which partitioned processes are in memory.
 *
 * A process to be loaded and one that was rolled out and is runnable both need a place. Both wait
 * in one queue, by priority, then in order of arrival, and only the first may ask for one: nobody
 * overtakes, so a large program gets its turn. If there is no place for the first it waits until
 * one is freed or a quantum has passed.
 *
 * To make room others are rolled out, whole, to swap. Candidates:
 *   - those with a lower priority than the one that needs the room, at once
 *   - of the same priority: those that sleep, or have used up their quantum of ticks in memory
 *     since they were last loaded and ran. Sleeping ones first, then those in memory longest.
 * With quantum 0 nobody is rolled out for an equal: places are only freed by exit (first come,
 * first served). Nobody is rolled out unless all candidates together would be enough.
 *
 * A process on swap stays an ordinary process: it can be woken, signalled, scheduled. When
 * scheduled it has its kernel stack, which is never rolled out. On its way back to user mode
 * (dispatch_attend), or before it accesses user memory for a system call (mm/user.c), it finds that
 * its memory is not there and queues. So a process that was rolled out in the middle of read()
 * continues in the middle of read().
 *
 * No livelock: a process that was loaded is not rolled out for its equals until it has been in user
 * mode and its quantum, counted from there, has passed; or until it sleeps, having made progress.
 *
 * A change of base is handled here: thread-local segments hold linear addresses, so those of all
 * threads are adjusted, and the CPU's copies for the running one.
 *
 * Every decision is recorded in a ring, for /proc/partition.
 *
 * Always true
 *   [dispatch.1]  only the first in the queue takes a place or rolls somebody out
 *   [dispatch.2]  the running process's own space is never rolled out by itself
 *   [dispatch.3]  the queue is in order of priority; no process in it has exited
 * Left out: choosing the victim by the cost of writing it. All of a victim is written.
 * Source: Silberschatz, Galvin and Gagne, Operating System Concepts, "Swapping" (roll out, roll in)
 * and the dispatcher there.
 */
#include "kernel/partition/dispatch.h"

#include "kernel/base/log.h"
#include "kernel/proc/hooks.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "kernel/proc/thread.h"
#include "kernel/proc/timer.h"
#include "lib/assert.h"
#include "lib/errno.h"

enum { DISPATCH_LOOK_TICKS = 2 };

const char *const dispatch_kind_names[DISPATCH_NKINDS] = {
	[DISPATCH_LOADED] = "loaded",	 [DISPATCH_WAITS] = "waits",
	[DISPATCH_CHOSEN] = "chosen, not in memory", [DISPATCH_OUT] = "rolled out",
	[DISPATCH_IN] = "rolled in",	 [DISPATCH_MOVED] = "moved",
};

uint32_t dispatch_quantum = DISPATCH_QUANTUM_TICKS;
struct list_node dispatch_waits = LIST_HEAD_INIT(dispatch_waits);

static struct wait_queue dispatch_sleepers;
static struct timer dispatch_timer;
static struct dispatch_event dispatch_events[DISPATCH_EVENTS];
static uint32_t dispatch_nevents;
static uint32_t dispatch_counts[DISPATCH_NKINDS];

/* --- the record --- */

static void dispatch_record(enum dispatch_kind kind, const struct contiguous *c, int by)
{
	const struct process *owner = dispatch_owner(c);
	if (!owner)
		owner = process_running; /* it is being loaded, by its future process */
	dispatch_events[dispatch_nevents % DISPATCH_EVENTS] = (struct dispatch_event){
		.tick = sched_ticks(), .kind = kind, .pid = owner ? owner->pid : 0, .by = by,
		.bytes = c->bytes, .position = c->position,
	};
	dispatch_nevents++;
	dispatch_counts[kind]++;
}

uint32_t dispatch_count(enum dispatch_kind kind)
{
	return dispatch_counts[kind];
}

uint32_t dispatch_event_count(void)
{
	return dispatch_nevents;
}

bool dispatch_event_get(uint32_t i, struct dispatch_event *out)
{
	if (i >= dispatch_nevents || dispatch_nevents - i > DISPATCH_EVENTS)
		return false;
	*out = dispatch_events[i % DISPATCH_EVENTS];
	return true;
}

/* --- spaces and their processes --- */

struct process *dispatch_owner(const struct contiguous *c)
{
	process_for_each(p)
		if (p->aspace == c->as)
			return p;
	return NULL;
}

/* Has it processes, and is none of them runnable? */
static bool dispatch_sleeps(const struct contiguous *c)
{
	bool owned = false;
	process_for_each(p) {
		if (p->aspace != c->as)
			continue;
		if (p->run.state == PROCESS_RUNNABLE)
			return false;
		owned = true;
	}
	return owned;
}

/* --- choosing whom to roll out --- */

static bool dispatch_may_go(const struct contiguous *c, const struct dispatch_wait *w)
{
	if (c == w->c || c->state != CONTIGUOUS_IN || c->pins != 0 || !dispatch_owner(c))
		return false;
	if (process_running && process_running->aspace == c->as)
		return false;
	if (c->priority != w->c->priority)
		return c->priority < w->c->priority;
	if (dispatch_quantum == 0)
		return false;
	return dispatch_sleeps(c) ||
	       (c->has_run && sched_ticks() - c->since >= dispatch_quantum);
}

/* Would its place help @w? */
static bool dispatch_helps(const struct contiguous *c, const struct dispatch_wait *w)
{
	uint32_t bytes = page_up(w->c->bytes);
	if (w->at != PARTITION_ANYWHERE)
		return c->position < w->at + bytes && w->at < c->position + c->place->size;
	return partition_region.mode != PARTITION_FIXED || c->place->size >= bytes;
}

/* Is the free space enough, together with that of all candidates? */
static bool dispatch_enough(const struct dispatch_wait *w)
{
	struct partition_stats stats;
	partition_get_stats(&stats);
	uint32_t bytes = partition_region.mode == PARTITION_VARIABLE ? stats.free : stats.largest;
	list_for_each_entry(const struct contiguous, c, &contiguous_all, link)
		if (dispatch_may_go(c, w) && dispatch_helps(c, w))
			bytes += c->place->size;
	return bytes >= w->c->bytes;
}

/* Should @a be rolled out rather than @b? */
static bool dispatch_goes_before(const struct contiguous *a, const struct contiguous *b)
{
	if (!b || a->priority != b->priority)
		return !b || a->priority < b->priority;
	bool a_sleeps = dispatch_sleeps(a), b_sleeps = dispatch_sleeps(b);
	return a_sleeps != b_sleeps ? a_sleeps : a->since < b->since;
}

static struct contiguous *dispatch_victim(const struct dispatch_wait *w)
{
	struct contiguous *victim = NULL;
	if (!dispatch_enough(w))
		return NULL;
	list_for_each_entry(struct contiguous, c, &contiguous_all, link) {
		if (dispatch_may_go(c, w) && dispatch_helps(c, w) &&
		    dispatch_goes_before(c, victim))
			victim = c;
	}
	return victim;
}

static int dispatch_push_out(struct contiguous *c, int by)
{
	/* [dispatch.2]: except by a command from /proc, which passes 0 */
	ASSERT(by == 0 || process_running->aspace != c->as);
	struct aspace *as = aspace_get(c->as); /* its process may exit while we write */
	int error = contiguous_roll_out(c);
	if (!error)
		dispatch_record(DISPATCH_OUT, c, by);
	aspace_put(as);
	return error;
}

int dispatch_roll_out(struct contiguous *c)
{
	int error = dispatch_push_out(c, 0);
	if (!error)
		sched_request(); /* it may be the caller's own */
	return error;
}

/* --- the queue --- */

void dispatch_wake(void)
{
	sched_wake_all(&dispatch_sleepers);
}

static void dispatch_look_again(struct timer *t)
{
	(void)t;
	dispatch_wake();
}

static void dispatch_join(struct dispatch_wait *me)
{
	struct list_node *at = dispatch_waits.next;
	while (at != &dispatch_waits &&
	       list_entry(at, struct dispatch_wait, link)->c->priority >= me->c->priority)
		at = at->next;
	list_insert_before(&me->link, at);
}

static bool dispatch_is_first(const struct dispatch_wait *me)
{
	return dispatch_waits.next == &me->link;
}

/* As it is now, or after rolling others out. */
static int dispatch_try(struct dispatch_wait *me)
{
	for (;;) {
		ASSERT(dispatch_is_first(me)); /* [dispatch.1] */
		int error = contiguous_enter(me->c, me->at);
		if (error != -ENOMEM && error != -EBUSY)
			return error;
		struct contiguous *victim = dispatch_victim(me);
		if (!victim || dispatch_push_out(victim, me->process->pid) != 0)
			return error;
	}
}

/* Is waiting pointless? One on swap always waits: its place may become free. */
static bool dispatch_settled(const struct dispatch_wait *me, int error, bool fresh)
{
	if (error == 0 || error == -EIO || !me->patient)
		return true;
	return fresh && error != -ENOMEM;
}

static int dispatch_wait_turn(struct dispatch_wait *me)
{
	bool fresh = me->c->state == CONTIGUOUS_NEW, told = false;
	for (;;) {
		if (me->c->state == CONTIGUOUS_IN)
			return 0; /* another thread was first */
		if (me->c->state != CONTIGUOUS_GOING) {
			int error = dispatch_is_first(me) ? dispatch_try(me) : -ENOMEM;
			me->entered = error == 0;
			if (dispatch_settled(me, error, fresh))
				return error;
		}
		if (!told)
			dispatch_record(DISPATCH_WAITS, me->c, 0);
		told = true;
		if (dispatch_quantum != 0 && !timer_runs(&dispatch_timer))
			timer_start(&dispatch_timer, sched_ticks() + DISPATCH_LOOK_TICKS);
		if (sched_sleep_killable(&dispatch_sleepers) != 0)
			return -EINTR;
	}
}

int dispatch_admit(struct contiguous *c, uint32_t at, bool patient)
{
	struct dispatch_wait me = {
		.c = c, .process = process_running, .at = at, .patient = patient,
	};
	enum dispatch_kind kind = c->state == CONTIGUOUS_NEW ? DISPATCH_LOADED : DISPATCH_IN;
	dispatch_join(&me);
	int error = dispatch_wait_turn(&me);
	list_remove(&me.link);
	if (me.entered) {
		c->has_run = false;
		dispatch_record(kind, c, 0);
	}
	dispatch_wake(); /* the next one's turn */
	return error;
}

/* --- hooks --- */

static int dispatch_bring_in(struct aspace *as)
{
	struct contiguous *c = as->contiguous;
	return dispatch_admit(c, c->binding == BOUND_EXECUTION ? PARTITION_ANYWHERE : c->position,
			      true);
}

static void dispatch_rebase_tls(struct process *p, uint32_t delta)
{
	for (unsigned i = 0; i < SEGMENT_NTLS; i++) {
		struct segment_tls *tls = &p->cpu.tls[i];
		if (tls->words[0] == 0 && tls->words[1] == 0)
			continue;
		struct segment_tls_facts f = segment_read_tls(tls);
		int error = segment_make_tls(tls, f.base + delta, f.limit, f.flags);
		ASSERT(error == 0);
	}
}

static void dispatch_fork_tls(struct process *child, vaddr_t from)
{
	dispatch_rebase_tls(child, child->aspace->segment.base - from);
}

static void dispatch_rebased(struct aspace *as, uint32_t delta)
{
	process_for_each(p)
		if (p->aspace == as)
			dispatch_rebase_tls(p, delta);
	if (contiguous_is_in(as->contiguous)) /* and not just being loaded */
		dispatch_record(DISPATCH_MOVED, as->contiguous, 0);
	if (process_running && process_running->aspace == as) {
		segment_set_tls(process_running->cpu.tls);
		aspace_activate(as);
	}
}

void dispatch_init(void)
{
	static const struct contiguous_hooks hooks = {
		.rebased = dispatch_rebased, .bring_in = dispatch_bring_in,
		.released = dispatch_wake,
	};
	wait_queue_init(&dispatch_sleepers);
	timer_init(&dispatch_timer, dispatch_look_again);
	contiguous_set_hooks(&hooks);
	process_hooks.absent = dispatch_absent;
	process_hooks.fork_tls = dispatch_fork_tls;
}

/* --- the dispatcher's part --- */

void dispatch_attend(struct process *p)
{
	if (LIKELY(!dispatch_absent(p)))
		return;
	dispatch_record(DISPATCH_CHOSEN, p->aspace->contiguous, 0);
	int error = dispatch_bring_in(p->aspace);
	if (!error || error == -EINTR)
		return;
	log_error("%s: its memory cannot be read back: error %d", process_describe(), -error);
	signal_force(p, SIGKILL);
}

void dispatch_leave(struct process *p)
{
	struct contiguous *c = p->aspace ? p->aspace->contiguous : NULL;
	if (LIKELY(c == NULL) || c->has_run)
		return;
	c->has_run = true;
	c->since = sched_ticks();
}

void dispatch_check(void)
{
	const struct dispatch_wait *before = NULL;
	list_for_each_entry(const struct dispatch_wait, w, &dispatch_waits, link) {
		ASSERT(!before || before->c->priority >= w->c->priority); /* [dispatch.3] */
		ASSERT(w->process->run.state != PROCESS_ZOMBIE);		  /* [dispatch.3] */
		before = w;
	}
}

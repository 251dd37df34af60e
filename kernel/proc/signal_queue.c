/*
 * Pending signals: sets of bits, and information about each.
 *
 * A set has a bit for each signal, and a list of entries that say who sent it and why (siginfo).
 * The classic signals, below 32, are pending once however often they are sent: the first one's
 * information is kept. Signals from 32 on are queued: each has an entry, taken in the order of
 * sending. An entry may be missing for lack of memory; then only the bit says that the signal is
 * pending, and only its number is known.
 *
 * Each thread has a set, and its process has one. A thread takes from its own first. Fault signals
 * come before others, since the registers a handler sees must be the fault's; otherwise the lowest
 * number comes first.
 *
 * Always true
 *   [signal_queue.1]  a signal with an entry has its bit
 *   [signal_queue.2]  a classic signal has at most one entry in a set
 *   [signal_queue.3]  signal_nentries is the number of entries of all sets, at most the maximum
 * Source: signal(7), "Queueing and delivery semantics".
 */
#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "kernel/proc/signal.h"
#include "kernel/proc/thread.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "mm/slab.h"

enum { SIGNAL_ENTRIES_MAX = 4096 }; /* over all sets: a sender must not exhaust memory */

struct signal_entry {
	struct list_node link;
	struct signal_info info;
};

static struct slab_cache *signal_cache;
static uint32_t signal_nentries;

void signal_init(void)
{
	signal_cache = slab_create("signal", sizeof(struct signal_entry), 0, NULL);
	if (!signal_cache)
		panic("no memory for the cache of signals");
}

void signal_set_init(struct signal_set *s)
{
	s->bits = 0;
	list_init(&s->queue);
}

static bool signal_set_append(struct signal_set *s, const struct signal_info *info)
{
	if (signal_nentries == SIGNAL_ENTRIES_MAX)
		return false;
	struct signal_entry *e = slab_alloc(signal_cache);
	if (!e)
		return false;
	e->info = *info;
	list_push_back(&s->queue, &e->link);
	signal_nentries++;
	return true;
}

static void signal_entry_free(struct signal_entry *e)
{
	ASSERT(signal_nentries > 0 && list_node_linked(&e->link)); /* [signal_queue.3] */
	list_remove(&e->link);
	slab_free(signal_cache, e);
	signal_nentries--;
}

long signal_set_add(struct signal_set *s, const struct signal_info *info)
{
	ASSERT(info->signo > 0 && info->signo <= SIGNAL_MAX);
	bool queued = info->signo >= SIGNAL_FIRST_QUEUED;
	if (!queued && signal_in(s->bits, info->signo))
		return 0;
	if (!signal_set_append(s, info) && queued && info->code < 0)
		return -EAGAIN;
	s->bits |= signal_bit(info->signo);
	return 0;
}

static struct signal_entry *signal_set_find(struct signal_set *s, int signo)
{
	list_for_each_entry(struct signal_entry, e, &s->queue, link)
		if (e->info.signo == signo)
			return e;
	return NULL;
}

struct signal_info signal_set_take(struct signal_set *s, int signo)
{
	struct signal_info info = { .signo = signo, .code = SI_USER };
	ASSERT(signal_in(s->bits, signo));
	struct signal_entry *e = signal_set_find(s, signo);
	if (e) {
		info = e->info;
		signal_entry_free(e);
	}
	if (!signal_set_find(s, signo))
		s->bits &= ~signal_bit(signo);
	return info;
}

void signal_set_drop(struct signal_set *s, uint64_t mask)
{
	s->bits &= ~mask;
	list_for_each_entry_safe(struct signal_entry, e, &s->queue, link)
		if (signal_in(mask, e->info.signo))
			signal_entry_free(e);
}

uint32_t signal_entries(void)
{
	return signal_nentries;
}

uint32_t signal_set_check(const struct signal_set *s)
{
	uint64_t classic = 0;
	uint32_t n = 0;
	list_for_each(node, &s->queue) {
		int signo = list_entry(node, struct signal_entry, link)->info.signo;
		ASSERT(signo > 0 && signo <= SIGNAL_MAX);
		ASSERT(signal_in(s->bits, signo));  /* [signal_queue.1] */
		ASSERT(!signal_in(classic, signo)); /* [signal_queue.2] */
		if (signo < SIGNAL_FIRST_QUEUED)
			classic |= signal_bit(signo);
		n++;
	}
	return n;
}

static int signal_lowest(uint64_t set)
{
	uint32_t low = (uint32_t)set;
	ASSERT(set != 0);
	return low ? __builtin_ctz(low) + 1 : __builtin_ctz((uint32_t)(set >> 32)) + 33;
}

struct signal_info signal_dequeue(struct process *p, uint64_t wanted)
{
	const uint64_t faults = signal_bit(SIGSEGV) | signal_bit(SIGBUS) | signal_bit(SIGILL) |
				signal_bit(SIGTRAP) | signal_bit(SIGFPE) | signal_bit(SIGSYS);
	uint64_t own = p->sig.pending.bits & wanted, shared = p->group->pending.bits & wanted;
	if (own & faults)
		return signal_set_take(&p->sig.pending, signal_lowest(own & faults));
	if (own)
		return signal_set_take(&p->sig.pending, signal_lowest(own));
	if (shared)
		return signal_set_take(&p->group->pending, signal_lowest(shared));
	return (struct signal_info){ .signo = 0 };
}

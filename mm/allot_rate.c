/*
 * What an address space's faults say about its allotment: page-fault frequency and working set.
 *
 * Page-fault frequency. A space that takes many frames in a short time of its own has a working set
 * that does not fit; one that takes none has frames it would not miss. A period is a million cycles
 * of its own time, or 32 frames taken if that comes first. Above the upper bound the allotment
 * grows by a quarter: out of what is in no allotment, then out of a sleeper's, then, if it is
 * below an equal part, out of the largest above that: none is denied its equal part. Below the
 * lower bound it shrinks: first what was never used, then by a sixteenth, then not again until the
 * space has come down to it. Nothing is evicted for that; frames above an allotment are the first
 * to be taken when somebody needs one. A frame is taken by every fault that brings a page in, the
 * first touch of a page too: a space that grows needs frames.
 *
 *      frames taken in a million cycles
 *          ^ *
 *          |  *                     grow
 *     high |---*--------------------
 *          |     *                  leave
 *      low |--------*---------------
 *          |             *      *   shrink
 *          +--------------------------> frames
 *
 * When every space that is awake faults above the upper bound, has all of its allotment and there
 * is nothing to give, the working sets together do not fit and no allotment helps:
 * allot_wants_suspend says so, with equal allotments too.
 *
 * Virtual time is cycles of the TSC in which a space ran, without its page faults. A rate in real
 * time would call a process content that only waits.
 *
 * The working set is estimated by sampling: once in a window of a space's own time the accessed
 * bits of its pages are counted and cleared, as Denning's window with one sample in it. A bit that
 * was set moves to the frame as FRAME_REFERENCED, which the policy takes for the MMU's, so no
 * policy decides otherwise for being watched. The other way round a policy that clears a bit
 * leaves FRAME_USED for the sample. Pages evicted inside the window are not in it, and one that
 * several spaces use may be in the estimate of one of them alone.
 *
 * Always true: [allot.3] and [allot.4]
 * Left out: the original's other half, which evicts all pages not used since the last fault. The
 * policy chooses which pages are evicted; here is only decided how many.
 * Source: P. J. Denning, The working set model for program behavior, 1968; W. W. Chu and H.
 * Opderbeck, The page fault frequency replacement algorithm, 1972.
 */
#include "kernel/x86/cpu.h"
#include "mm/allot_internal.h"
#include "mm/object.h"

enum {
	ALLOT_MILLION = 1000000,
	ALLOT_PERIOD_TAKEN = 32,
	ALLOT_GROW_PART = 4,
	ALLOT_SHRINK_PART = 16,
};

static struct allotment *allot_running; /* its time passes; NULL: no one's */
static uint64_t allot_since;		/* TSC: up to here its time is counted */
static bool allot_paused;

/* Take @n frames out of @a's allotment. */
static uint32_t allot_give_up(struct allotment *a, uint32_t n)
{
	a->frames -= n;
	allot_stats.sum -= n;
	return n;
}

/* Half of what a sleeper has above the minimum. */
static uint32_t allot_from_sleeper(void)
{
	allot_for_each(a) {
		uint32_t part = (a->frames - ALLOT_MIN + 1) / 2;
		if (a->resting && a->fixed == 0 && part > 0)
			return allot_give_up(a, part);
	}
	return 0;
}

/* Up to @n of what the largest has above an equal part, for @to, who is below it. */
static uint32_t allot_from_largest(const struct allotment *to, uint32_t n)
{
	uint32_t equal = allot_stats.total / allot_stats.count;
	struct allotment *largest = NULL;
	allot_for_each(a)
		if (a->fixed == 0 && (largest == NULL || a->frames > largest->frames))
			largest = a;
	if (to->frames >= equal || largest == NULL || largest->frames <= equal)
		return 0;
	return allot_give_up(largest, MIN(n, MIN(largest->frames - equal, equal - to->frames)));
}

/* Frames that are in no allotment: there are some, or some account gives up some. */
static uint32_t allot_find_spare(const struct allotment *a, uint32_t wanted)
{
	if (allot_stats.sum < allot_stats.total)
		return allot_stats.total - allot_stats.sum;
	if (allot_stats.sum > allot_stats.total)
		return 0; /* the minima do not fit */
	uint32_t found = allot_from_sleeper();
	return found > 0 ? found : allot_from_largest(a, wanted);
}

static void allot_grow(struct allotment *a)
{
	uint32_t step = a->frames / ALLOT_GROW_PART, more = MIN(allot_find_spare(a, step), step);
	a->frames += more;
	allot_stats.sum += more;
	a->wants = more < step / 2 && allot_full(a);
}

/* Not while it has more than its allotment: what less would do to it cannot be known then. */
static void allot_shrink(struct allotment *a)
{
	uint32_t slack = a->frames > a->charged ? a->frames - a->charged : 0;
	uint32_t less = slack > 0 ? slack : a->frames / ALLOT_SHRINK_PART;
	a->wants = false;
	if (a->charged > a->frames)
		return;
	less = MIN(less, a->frames - ALLOT_MIN);
	a->frames -= less;
	allot_stats.sum -= less;
}

/* A period of @a ends if it is time. */
static void allot_end_period(struct allotment *a)
{
	uint64_t time = a->time - a->period_time;
	uint32_t taken = a->taken - a->period_taken;
	if (time < ALLOT_MILLION && taken < ALLOT_PERIOD_TAKEN)
		return;
	uint64_t rate = (uint64_t)taken * ALLOT_MILLION / MAX(time, 1ull);
	a->rate = (uint32_t)MIN(rate, (uint64_t)UINT32_MAX);
	a->period_time = a->time;
	a->period_taken = a->taken;
	if (!policy_is_local() || a->fixed != 0)
		return;
	if (allot_stats.rule == ALLOT_EQUAL)
		a->wants = a->rate > allot_stats.pff_high && allot_full(a);
	else if (a->rate > allot_stats.pff_high)
		allot_grow(a);
	else if (a->rate < allot_stats.pff_low)
		allot_shrink(a);
	else
		a->wants = false;
}

void allot_take(struct allotment *a)
{
	a->taken++;
	if (a != &allot_unowned)
		allot_end_period(a);
}

bool allot_wants_suspend(void)
{
	uint32_t awake = 0;
	if (!policy_is_local())
		return false;
	allot_for_each(a) {
		if (a->resting || a->fixed != 0)
			continue;
		if (!a->wants)
			return false;
		awake++;
	}
	return awake > 1;
}

/* --- virtual time --- */

static void allot_count_time(void)
{
	uint64_t now = cpu_tsc();
	if (allot_running != NULL && !allot_paused)
		allot_running->time += now - allot_since;
	allot_since = now;
}

void allot_run(struct allotment *a)
{
	allot_count_time();
	allot_running = a;
	allot_paused = false;
	a->resting = false;
	if (a != &allot_unowned)
		allot_end_period(a);
}

void allot_stop(bool resting)
{
	allot_count_time();
	if (allot_running != NULL)
		allot_running->resting = resting;
	allot_running = NULL;
}

void allot_pause(void)
{
	allot_count_time();
	allot_paused = true;
}

void allot_resume(void)
{
	allot_count_time();
	allot_paused = false;
}

/* --- the working set --- */

void allot_sample(struct allotment *a)
{
	if (a == allot_running)
		allot_count_time();
	uint64_t window = (uint64_t)allot_stats.window * ALLOT_MILLION;
	if (a == &allot_unowned || window == 0 || a->time - a->sampled_time < window)
		return;
	uint32_t used = 0;
	pmap_for_each(va, a->pmap, USER_BASE, USER_TOP) {
		struct pmap_entry e = pmap_lookup(a->pmap, va);
		if (e.kind != PMAP_FRAME || e.number == object_zero_pfn)
			continue;
		struct frame *f = frame_of(e.number);
		if (pmap_test_clear_accessed(a->pmap, va))
			f->flags |= FRAME_USED | FRAME_REFERENCED;
		used += (f->flags & FRAME_USED) != 0;
		f->flags &= ~FRAME_USED;
	}
	a->working_set = used;
	a->sampled_time = a->time;
	allot_end_period(a);
}

void allot_forget(const struct allotment *a)
{
	if (allot_running == a)
		allot_running = NULL;
}

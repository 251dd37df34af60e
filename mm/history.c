/*
 * The history of frames: which fault put the page there, which eviction took one away.
 *
 * Problem: who watches paging asks of a frame "since when is this page here?" and "has this frame
 * been through an eviction?". The struct frame is for what the kernel needs; this is for people.
 * Idea: a table beside it, two words a frame. Time is counted in events, not in seconds: the
 * numbers of mmstat's faults and evictions, so they are the same in every run and can be compared
 * with the counters.
 *
 * The words stay when the frame is freed or changes hands: they are the frame's, not the page's.
 * A page that comes back from swap is in another frame, with another history.
 *
 * Always true:
 *   [history.1]  a frame's fault number is at most history_now(); its eviction number at most the
 *       number of evictions
 * Cost: 8 bytes a frame (0.2 % of memory), two stores a fault, one an eviction.
 * Left out: the page's own past (which eviction took it out, how far back): that belongs to its
 * slot. Ring or list of events: trace.c has one.
 */
#include "mm/history.h"

#include "lib/string.h"
#include "mm/mmstat.h"
#include "mm/vmalloc.h"

static struct frame_history *history; /* by frame number; NULL: not recorded */

void history_init(void)
{
	size_t bytes = frame_count * sizeof(struct frame_history);
	history = vmalloc((bytes + PAGE_MASK) >> PAGE_SHIFT);
	if (history != NULL)
		memset(history, 0, bytes);
}

uint32_t history_now(void)
{
	return mmstat_read(minor_faults) + mmstat_read(major_faults);
}

void history_fault(const struct frame *f)
{
	if (history != NULL)
		history[frame_pfn(f)].fault = history_now();
}

void history_evict(const struct frame *f)
{
	if (history != NULL)
		history[frame_pfn(f)].evict = mmstat_read(evictions);
}

struct frame_history history_of(const struct frame *f)
{
	struct frame_history none = { 0, 0 };
	return history != NULL ? history[frame_pfn(f)] : none;
}

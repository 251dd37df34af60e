/*
 * Pages that come back: how far away they were.
 *
 * That a page is read from swap says little: a program that starts its next phase wants old pages
 * too, and that is what swap is for. What tells the two apart is how soon. When a page is evicted
 * its slot notes how many evictions there had been (swap_note_evicted); when it comes back, the
 * evictions since then are its refault distance: with so many frames more it would have stayed. A
 * distance of at most the number of frames in use means that a memory of twice the size would have
 * kept it, and if most refaults are as near as that, memory is too small for what runs, not just
 * well used.
 *
 * Pages that were evicted although no one needed their frame (madvise, roll-out) have no distance
 * and do not count.
 * Left out: pages of files. They have no slot that could remember when they were evicted.
 * Source: Linux, mm/workingset.c (Weiner, 2012).
 */
#include "mm/refault.h"

#include "mm/mmstat.h"
#include "mm/reclaim.h"

void refault_count(struct aspace *as, slot_t slot)
{
	uint32_t distance = swap_distance(slot);
	if (distance == UINT32_MAX)
		return;
	mmstat_count(refaults);
	if (distance <= page_stats.charged)
		mmstat_count(refaults_near);
	as->refaults++;
	as->refault_distance += distance;
}

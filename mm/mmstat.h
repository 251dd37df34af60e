/* What happened, counted. Only ever goes up; the reports subtract. Context: any. */
#ifndef MM_MMSTAT_H
#define MM_MMSTAT_H

#include "lib/base.h"

#define MMSTAT_LIST(X) \
	X(minor_faults)	     /* resolved without reading swap or a source */ \
	X(major_faults)	     /* read from swap or source */ \
	X(zero_fills)	     /* frames cleared for a page */ \
	X(zero_maps)	     /* reads answered with the shared zero page */ \
	X(cow_copies)	     /* frames copied on a write */ \
	X(cow_reuses)	     /* writes to a page that had become the process's own */ \
	X(file_ins)	     /* pages read from a file */ \
	X(swap_ins)	     /* pages read from a slot */ \
	X(swap_outs)	     /* pages written to a slot */ \
	X(slot_shares)	     /* faults on a slot whose frame was there already */ \
	X(refaults)	     /* of swap_ins: pages that had gone to make room */ \
	X(refaults_near)     /* of these: fewer evictions ago than there are frames */ \
	X(evictions)	     /* victims that left their frame */ \
	X(evictions_clean)   /* of these without a write */ \
	X(cache_drops)	     /* unmapped file pages dropped */ \
	X(stack_growths) \
	X(faults_stale)	     /* the entry allowed it already */ \
	X(faults_invalid)    /* no area, or forbidden */ \
	X(faults_nomem) \
	X(faults_again)	     /* started over: page was under I/O, or changed while asleep */ \
	X(page_waits)	     /* sleeps for a page under I/O, or used by others */ \
	X(lock_waits)	     /* sleeps for an address space's lock */ \
	X(frame_failures)    /* frame_alloc said NULL */ \
	X(swap_full) \
	X(swap_errors) \
	X(oom_kills)

enum mmstat_item {
#define X(name) MMSTAT_##name,
	MMSTAT_LIST(X)
#undef X
	MMSTAT_COUNT
};

extern uint32_t mmstat[MMSTAT_COUNT];
extern const char *const mmstat_names[MMSTAT_COUNT];

#define mmstat_count(name) (mmstat[MMSTAT_##name]++)
#define mmstat_read(name) (mmstat[MMSTAT_##name])

#endif

/* Deferred work. Theory in deferred.c. */
#ifndef KERNEL_PROC_DEFERRED_H
#define KERNEL_PROC_DEFERRED_H

#include "lib/base.h"
#include "lib/list.h"

/* One kind of work; static, one for each module that has some. */
struct deferred {
	struct list_node link;
	/* Do what is due at tick @now. May not sleep. Context: process or the idle loop. */
	void (*work)(uint64_t now);
	/*
	 * Is any due at tick @now? Asked at each tick. Context: interrupt. NULL: the producer calls
	 * sched_request, or the work can wait until other work runs.
	 */
	bool (*due)(uint64_t now);
};

/* Register @work; work is done in the order of registration. Context: boot. */
void deferred_add(struct deferred *d);
/* Is any work due at tick @now? Context: any. */
bool deferred_due(uint64_t now);
/* Do it. From sched_work. */
void deferred_run(uint64_t now);

#endif

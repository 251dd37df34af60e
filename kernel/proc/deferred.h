/*
 * Work that waits for a better moment. Theory in deferred.c.
 */
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
	 * Is there any at tick @now? Asked at each tick. Context: interrupt. NULL: whoever has work
	 * calls sched_request, or it can wait until somebody else's is done.
	 */
	bool (*due)(uint64_t now);
};

/* From now on; work is done in the order of adding. Context: boot. */
void deferred_add(struct deferred *d);
/* Is any work due at tick @now? Context: any. */
bool deferred_due(uint64_t now);
/* Do it. From sched_work. */
void deferred_run(uint64_t now);

#endif

/*
 * Which partitioned processes are in memory: admission, roll-out, roll-in. Theory in dispatch.c.
 * Context: process, unless said.
 */
#ifndef KERNEL_PARTITION_DISPATCH_H
#define KERNEL_PARTITION_DISPATCH_H

#include "kernel/proc/process.h"
#include "mm/partition/contiguous.h"

enum { DISPATCH_QUANTUM_TICKS = 20, DISPATCH_EVENTS = 128 };

/* Hooks of mm/partition/contiguous.c; nobody waits. Context: boot. */
void dispatch_init(void);

/*
 * Find a place for @c, which has none: the running process waits for its turn and for a place,
 * which may mean rolling others out. @at: PARTITION_ANYWHERE, or the only place. @patient false: do
 * not wait.
 * 0, or -ENOMEM (not patient, and no room now)   -E2BIG (never)   -EINVAL, -EBUSY (@at is outside
 * the region, or taken while nothing of @c is in memory yet)   -EIO   -EINTR (a signal that ends
 * the process came first)
 */
MUST_CHECK int dispatch_admit(struct contiguous *c, uint32_t at, bool patient);
/* Wake waiters to check again: there may be room. */
void dispatch_wake(void);

/* Is @p runnable with its memory on swap? */
static inline bool dispatch_absent(const struct process *p)
{
	return p->aspace != NULL && p->aspace->contiguous != NULL &&
	       !contiguous_is_in(p->aspace->contiguous);
}

/* On the way back to user mode: load the running process's memory. */
void dispatch_attend(struct process *p);
/* @p is about to run in user mode: start its quantum in memory, if not yet started. */
void dispatch_leave(struct process *p);
/* Roll @c out on request. As contiguous_roll_out. */
MUST_CHECK int dispatch_roll_out(struct contiguous *c);

/* Ticks that a process stays in memory although others wait; 0: no limit. */
extern uint32_t dispatch_quantum;

/* Asserts the theory's [dispatch.3]. */
void dispatch_check(void);

/* Who waits for a place, in order. */
struct dispatch_wait {
	struct list_node link; /* in dispatch_waits */
	struct contiguous *c;
	struct process *process;
	uint32_t at;
	bool patient;
	bool entered; /* it was this one who got the place, not another thread */
};
extern struct list_node dispatch_waits;

enum dispatch_kind {
	DISPATCH_LOADED, DISPATCH_WAITS, DISPATCH_CHOSEN, DISPATCH_OUT, DISPATCH_IN, DISPATCH_MOVED,
	DISPATCH_NKINDS,
};
extern const char *const dispatch_kind_names[DISPATCH_NKINDS];

/* One decision. */
struct dispatch_event {
	uint64_t tick;
	uint8_t kind; /* enum dispatch_kind */
	int pid;      /* 0: nobody's yet */
	int by;	      /* OUT: the process that needs the room; 0: a command */
	uint32_t bytes, position;
};
/* How often each was decided, since boot. */
uint32_t dispatch_count(enum dispatch_kind kind);
/* How many there were, and the i-th; false: overwritten, as the oldest are first. */
uint32_t dispatch_event_count(void);
bool dispatch_event_get(uint32_t i, struct dispatch_event *out);

/* The process whose space @c is (its first thread's), or NULL: none yet. */
struct process *dispatch_owner(const struct contiguous *c);

#endif

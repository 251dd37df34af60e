/*
 * The lock of an address space. Theory in lock.c. Context of all: process. May sleep where another
 * holds it; never allocates. One who holds it does not take it again.
 */
#ifndef MM_ASPACE_LOCK_H
#define MM_ASPACE_LOCK_H

#include "lib/list.h"

struct aspace;

struct aspace_lock {
	struct list_node waiters; /* in the order of their coming */
	uint32_t readers;	  /* who hold it shared */
	bool exclusive;
};

void aspace_lock_init(struct aspace_lock *lock);
/*
 * Areas stay as they are until aspace_unlock; others may hold it shared too. 0, or -EINTR: the
 * caller is to die and does not get it.
 */
MUST_CHECK int aspace_lock_shared(struct aspace *as);
/* The same, alone: areas may be changed. */
MUST_CHECK int aspace_lock_exclusive(struct aspace *as);
/* What the caller holds, shared or exclusive. */
void aspace_unlock(struct aspace *as);
/* For asserts: does somebody hold it, or hold it alone? True of a space that nobody else has. */
bool aspace_is_locked(const struct aspace *as);
bool aspace_is_exclusive(const struct aspace *as);

#endif

/* The whole of mm on the simulated machine, for tests of its upper half. */
#ifndef TESTS_HOST_SPACE_H
#define TESTS_HOST_SPACE_H

#include "mm/aspace/space.h"
#include "mm/policy/policy.h"
#include "tests/host/sim.h"

enum { SPACE_AT = 0x10000000 };

/*
 * Boot mm in @nframes of RAM with @nslots of swap, at most @limit user frames (0: no limit). Once
 * in a test.
 */
void space_boot(unsigned nframes, unsigned nslots, unsigned limit, const char *policy);
/* Page-table frames that the kernel itself has. */
extern unsigned space_tables_at_boot;
/* The swap area's device. */
extern struct sim_disk *space_disk;
/* @npages of private anonymous memory at @start. */
void space_map(struct aspace *as, vaddr_t start, unsigned npages);
/* Drop the last reference, also to the active space. */
void space_put(struct aspace *as);
/* What reclaim reports to policies. */
extern const struct policy_view space_view;
/* Evict every page that can be evicted. */
void space_evict_all(void);

#endif

/* What the parts of the simulated machine share. */
#ifndef TESTS_HOST_SIM_INTERNAL_H
#define TESTS_HOST_SIM_INTERNAL_H

#include "tests/host/sim.h"

enum { SIM_READ = 0, SIM_FOR_WRITE = 1, SIM_BY_USER = 2 };

/* Translate one access and set accessed and dirty bits. NULL: page fault. */
unsigned char *sim_access(vaddr_t va, unsigned how);
/* The same with page faults handled by fault_handle for @as; *error is 0 or its answer. */
unsigned char *sim_access_faulting(struct aspace *as, vaddr_t va, unsigned how, int *error);
/* Forget everything. Boot. */
void sim_mmu_reset(void);
extern paddr_t sim_directory;	  /* CR3 */
extern vaddr_t sim_fault_address; /* CR2 */

#endif

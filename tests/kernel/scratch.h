/* An address space for a self-test: created, activated, destroyed. Context: boot. */
#ifndef TESTS_KERNEL_SCRATCH_H
#define TESTS_KERNEL_SCRATCH_H

#include "kernel/selftest.h"
#include "mm/aspace/space.h"

/* Where space_map puts things unless a test says otherwise. */
enum { SPACE_AT = 0x10000000 };

/* A new, empty address space, activated. NULL: no memory. */
struct aspace *space_open(void);
/* Activate @as (the CPU's accesses go through it); NULL: none. */
void space_use(struct aspace *as);
/* Deactivate and destroy it. */
void space_close(struct aspace *as);
/* @npages of private anonymous memory, readable and writable, at @start. */
bool space_map(struct aspace *as, vaddr_t start, unsigned npages);

/* One word through the MMU, in the active space, faults handled. False: the access is refused. */
bool space_peek(vaddr_t va, uint32_t *value);
bool space_poke(vaddr_t va, uint32_t value);
/* The word at @va, or 0xdead if it cannot be read. */
uint32_t space_word(vaddr_t va);

/* Minor and major faults up to now. */
uint32_t space_faults(void);
/* At most @limit user frames until it is called with the value it returned. */
uint32_t space_limit(uint32_t limit);

#endif

/* The RESULT record: how a run ended, what it counted, what it leaked. Theory in result.c. */
#ifndef KERNEL_WATCH_RESULT_H
#define KERNEL_WATCH_RESULT_H

#include "lib/base.h"

/* What the kernel owns besides caches that can be dropped. */
struct result_ledger {
	uint32_t frames;  /* allocated */
	uint32_t slots;	  /* taken */
	uint32_t objects; /* slab objects in use, without those that files consist of */
};

/* Drop caches, free empty slabs, and count. Context: process. */
struct result_ledger result_ledger_now(void);

/* Save counters and ledger, before the first process. Context: boot. */
void result_begin(void);
/* @check runs after the figures are taken and before the record is written. Context: boot. */
void result_set_check(void (*check)(void));
/* After the last process: write the record for wait status @status and power off. */
NORETURN void result_end(uint32_t status);
/* After the self-tests. */
NORETURN void result_selftest(unsigned passed, unsigned failed);
/*
 * From panic: write the record; never allocates, returns for panic to stop the machine. Context:
 * any.
 */
void result_panic(void);

#endif

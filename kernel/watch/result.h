/* The RESULT record: how a run ended, what it counted, what it leaked. Theory in result.c. */
#ifndef KERNEL_WATCH_RESULT_H
#define KERNEL_WATCH_RESULT_H

#include "lib/base.h"

/* What the kernel owns beside caches that can be dropped. */
struct result_ledger {
	uint32_t frames;  /* allocated */
	uint32_t slots;	  /* taken */
	uint32_t objects; /* slab objects in use, without those that files consist of */
};

/* Drop caches, give empty slabs back, and count. Context: process. */
struct result_ledger result_ledger_now(void);

/* Remember counters and ledger: before the first process. Context: boot. */
void result_begin(void);
/* @check runs between a run's figures and their record. Context: boot. */
void result_set_check(void (*check)(void));
/* After the last process: write the record for wait status @status and power off. */
NORETURN void result_end(uint32_t status);
/* The self-tests' end. */
NORETURN void result_selftest(unsigned passed, unsigned failed);
/*
 * From panic: write the record; never allocates, returns for panic to stop the machine. Context:
 * any.
 */
void result_panic(void);

#endif

/*
 * Programs of the guest, run in user mode from inside a self-test. Context: boot.
 */
#ifndef TESTS_KERNEL_PROGRAM_H
#define TESTS_KERNEL_PROGRAM_H

#include "mm/segment.h"

struct program_run {
	const char *path, *argument; /* the only one; NULL: none */
	/* Put where thread-local entries are before its first instruction. NULL: none. */
	const struct segment_tls *tls;
};

/* How it ended, and the last exception in user mode. */
struct program_end {
	uint32_t status; /* as wait4 reports it; UINT32_MAX: it could not be started */
	uint32_t vector, error;
};

/* Run it to its end, without files, as a process of its own; nothing of it is left afterwards. */
struct program_end program_run(const struct program_run *run);

#endif

/* The first process, and the end of the run. Theory in first.c. */
#ifndef KERNEL_FIRST_H
#define KERNEL_FIRST_H

#include "mm/types.h"

/* How the first process is made; then the machine runs until it has ended. */
struct first_program {
	const char *path;	 /* in the guest's root */
	const char *const *argv; /* NULL at the end */
	const char *const *envp; /* NULL at the end */
	/*
	 * True: an ordinary program whose standard input is the bytes [stdin_start, + stdin_bytes)
	 * of physical memory, output and errors COM3 and COM4. False: an init on /dev/console.
	 */
	bool channels;
	paddr_t stdin_start;
	uint32_t stdin_bytes;
};
/*
 * Run it; when process 1 ends, terminate the others, write the RESULT record, power off. Context:
 * boot.
 */
NORETURN void first_run(const struct first_program *first);

#endif

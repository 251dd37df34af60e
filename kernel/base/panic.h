/* The end of the machine: what cannot be true was true. Context of all: any. */
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

#include "lib/base.h"

struct trap_frame;

/* Print the reason, registers and stack trace, write the RESULT record, stop the machine. */
NORETURN void panic(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* The same for the place where @tf was interrupted with stack pointer @esp. */
NORETURN void panic_at(const struct trap_frame *tf, uint32_t esp, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/*
 * What the report asks of upper layers, once they are there: the name of what is running, and the
 * RESULT record, which must not allocate. Context: boot.
 */
void panic_set_hooks(const char *(*describe)(void), void (*record)(void));
/* What follows the record, about the exception @tf, or with NULL about no exception. */
void panic_set_report(void (*report)(const struct trap_frame *tf));
/* To the console; for reports. */
void panic_print(const char *fmt, ...) PRINTF_LIKE(1, 2);
NORETURN void assert_fail(const char *expression, const char *file, int line);

/* For cheap truths; stays on. Never for what a user program can cause. */
#define ASSERT(x) ((x) ? (void)0 : assert_fail(#x, __FILE__, __LINE__))

#endif

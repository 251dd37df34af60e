/* Panic: an impossible condition was found. Context of all: any. */
#ifndef KERNEL_BASE_PANIC_H
#define KERNEL_BASE_PANIC_H

#include "lib/base.h"

struct trap_frame;

/* Print the reason, registers and stack trace, write the RESULT record, stop the machine. */
NORETURN void panic(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* The same for the place where @tf was interrupted with stack pointer @esp. */
NORETURN void panic_at(const struct trap_frame *tf, uint32_t esp, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/*
 * What the report asks of upper layers; each is NULL until its layer is up. None may allocate or
 * sleep.
 */
struct panic_hooks {
	void (*show_console)(void);	/* removes whatever covers it */
	const char *(*describe)(void);	/* what is running */
	void (*record)(void);		/* write the RESULT record */
	void (*report)(const struct trap_frame *tf); /* about the exception @tf; NULL: none */
	void (*stop)(void);		/* power off; else the CPU halts */
};
extern struct panic_hooks panic_hooks;

/* To the console; for reports. */
void panic_print(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif

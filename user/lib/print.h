/*
 * Printing. The formats are lib/format.h's. Standard output is collected and written when a call
 * ends with a line's end, when the buffer is full, before fork and at exit: so a line comes out in
 * one piece. Standard error is written at once.
 */
#ifndef USER_LIB_PRINT_H
#define USER_LIB_PRINT_H

#include <stdarg.h>
#include "lib/base.h"

void printf(const char *fmt, ...) PRINTF_LIKE(1, 2);
void eprintf(const char *fmt, ...) PRINTF_LIKE(1, 2);
void print_flush(void);
/* Write what was collected. 0, or the first error that standard output has met, negated. */
int print_error(void);
/* Print on standard error and end the process with status 1. */
NORETURN void fail(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* Write all of it, however many calls it takes. Returns 0 or a negated error number. */
int write_all(int fd, const void *buf, size_t size);
/* "No such file or directory" for @error = ENOENT or -ENOENT. */
const char *error_text(int error);
/* "Segmentation fault" for SIGSEGV, as Linux's shells say it; "Signal 40" for others. */
const char *signal_text(int signo);

#endif

/* The kernel's log: lines to the console (serial and VGA). Context: any. */
#ifndef KERNEL_BASE_LOG_H
#define KERNEL_BASE_LOG_H

#include "lib/base.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* From now on @write receives all output, with interrupts off. Context: boot. */
void log_add_sink(void (*write)(const char *text, size_t n));
/* Lines above @level are dropped; LOG_INFO at boot. */
void log_set_level(enum log_level level);
/* One line; the newline is added. */
void log_line(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);

/*
 * Write @n bytes to the console unchanged, except that the serial line turns \n into \r\n. For
 * output that is not a log line: the terminal, self-tests.
 */
void log_write(const char *text, size_t n);

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

#endif

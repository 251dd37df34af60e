/*
 * printf-style formatting: %d %i %u %x %X %o %c %s %p %%, with l, ll, z, flags - 0 +, width and
 * precision (also *). No floating point. Supports 64-bit numbers without libgcc.
 */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <stdarg.h>
#include "lib/base.h"

/* Gets each piece of the output in order. */
typedef void format_sink(void *context, const char *text, size_t length);

void format_to(format_sink *sink, void *context, const char *fmt, va_list args);
/* As snprintf: returns the length it would have had; always ends with NUL when @size > 0. */
int format_string(char *buf, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);
int format_string_v(char *buf, size_t size, const char *fmt, va_list args);

#endif

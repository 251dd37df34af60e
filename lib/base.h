/* What every file may use: fixed-width types and a few operators. No knowledge of the kernel. */
#ifndef LIB_BASE_H
#define LIB_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
/* @align is a power of two. ROUND_UP wraps to 0 near the top: callers check first. */
#define ROUND_DOWN(x, align) ((x) & ~((align) - 1))
#define ROUND_UP(x, align) (((x) + (align) - 1) & ~((align) - 1))

#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define NORETURN __attribute__((noreturn))
#define MUST_CHECK __attribute__((warn_unused_result))
/* Arguments on the stack: for functions that assembly calls or that assembly provides. */
#define ASMLINKAGE __attribute__((regparm(0)))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#endif

/*
 * What is true or the machine stops. For cheap truths; stays on. Never for what a user program can
 * cause. Context: any.
 */
#ifndef LIB_ASSERT_H
#define LIB_ASSERT_H

#include "lib/base.h"

/* Report the place and stop: kernel/base/panic.c in the kernel. */
NORETURN void assert_fail(const char *expression, const char *file, int line);

#define ASSERT(x) ((x) ? (void)0 : assert_fail(#x, __FILE__, __LINE__))

#endif

/*
 * Stacks that take turns, and work in a copy of the process: of the host, apart from the kernel's
 * headers. Exactly one stack runs at a time, and which is decided by the test.
 */
#ifndef TESTS_HOST_HOST_CONTEXT_H
#define TESTS_HOST_HOST_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

struct host_context;

/* A stack of its own that will call @run(@arg) when it is first turned to. It must not return. */
struct host_context *host_context_create(void (*run)(void *), void *arg);
/* Run @c until it calls host_context_back. By the test's own stack. */
void host_context_turn_to(struct host_context *c);
/* The test's own stack goes on. By the one that runs; returns at the next turn. */
void host_context_back(void);

/*
 * Call @run(@arg, @result) in a copy of this process; its @n bytes at @result are what it wrote.
 * False: it did not come back (a panic, a failed check, or more than a minute).
 */
bool host_run_apart(void (*run)(const void *arg, void *result), const void *arg, void *result,
		    size_t n);

#endif

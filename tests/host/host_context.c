#include "tests/host/host_context.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

enum { STACK_BYTES = 1 << 18, SECONDS_MAX = 60 };

/* The address sanitizer wants to know of each turn; builds without it have neither. */
void __sanitizer_start_switch_fiber(void **fake, const void *bottom, size_t size)
	__attribute__((weak));
void __sanitizer_finish_switch_fiber(void *fake, const void **bottom, size_t *size)
	__attribute__((weak));
/* In a build that counts lines: write the counts, as _exit does not. */
void __gcov_dump(void) __attribute__((weak));

struct host_context {
	ucontext_t registers;
	void *fake_stack;
	char *stack;
	void (*run)(void *);
	void *arg;
};

static struct host_context *running;
static ucontext_t own_registers; /* of the test's own stack */
static const void *own_stack;
static size_t own_stack_bytes;

/* swapcontext, of which the sanitizer complains although it is told of each turn. */
static void turn(ucontext_t *from, const ucontext_t *to)
{
	volatile bool back = false;
	getcontext(from);
	if (back)
		return;
	back = true;
	setcontext(to);
}

static void turn_begins(void **fake, const void *bottom, size_t size)
{
	if (__sanitizer_start_switch_fiber)
		__sanitizer_start_switch_fiber(fake, bottom, size);
}

static void turn_is_made(void *fake, const void **bottom, size_t *size)
{
	if (__sanitizer_finish_switch_fiber)
		__sanitizer_finish_switch_fiber(fake, bottom, size);
}

static void first_turn(void)
{
	turn_is_made(NULL, &own_stack, &own_stack_bytes);
	running->run(running->arg);
	abort();
}

struct host_context *host_context_create(void (*run)(void *), void *arg)
{
	struct host_context *c = calloc(1, sizeof(*c));
	c->stack = malloc(STACK_BYTES);
	c->run = run;
	c->arg = arg;
	if (c->stack == NULL || getcontext(&c->registers) != 0)
		abort();
	c->registers.uc_stack.ss_sp = c->stack;
	c->registers.uc_stack.ss_size = STACK_BYTES;
	c->registers.uc_link = NULL;
	makecontext(&c->registers, first_turn, 0);
	return c;
}

void host_context_turn_to(struct host_context *c)
{
	void *fake = NULL;
	running = c;
	turn_begins(&fake, c->stack, STACK_BYTES);
	turn(&own_registers, &c->registers);
	turn_is_made(fake, NULL, NULL);
	running = NULL;
}

void host_context_back(void)
{
	struct host_context *c = running;
	turn_begins(&c->fake_stack, own_stack, own_stack_bytes);
	turn(&c->registers, &own_registers);
	turn_is_made(c->fake_stack, &own_stack, &own_stack_bytes);
}

bool host_run_apart(void (*run)(const void *arg, void *result), const void *arg, void *result,
		    size_t n)
{
	void *shared = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 1;
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		alarm(SECONDS_MAX);
		run(arg, shared);
		fflush(stdout);
		if (__gcov_dump)
			__gcov_dump();
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child)
		status = 1;
	memcpy(result, shared, n);
	munmap(shared, n);
	return status == 0;
}

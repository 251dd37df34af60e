/*
 * Threads, as small as they can be: a stack from mmap, clone, and the word the kernel clears at a
 * thread's end to wait for it.
 */
#ifndef USER_LIB_THREAD_H
#define USER_LIB_THREAD_H

#include "user/lib/linux_signal.h"

struct thread {
	volatile int32_t tid; /* cleared at its end */
	void (*body)(void *argument);
	void *argument;
	uint32_t *own; /* what %gs:0 is for it: one word of its own */
	void *stack;
};

/* Start @body on a stack of its own; %gs:0 is @value at first. 0 or a negated error number. */
int thread_start(struct thread *t, void (*body)(void *argument), void *argument, uint32_t value);
/* Wait for its end and give its stack back. */
void thread_join(struct thread *t);
/* %gs:0 of the calling thread. */
uint32_t thread_own(void);
void thread_set_own(uint32_t value);

/* A lock by futex: 0 free, 1 held, 2 held and somebody waits. */
void mutex_lock(volatile int32_t *m);
void mutex_unlock(volatile int32_t *m);
/* Sleep while *@word is @value; wake @n sleepers. */
long futex_wait(volatile int32_t *word, int32_t value);
long futex_wake(volatile int32_t *word, int n);

/* thread_clone.asm: %gs from now on. */
void thread_load_selector(uint32_t selector);
/* Clone with a new stack; the child calls @body(@argument) and exits. */
int thread_clone(uint32_t flags, void *stack, volatile int32_t *parent_tid, struct user_desc *tls,
		 volatile int32_t *child_tid, void (*body)(void *), void *argument);

#endif

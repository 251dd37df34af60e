/*
 * Threads, as small as they can be.
 *
 * A thread's first page holds its own word and its stack lies above. The caller's %gs selects a
 * thread-local entry that the caller has made before (the first thread_start does); clone gives
 * the child the same entry with another base, so that one selector means another word in each.
 */
#include "user/lib/thread.h"

#include "user/lib/print.h"
#include "user/lib/syscall.h"

enum { STACK_BYTES = 65536 };

static struct user_desc descriptor(uint32_t number, uint32_t *own)
{
	return (struct user_desc){
		number, (uintptr_t)own, 0xfffff,
		USER_DESC_32BIT | USER_DESC_PAGES | USER_DESC_USEABLE,
	};
}

/* The entry that all threads use; makes the caller's own at first. */
static uint32_t entry_number(void)
{
	static uint32_t own, number;
	if (number)
		return number;
	struct user_desc d = descriptor(UINT32_MAX, &own);
	long error = linux_call(NR_set_thread_area, (long)&d, 0, 0, 0, 0, 0);
	if (error)
		fail("set_thread_area: %s\n", error_text((int)error));
	number = d.entry_number;
	thread_load_selector(number * 8 + 3);
	return number;
}

int thread_start(struct thread *t, void (*body)(void *), void *argument, uint32_t value)
{
	const uint32_t flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			       CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |
			       CLONE_CHILD_CLEARTID;
	uint32_t number = entry_number();
	t->stack = sys_map_pages(STACK_BYTES);
	if (sys_failed(t->stack))
		return (int)(uintptr_t)t->stack;
	t->own = t->stack;
	*t->own = value;
	struct user_desc d = descriptor(number, t->own);
	char *top = (char *)t->stack + STACK_BYTES;
	int tid = thread_clone(flags, top, &t->tid, &d, &t->tid, body, argument);
	return tid < 0 ? tid : 0;
}

long futex_wait(volatile int32_t *word, int32_t value)
{
	return linux_call(NR_futex, (long)word, FUTEX_WAIT, value, 0, 0, 0);
}

long futex_wake(volatile int32_t *word, int n)
{
	return linux_call(NR_futex, (long)word, FUTEX_WAKE, n, 0, 0, 0);
}

void thread_join(struct thread *t)
{
	int32_t tid;

	while ((tid = t->tid) != 0)
		futex_wait(&t->tid, tid);
	sys_munmap(t->stack, STACK_BYTES);
}

void mutex_lock(volatile int32_t *m)
{
	int32_t held = 0;

	if (__atomic_compare_exchange_n(m, &held, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	while (__atomic_exchange_n(m, 2, __ATOMIC_ACQUIRE) != 0)
		futex_wait(m, 2);
}

void mutex_unlock(volatile int32_t *m)
{
	if (__atomic_exchange_n(m, 0, __ATOMIC_RELEASE) == 2)
		futex_wake(m, 1);
}

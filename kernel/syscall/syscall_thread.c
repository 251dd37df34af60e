/*
 * System calls about threads: clone, thread-local storage, futexes, scheduling.
 */
#include "kernel/proc/fork.h"
#include "kernel/proc/futex.h"
#include "kernel/proc/pid.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/thread.h"
#include "kernel/proc/timespec.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"
#include "lib/string.h"

/* --- thread-local storage --- */

/* Linux's struct user_desc; the bit fields as one word. */
struct user_desc {
	uint32_t entry_number, base_addr, limit, flags;
};
enum {
	DESC_32BIT = 1, DESC_CONTENTS = 6, DESC_READ_ONLY = 8, DESC_PAGES = 16,
	DESC_NOT_PRESENT = 32, DESC_USEABLE = 64, DESC_EMPTY = DESC_READ_ONLY | DESC_NOT_PRESENT,
};

static bool tls_is_free(const struct segment_tls *tls)
{
	return !tls->words[0] && !tls->words[1];
}

/* The first free entry's number for -1; -ESRCH: none. */
static long tls_choose(const struct process *p, uint32_t wanted)
{
	if (wanted != UINT32_MAX)
		return wanted - SEGMENT_TLS_FIRST < SEGMENT_NTLS ? (long)wanted : -EINVAL;
	for (unsigned i = 0; i < SEGMENT_NTLS; i++)
		if (tls_is_free(&p->cpu.tls[i]))
			return SEGMENT_TLS_FIRST + (long)i;
	return -ESRCH;
}

/*
 * A 32-bit data segment; no other kind of descriptor is allowed. 16-bit stacks leak half of the
 * kernel's stack pointer, and code segments would have limits of their own. Linux allows
 * expand-down segments; they are refused here.
 */
static int tls_make(const struct user_desc *d, struct segment_tls *tls)
{
	enum { CONTENTS_STACK = 2, CONTENTS_CODE = 4 };
	*tls = (struct segment_tls){ { 0, 0 } };
	bool empty =
		!d->base_addr && !d->limit && (d->flags & ~(uint32_t)DESC_USEABLE) == DESC_EMPTY;
	bool zeroes = !d->base_addr && !d->limit && !d->flags;
	if (empty || zeroes)
		return 0;
	if (!(d->flags & DESC_32BIT) ||
	    d->flags & (CONTENTS_CODE | CONTENTS_STACK | DESC_NOT_PRESENT))
		return -EINVAL;
	unsigned flags = (d->flags & DESC_PAGES ? SEGMENT_TLS_PAGES : 0) |
			 (d->flags & DESC_READ_ONLY ? SEGMENT_TLS_READ_ONLY : 0) |
			 (d->flags & DESC_USEABLE ? SEGMENT_TLS_MARKED : 0);
	return segment_make_tls(tls, process_running->aspace->segment.base + d->base_addr, d->limit,
				flags);
}

long sys_set_thread_area(const struct syscall_args *args)
{
	struct process *p = process_running;
	struct user_desc d;
	struct segment_tls tls;
	if (syscall_read_user(&d, args->a[0], sizeof(d)) != 0)
		return -EFAULT;
	int error = tls_make(&d, &tls);
	if (error)
		return error;
	long number = tls_choose(p, d.entry_number);
	if (number < 0)
		return number;
	uint32_t chosen = (uint32_t)number;
	if (d.entry_number == UINT32_MAX &&
	    syscall_write_user(args->a[0], &chosen, sizeof(chosen)) != 0)
		return -EFAULT;
	p->cpu.tls[chosen - SEGMENT_TLS_FIRST] = tls;
	segment_set_tls(p->cpu.tls);
	return 0;
}

long sys_get_thread_area(const struct syscall_args *args)
{
	struct user_desc d;
	if (syscall_read_user(&d, args->a[0], sizeof(d)) != 0)
		return -EFAULT;
	if (d.entry_number - SEGMENT_TLS_FIRST >= SEGMENT_NTLS)
		return -EINVAL;
	const struct segment_tls *tls =
		&process_running->cpu.tls[d.entry_number - SEGMENT_TLS_FIRST];
	struct segment_tls_facts facts = segment_read_tls(tls);
	uint32_t origin = tls_is_free(tls) ? 0 : process_running->aspace->segment.base;
	d.base_addr = facts.base - origin;
	d.limit = facts.limit;
	d.flags = tls_is_free(tls) ? DESC_EMPTY
				   : DESC_32BIT |
				     (facts.flags & SEGMENT_TLS_MARKED ? DESC_USEABLE : 0) |
				     (facts.flags & SEGMENT_TLS_PAGES ? DESC_PAGES : 0) |
				     (facts.flags & SEGMENT_TLS_READ_ONLY ? DESC_READ_ONLY : 0);
	return syscall_write_user(args->a[0], &d, sizeof(d));
}

/* --- clone --- */

enum {
	CLONE_SIGNAL = 0xff, CLONE_VM = 0x100, CLONE_FS = 0x200, CLONE_FILES = 0x400,
	CLONE_SIGHAND = 0x800, CLONE_VFORK = 0x4000, CLONE_PARENT = 0x8000, CLONE_THREAD = 0x10000,
	CLONE_SYSVSEM = 0x40000, CLONE_SETTLS = 0x80000, CLONE_PARENT_SETTID = 0x100000,
	CLONE_CHILD_CLEARTID = 0x200000, CLONE_DETACHED = 0x400000, CLONE_UNTRACED = 0x800000,
	CLONE_CHILD_SETTID = 0x1000000,
};
#define CLONE_IO 0x80000000u

static bool clone_flags_ok(uint32_t flags)
{
	const uint32_t known = CLONE_SIGNAL | CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			       CLONE_VFORK | CLONE_PARENT | CLONE_THREAD | CLONE_SYSVSEM |
			       CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID |
			       CLONE_DETACHED | CLONE_UNTRACED | CLONE_CHILD_SETTID | CLONE_IO;
	if (flags & ~known)
		return false;
	if (flags & CLONE_THREAD && !(flags & CLONE_SIGHAND))
		return false;
	return !(flags & CLONE_SIGHAND) || flags & CLONE_VM;
}

/* The child's thread-local entries: the parent's, and one described at @from. */
static long clone_read_tls(uptr_t from, struct segment_tls tls[SEGMENT_NTLS])
{
	struct user_desc d;
	memcpy(tls, process_running->cpu.tls, SEGMENT_NTLS * sizeof(*tls));
	if (syscall_read_user(&d, from, sizeof(d)) != 0)
		return -EFAULT;
	if (d.entry_number - SEGMENT_TLS_FIRST >= SEGMENT_NTLS)
		return -EINVAL;
	return tls_make(&d, &tls[d.entry_number - SEGMENT_TLS_FIRST]);
}

/* clone(flags, stack, parent_tid, tls, child_tid) */
long sys_clone(const struct syscall_args *args)
{
	uint32_t flags = args->a[0];
	struct segment_tls tls[SEGMENT_NTLS];
	if (!clone_flags_ok(flags) || (flags & CLONE_SIGNAL) > SIGNAL_MAX)
		return -EINVAL;
	long error = flags & CLONE_SETTLS ? clone_read_tls(args->a[3], tls) : 0;
	if (error)
		return error;
	struct fork_request request = {
		.wait = flags & CLONE_VFORK,
		.thread = flags & CLONE_THREAD,
		.share_memory = flags & CLONE_VM,
		.share_files = flags & CLONE_FILES,
		.share_actions = flags & CLONE_SIGHAND,
		.share_fs = flags & CLONE_FS,
		.share_parent = flags & CLONE_PARENT,
		.exit_signal = flags & CLONE_SIGNAL,
		.tls = flags & CLONE_SETTLS ? tls : NULL,
		.tls_base = process_running->aspace->segment.base,
		.stack = args->a[1],
		.set_child_tid = flags & CLONE_CHILD_SETTID ? args->a[4] : 0,
		.clear_child_tid = flags & CLONE_CHILD_CLEARTID ? args->a[4] : 0,
		.set_parent_tid = flags & CLONE_PARENT_SETTID ? args->a[2] : 0,
	};
	return process_fork(&request);
}

long sys_gettid(const struct syscall_args *args)
{
	(void)args;
	return process_running->pid;
}

long sys_set_tid_address(const struct syscall_args *args)
{
	process_running->words.clear_child_tid = args->a[0];
	return process_running->pid;
}

/* --- futexes --- */

enum {
	FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_REQUEUE = 3, FUTEX_CMP_REQUEUE = 4,
	FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET = 10, FUTEX_PRIVATE = 128,
	FUTEX_CLOCK_REALTIME = 256,
};

/* words: address, value, bits, private. A restart keeps the same timeout tick. */
static long futex_wait_again(struct process *p)
{
	long result = futex_sleep(&(struct futex_wait){
		.at = p->restart.words[0], .value = p->restart.words[1],
		.bits = p->restart.words[2], .private = p->restart.words[3],
		.wake = p->restart.wake,
	});
	if (result == -ERESTARTSYS && p->restart.wake != TIMESPEC_NEVER)
		return -ERESTART_RESTARTBLOCK;
	return result;
}

/* WAIT's time is relative, WAIT_BITSET's absolute. */
static long futex_read_wake(const struct syscall_args *args, enum timespec_form form,
			    uint64_t *wake)
{
	struct clock_time at;
	bool bitset = (args->a[1] & 127) == FUTEX_WAIT_BITSET;
	if (!bitset || !args->a[3])
		return timespec_read_wait(args->a[3], form, wake);
	long error = timespec_read(args->a[3], form, &at);
	if (!error)
		*wake = clock_tick_at(args->a[1] & FUTEX_CLOCK_REALTIME ? 0 : 1, at);
	return error;
}

static long futex_wait(const struct syscall_args *args, uint32_t bits, enum timespec_form form)
{
	struct process *p = process_running;
	uint64_t wake;
	long error = futex_read_wake(args, form, &wake);
	if (error)
		return error;
	if (bits == 0)
		return -EINVAL;
	p->restart.again = futex_wait_again;
	p->restart.wake = wake;
	p->restart.words[0] = args->a[0];
	p->restart.words[1] = args->a[2];
	p->restart.words[2] = bits;
	p->restart.words[3] = args->a[1] & FUTEX_PRIVATE;
	return futex_wait_again(p);
}

/* futex(word, operation, value, time or second value, second word, third value) */
static long futex_call(const struct syscall_args *args, enum timespec_form form)
{
	const uint32_t *a = args->a;
	bool private = a[1] & FUTEX_PRIVATE;
	uint32_t count = MIN(a[2], (uint32_t)INT32_MAX), all = (uint32_t)FUTEX_ALL_BITS;
	switch (a[1] & 127) {
	case FUTEX_WAIT:
		return futex_wait(args, all, form);
	case FUTEX_WAIT_BITSET:
		return futex_wait(args, a[5], form);
	case FUTEX_WAKE:
		return futex_wake(a[0], private, MAX(count, 1u), all);
	case FUTEX_WAKE_BITSET:
		return a[5] ? futex_wake(a[0], private, MAX(count, 1u), a[5]) : -EINVAL;
	case FUTEX_REQUEUE:
	case FUTEX_CMP_REQUEUE:
		if ((int32_t)a[2] < 0 || (int32_t)a[3] < 0)
			return -EINVAL;
		return futex_requeue(a[0], a[4], private, a[2], a[3],
				     (a[1] & 127) == FUTEX_CMP_REQUEUE ? &a[5] : NULL);
	}
	return -ENOSYS;
}

long sys_futex(const struct syscall_args *args)
{
	return futex_call(args, TIMESPEC_32);
}

long sys_futex_time64(const struct syscall_args *args)
{
	return futex_call(args, TIMESPEC_64);
}

enum { ROBUST_HEAD_BYTES = 12 };

long sys_set_robust_list(const struct syscall_args *args)
{
	if (args->a[1] != ROBUST_HEAD_BYTES)
		return -EINVAL;
	process_running->words.robust_list = args->a[0];
	return 0;
}

/* get_robust_list(thread, &head, &size) */
long sys_get_robust_list(const struct syscall_args *args)
{
	struct process *p = args->a[0] ? process_find((int)args->a[0]) : process_running;
	uint32_t size = ROBUST_HEAD_BYTES;
	if (!p)
		return -ESRCH;
	if (syscall_write_user(args->a[2], &size, sizeof(size)) != 0)
		return -EFAULT;
	return syscall_write_user(args->a[1], &p->words.robust_list, sizeof(p->words.robust_list));
}

/* --- scheduling: one CPU, one class, all equal --- */

long sys_sched_yield(const struct syscall_args *args)
{
	(void)args;
	sched_yield_now();
	return 0;
}

static bool sched_names_thread(uint32_t pid)
{
	return pid == 0 || process_find((int)pid);
}

/* sched_getaffinity(pid, bytes, mask): how many bytes were written. */
long sys_sched_getaffinity(const struct syscall_args *args)
{
	uint32_t mask = 1;
	if (args->a[1] < sizeof(mask) || args->a[1] % sizeof(mask))
		return -EINVAL;
	if (!sched_names_thread(args->a[0]))
		return -ESRCH;
	int error = syscall_write_user(args->a[2], &mask, sizeof(mask));
	return error ? error : (long)sizeof(mask);
}

long sys_sched_setaffinity(const struct syscall_args *args)
{
	uint32_t mask = 0;
	size_t bytes = MIN(args->a[1], sizeof(mask));
	if (syscall_read_user(&mask, args->a[2], bytes) != 0)
		return -EFAULT;
	if (!sched_names_thread(args->a[0]))
		return -ESRCH;
	return mask & 1 ? 0 : -EINVAL;
}

enum { SCHED_OTHER = 0, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE = 5 };

/* setscheduler(pid, class, priority): accepted and ignored. */
long sys_sched_setscheduler(const struct syscall_args *args)
{
	if ((int)args->a[0] < 0 || !args->a[2])
		return -EINVAL;
	return sched_names_thread(args->a[0]) ? 0 : -ESRCH;
}

long sys_sched_getscheduler(const struct syscall_args *args)
{
	if ((int)args->a[0] < 0)
		return -EINVAL;
	return sched_names_thread(args->a[0]) ? SCHED_OTHER : -ESRCH;
}

long sys_sched_setparam(const struct syscall_args *args)
{
	uint32_t priority;
	if ((int)args->a[0] < 0 || !args->a[1])
		return -EINVAL;
	if (syscall_read_user(&priority, args->a[1], sizeof(priority)) != 0)
		return -EFAULT;
	if (!sched_names_thread(args->a[0]))
		return -ESRCH;
	return priority == 0 ? 0 : -EINVAL;
}

long sys_sched_getparam(const struct syscall_args *args)
{
	uint32_t priority = 0;
	if ((int)args->a[0] < 0 || !args->a[1])
		return -EINVAL;
	if (!sched_names_thread(args->a[0]))
		return -ESRCH;
	return syscall_write_user(args->a[1], &priority, sizeof(priority));
}

static long sched_priority(uint32_t class, long of_real_time)
{
	if (class == SCHED_FIFO || class == SCHED_RR)
		return of_real_time;
	return class == SCHED_OTHER || class == SCHED_BATCH || class == SCHED_IDLE ? 0 : -EINVAL;
}

long sys_sched_get_priority_max(const struct syscall_args *args)
{
	return sched_priority(args->a[0], 99);
}

long sys_sched_get_priority_min(const struct syscall_args *args)
{
	return sched_priority(args->a[0], 1);
}

long sys_sched_rr_get_interval(const struct syscall_args *args)
{
	if ((int)args->a[0] < 0)
		return -EINVAL;
	if (!sched_names_thread(args->a[0]))
		return -ESRCH;
	return timespec_write(args->a[1], TIMESPEC_32, timespec_of_ticks(SCHED_QUANTUM_TICKS));
}

/* getpriority returns 20 - nice. */
long sys_getpriority(const struct syscall_args *args)
{
	return args->a[0] <= 2 ? 20 : -EINVAL;
}

long sys_setpriority(const struct syscall_args *args)
{
	return args->a[0] <= 2 ? 0 : -EINVAL;
}

/* getcpu(&cpu, &node) */
long sys_getcpu(const struct syscall_args *args)
{
	uint32_t zero = 0;
	for (int i = 0; i < 2; i++)
		if (args->a[i] && syscall_write_user(args->a[i], &zero, sizeof(zero)) != 0)
			return -EFAULT;
	return 0;
}

/*
 * System calls that wait for several files: poll, select and their kin.
 *
 * The request stays in the program's memory: each check rereads it, and only the last one writes
 * results, so no buffer is needed, however many files are polled.
 */
#include "kernel/fs/file.h"
#include "kernel/fs/poll.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "kernel/proc/timespec.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"

/* Linux's struct pollfd. */
struct poll_entry {
	int32_t fd;
	int16_t events, revents;
};

/* --- poll --- */

static unsigned poll_entry_ready(const struct poll_entry *e)
{
	if (e->fd < 0)
		return 0;
	struct file *f = files_find(process_running->fs.files, (uint32_t)e->fd);
	if (!f)
		return POLL_NVAL;
	return poll_file(f) & ((uint16_t)e->events | POLL_ERR | POLL_HUP);
}

/* How many of the @n entries are ready; @answer: store each result. */
static long poll_look(uptr_t entries, uint32_t n, bool answer)
{
	long ready = 0;
	for (uint32_t i = 0; i < n; i++) {
		struct poll_entry e;
		uptr_t at = entries + i * sizeof(e);
		if (syscall_read_user(&e, at, sizeof(e)) != 0)
			return -EFAULT;
		e.revents = (int16_t)poll_entry_ready(&e);
		ready += e.revents != 0;
		uptr_t to = at + offsetof(struct poll_entry, revents);
		if (answer && syscall_write_user(to, &e.revents, sizeof(e.revents)) != 0)
			return -EFAULT;
	}
	return ready;
}

/* -ERESTARTSYS when a signal ends it. */
static long poll_until(uptr_t entries, uint32_t n, uint64_t wake)
{
	if (n > FILES_MAX)
		return -EINVAL;
	for (;;) {
		long ready = poll_look(entries, n, false);
		bool over = sched_ticks() >= wake;
		if (ready > 0 || over)
			ready = poll_look(entries, n, true);
		if (ready != 0 || over)
			return ready;
		int error = poll_sleep(wake);
		if (error)
			return error;
	}
}

static long poll_again(struct process *p)
{
	long result = poll_until(p->restart.words[0], p->restart.words[1], p->restart.wake);
	return result == -ERESTARTSYS ? -ERESTART_RESTARTBLOCK : result;
}

/* poll(entries, n, milliseconds) */
long sys_poll(const struct syscall_args *args)
{
	struct process *p = process_running;
	int32_t ms = (int32_t)args->a[2];
	struct clock_time wait = { (uint32_t)ms / 1000, (uint32_t)ms % 1000 * 1000000 };
	p->restart.again = poll_again;
	p->restart.wake = ms < 0 ? TIMESPEC_NEVER : clock_tick_after(wait);
	p->restart.words[0] = args->a[0];
	p->restart.words[1] = args->a[1];
	return poll_again(p);
}

/* --- masks and times of ppoll and pselect --- */

/* Block the signals of the mask at @mask for the duration of the call. 0: no change. */
static long poll_begin(uptr_t mask, uint32_t size)
{
	uint64_t set;
	if (!mask)
		return 0;
	if (size != sizeof(set))
		return -EINVAL;
	if (syscall_read_user(&set, mask, sizeof(set)) != 0)
		return -EFAULT;
	signal_set_mask_for_call(set);
	return 0;
}

/* Store the remaining time at @time; restore the mask unless a handler will run. */
static long poll_end(long result, uptr_t time, enum timespec_form form, uint64_t wake)
{
	if (result == -ERESTARTSYS)
		result = -ERESTARTNOHAND;
	else
		signal_restore_mask();
	if (time && timespec_write(time, form, timespec_until(wake)) != 0 &&
	    result == -ERESTARTNOHAND)
		return -EINTR; /* a restart would wait the full time again */
	return result;
}

/* ppoll(entries, n, time, mask, size) */
static long poll_masked(const struct syscall_args *args, enum timespec_form form)
{
	uint64_t wake;
	long error = timespec_read_wait(args->a[2], form, &wake);
	if (!error)
		error = poll_begin(args->a[3], args->a[4]);
	if (error)
		return error;
	return poll_end(poll_until(args->a[0], args->a[1], wake), args->a[2], form, wake);
}

long sys_ppoll(const struct syscall_args *args)
{
	return poll_masked(args, TIMESPEC_32);
}

long sys_ppoll_time64(const struct syscall_args *args)
{
	return poll_masked(args, TIMESPEC_64);
}

/* --- select --- */

enum { SELECT_SETS = 3, SELECT_WORD = 32 };

/* Which of select's sets an event belongs to: to read, to write, exceptional. */
static const unsigned select_events[SELECT_SETS] = {
	POLL_IN | POLL_RDNORM | POLL_RDBAND | POLL_HUP | POLL_ERR,
	POLL_OUT | POLL_WRNORM | POLL_WRBAND | POLL_ERR,
	POLL_PRI,
};

struct select_request {
	uint32_t n;		   /* descriptors below it */
	uptr_t sets[SELECT_SETS]; /* 0: nothing asked */
};

/* Descriptors from @first on: keep those set in @words that are ready. Returns how many. */
static long select_look_word(uint32_t first, uint32_t words[SELECT_SETS])
{
	uint32_t ready[SELECT_SETS] = { 0 };
	long count = 0;
	for (uint32_t bit = 0; bit < SELECT_WORD; bit++) {
		uint32_t mask = 1u << bit;
		if (!((words[0] | words[1] | words[2]) & mask))
			continue;
		struct file *f = files_find(process_running->fs.files, first + bit);
		if (!f)
			return -EBADF;
		unsigned events = poll_file(f);
		for (unsigned s = 0; s < SELECT_SETS; s++) {
			if (!(words[s] & mask) || !(events & select_events[s]))
				continue;
			ready[s] |= mask;
			count++;
		}
	}
	for (unsigned s = 0; s < SELECT_SETS; s++)
		words[s] = ready[s];
	return count;
}

/* How many are ready in all sets; @answer: keep only those set. */
static long select_look(const struct select_request *r, bool answer)
{
	long ready = 0;
	for (uint32_t first = 0; first < r->n; first += SELECT_WORD) {
		uint32_t words[SELECT_SETS] = { 0 }, at = first / SELECT_WORD * 4;
		uint32_t below = r->n - first < SELECT_WORD ? (1u << (r->n - first)) - 1
							    : UINT32_MAX;
		for (unsigned s = 0; s < SELECT_SETS; s++) {
			if (r->sets[s] && syscall_read_user(&words[s], r->sets[s] + at, 4) != 0)
				return -EFAULT;
			words[s] &= below;
		}
		long found = select_look_word(first, words);
		if (found < 0)
			return found;
		ready += found;
		for (unsigned s = 0; answer && s < SELECT_SETS; s++)
			if (r->sets[s] && syscall_write_user(r->sets[s] + at, &words[s], 4) != 0)
				return -EFAULT;
	}
	return ready;
}

static long select_until(const struct select_request *r, uint64_t wake)
{
	for (;;) {
		long ready = select_look(r, false);
		bool over = sched_ticks() >= wake;
		if (ready > 0 || (ready == 0 && over))
			ready = select_look(r, true);
		if (ready != 0 || over)
			return ready;
		int error = poll_sleep(wake);
		if (error)
			return error;
	}
}

static long select_request(const struct syscall_args *args, struct select_request *r)
{
	if ((int32_t)args->a[0] < 0)
		return -EINVAL;
	*r = (struct select_request){
		.n = MIN(args->a[0], (uint32_t)FILES_MAX),
		.sets = { args->a[1], args->a[2], args->a[3] },
	};
	return 0;
}

/* pselect6(n, read, write, exceptional, time, &{ mask, size }) */
static long select_masked(const struct syscall_args *args, enum timespec_form form)
{
	struct select_request r;
	uint32_t mask[2] = { 0, 0 };
	uint64_t wake;
	if (args->a[5] && syscall_read_user(mask, args->a[5], sizeof(mask)) != 0)
		return -EFAULT;
	long error = timespec_read_wait(args->a[4], form, &wake);
	if (!error)
		error = select_request(args, &r);
	if (!error)
		error = poll_begin(mask[0], mask[1]);
	return error ? error : poll_end(select_until(&r, wake), args->a[4], form, wake);
}

long sys_pselect6(const struct syscall_args *args)
{
	return select_masked(args, TIMESPEC_32);
}

long sys_pselect6_time64(const struct syscall_args *args)
{
	return select_masked(args, TIMESPEC_64);
}

/* select(n, read, write, exceptional, timeval) */
long sys_select(const struct syscall_args *args)
{
	struct select_request r;
	int32_t time[2];
	uint64_t wake = TIMESPEC_NEVER;
	if (args->a[4]) {
		if (syscall_read_user(time, args->a[4], sizeof(time)) != 0)
			return -EFAULT;
		if (time[0] < 0 || time[1] < 0)
			return -EINVAL;
		wake = clock_tick_after((struct clock_time){
			(uint32_t)time[0] + (uint32_t)time[1] / US_PER_SECOND,
			(uint32_t)time[1] % US_PER_SECOND * 1000 });
	}
	long result = select_request(args, &r);
	if (result == 0)
		result = select_until(&r, wake);
	if (args->a[4]) {
		struct clock_time left = timespec_until(wake);
		int32_t rest[2] = { (int32_t)left.seconds, (int32_t)(left.nanoseconds / 1000) };
		if (syscall_write_user(args->a[4], rest, sizeof(rest)) != 0 &&
		    result == -ERESTARTSYS)
			return -EINTR;
	}
	return result == -ERESTARTSYS ? -ERESTARTNOHAND : result;
}

/* The oldest form: the arguments are in memory. */
long sys_old_select(const struct syscall_args *args)
{
	struct syscall_args real = { .a = { 0 } };
	if (syscall_read_user(real.a, args->a[0], 5 * sizeof(uint32_t)) != 0)
		return -EFAULT;
	return sys_select(&real);
}

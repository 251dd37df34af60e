/*
 * Futexes: sleeping on a word of user memory.
 *
 * A program's lock is a word that it changes by itself as long as nobody has to wait. Only on
 * contention does it call us: sleep if the word still has this value; wake those who sleep on that
 * word. There is no setup and nothing remains: a sleeper is a record on its own kernel stack, in a
 * hash table keyed by the word's place.
 *
 * The place is the address in the address space. For a word in shared memory, which may lie
 * elsewhere in every process, it is the object and the offset in it. A "private" futex saves
 * looking up the area.
 *
 * Checking the word and falling asleep must be atomic with respect to wakers. They are: the read
 * may fault and sleep, but after it nobody else runs in the kernel until we sleep.
 *
 * A robust list is a thread's list of the locks it holds, in its own memory. When it exits they are
 * marked (OWNER_DIED), and their waiters are woken. The list may be garbage or circular: each step
 * is checked, and their number is bounded.
 *
 * Always true
 *   [futex.1]  a record is in the table exactly while its thread sleeps in futex_sleep or has just
 *       been woken by something other than futex_wake
 *   [futex.2]  it is in the bucket of its key, and its mark "woken" is not set
 * Left out: priority inheritance, FUTEX_WAKE_OP.
 * Source: Franke, Russell, Kirkwood, "Fuss, Futexes and Furwocks" (2002); futex(2);
 * get_robust_list(2).
 */
#include "kernel/proc/futex.h"

#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "mm/vma.h"

enum { FUTEX_BUCKETS = 64, FUTEX_ROBUST_MAX = 2048 };
enum { ETIMEDOUT = 110 };
enum { FUTEX_TID_MASK = 0x3fffffff, FUTEX_OWNER_DIED = 0x40000000 };
#define FUTEX_WAITERS 0x80000000u

struct futex_key {
	const void *space; /* struct aspace or struct object */
	uint32_t at;	   /* bytes in it */
};

struct futex_sleeper {
	struct list_node link;
	struct futex_key key;
	uint32_t bits;
	struct process *process;
	bool woken;
};

static struct list_node futex_table[FUTEX_BUCKETS];

static struct list_node *futex_bucket(struct futex_key key)
{
	uint32_t hash = ((uint32_t)key.space >> 4) * 31 + (key.at >> 2);
	struct list_node *bucket = &futex_table[hash % FUTEX_BUCKETS];
	if (!bucket->next)
		list_init(bucket);
	return bucket;
}

static bool futex_same(struct futex_key a, struct futex_key b)
{
	return a.space == b.space && a.at == b.at;
}

static int futex_find_key(uptr_t at, bool private, struct futex_key *key)
{
	struct aspace *as = process_running->aspace;
	vaddr_t va;
	if (at % sizeof(uint32_t))
		return -EINVAL;
	if (segment_to_linear(&as->segment, at, sizeof(uint32_t), &va) != 0)
		return -EFAULT;
	*key = (struct futex_key){ as, at };
	if (private)
		return 0;
	const struct vma *v = vma_find(&as->areas, at);
	if (!v)
		return -EFAULT;
	if (v->flags & VMA_SHARED)
		*key = (struct futex_key){ v->object, v->index * PAGE_SIZE + (at - v->start) };
	return 0;
}

long futex_sleep(const struct futex_wait *wait)
{
	struct process *p = process_running;
	struct futex_sleeper me = { .bits = wait->bits, .process = p };
	uint32_t value;
	int error = futex_find_key(wait->at, wait->private, &me.key);
	if (error)
		return error;
	if (user_read(p->aspace, &value, wait->at, sizeof(value)) != 0)
		return -EFAULT;
	if (value != wait->value)
		return -EAGAIN;
	list_push_back(futex_bucket(me.key), &me.link);
	while (!me.woken && sched_ticks() < wait->wake) {
		error = sched_sleep_until(NULL, wait->wake);
		if (error)
			break;
	}
	if (me.woken)
		return 0;
	ASSERT(list_node_linked(&me.link)); /* [futex.1] */
	list_remove(&me.link);
	return error ? error : -ETIMEDOUT;
}

static void futex_wake_one(struct futex_sleeper *s)
{
	ASSERT(!s->woken); /* [futex.2] */
	list_remove(&s->link);
	s->woken = true;
	sched_wake(s->process);
}

static uint32_t futex_wake_key(struct futex_key key, uint32_t n, uint32_t bits)
{
	uint32_t woken = 0;
	list_for_each_entry_safe(struct futex_sleeper, s, futex_bucket(key), link) {
		if (woken == n)
			break;
		if (!futex_same(s->key, key) || !(s->bits & bits))
			continue;
		futex_wake_one(s);
		woken++;
	}
	return woken;
}

long futex_wake(uptr_t at, bool private, uint32_t n, uint32_t bits)
{
	struct futex_key key;
	int error = futex_find_key(at, private, &key);
	return error ? error : (long)futex_wake_key(key, n, bits);
}

long futex_wake_word(uptr_t at, uint32_t n)
{
	long shared = futex_wake(at, false, n, (uint32_t)FUTEX_ALL_BITS);
	if (shared != 0)
		return shared;
	return futex_wake(at, true, n, (uint32_t)FUTEX_ALL_BITS);
}

long futex_requeue(uptr_t from, uptr_t to, bool private, uint32_t n, uint32_t moved,
		   const uint32_t *expected)
{
	struct futex_key key, target;
	uint32_t value, count = 0;
	int error = futex_find_key(from, private, &key);
	if (!error)
		error = futex_find_key(to, private, &target);
	if (error)
		return error;
	if (expected) {
		if (user_read(process_running->aspace, &value, from, sizeof(value)) != 0)
			return -EFAULT;
		if (value != *expected)
			return -EAGAIN;
	}
	uint32_t woken = futex_wake_key(key, n, (uint32_t)FUTEX_ALL_BITS);
	if (futex_same(key, target))
		return (long)woken;
	list_for_each_entry_safe(struct futex_sleeper, s, futex_bucket(key), link) {
		if (count == moved)
			break;
		if (!futex_same(s->key, key))
			continue;
		ASSERT(!s->woken); /* [futex.2] */
		list_remove(&s->link);
		s->key = target;
		list_push_back(futex_bucket(target), &s->link);
		count++;
	}
	return (long)(woken + count);
}

/* --- robust lists --- */

/* The lock word at @at, if @p holds it: mark its owner dead. False: no such memory. */
static bool futex_release_word(struct process *p, uptr_t at)
{
	uint32_t word;
	if (at % sizeof(word) || user_read(p->aspace, &word, at, sizeof(word)) != 0)
		return false;
	if ((word & FUTEX_TID_MASK) != (uint32_t)p->pid)
		return true;
	uint32_t free = (word & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
	if (user_write(p->aspace, at, &free, sizeof(free)) != 0)
		return false;
	if (word & FUTEX_WAITERS)
		(void)futex_wake_word(at, 1);
	return true;
}

/* Linux's struct robust_list_head. */
void futex_release_robust(struct process *p)
{
	struct {
		uint32_t first, offset, pending;
	} head;
	uptr_t list = p->words.robust_list;
	p->words.robust_list = 0;
	if (!list || user_read(p->aspace, &head, list, sizeof(head)) != 0)
		return;
	/* Bit 0 of a link marks another kind of lock. */
	uptr_t at = head.first & ~1u, pending = head.pending & ~1u;
	for (int steps = 0; at != list && steps < FUTEX_ROBUST_MAX; steps++) {
		uptr_t next;
		bool read = user_read(p->aspace, &next, at, sizeof(next)) == 0;
		if (at != pending && !futex_release_word(p, at + head.offset))
			return;
		if (!read)
			return;
		at = next & ~1u;
	}
	if (pending)
		(void)futex_release_word(p, pending + head.offset);
}

static void futex_check_bucket(const struct list_node *bucket)
{
	list_for_each_entry(const struct futex_sleeper, s, bucket, link) {
		ASSERT(!s->woken && futex_bucket(s->key) == bucket);		     /* [futex.2] */
		ASSERT(s->process->aspace != NULL && s->process != process_running); /* [futex.1] */
	}
}

void futex_check(void)
{
	for (unsigned i = 0; i < FUTEX_BUCKETS; i++)
		if (futex_table[i].next) /* else it was never used */
			futex_check_bucket(&futex_table[i]);
}

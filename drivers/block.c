/*
 * The disk's queue: who waits for a transfer, and until when.
 *
 * The swap area is a RAM disk: a page is there after some thousand instructions, all of them the
 * CPU's, and nobody else runs meanwhile. So too many processes only cost a few percent, where a
 * machine with a disk stands still. disk_delay=US gives the disk a service time: a page takes so
 * long, one request after the other, first come first served, and who asked for it sleeps while
 * others run.
 *
 * The disk is one, whatever lies on it: the swap area is a block device (ramdisk.c), the archives
 * that file pages are read from are another, whose pages their file system moves by itself
 * (block_wait). There is no arm: each page takes the same time. So a request's completion is known
 * when it arrives, and the disk is a clock:
 *
 *      done = max(arrival, done of the request before) + service time
 *
 * The next request is served from the moment the one before was done, not from the moment somebody
 * noticed. An interrupt that comes late, or work that is done late because the kernel was busy,
 * makes one sleeper late but never the disk. The clock is finer than a tick and interrupts at a
 * completion (drivers/pit.c), so a service of 200 microseconds takes 200.
 *
 * The bytes move when the time is over, in the context of the sleeper; the frame is marked BUSY and
 * pinned all the while by mm. With no service time, which is the default, and where there is no
 * process (boot, self-tests) a transfer takes no time and switches to nobody.
 *
 * Always true (block_check):
 *   [block.1]  requests lie in the queue in the order of their arrival, and so of completion
 *   [block.2]  each is done one service time after it arrived or after the one before it was done,
 *              whichever is later: the disk never idles while a request waits
 *   [block.3]  in_flight is the length of the queue
 *   [block.4]  while the queue is not empty the alarm is set for its first one's completion
 * Left out: sorting and merging requests (no arm, no seek), several disks, read-ahead; read(2) of
 * an archive's bytes, which no page cache keeps and which would take a page's time for each byte.
 * Source: the single-server queue of any text on queueing theory; the queue of Unix's disk drivers
 * (Bach, The Design of the UNIX Operating System, ch. 10), without the elevator.
 */
#include "drivers/block.h"

#include "kernel/base/sleep.h"
#include "lib/assert.h"
#include "lib/list.h"

enum { BLOCK_MICROS = 1000000 };

/* On the stack of who sleeps for it. */
struct block_request {
	struct list_node link;
	uint64_t arrived, start, done; /* it is served from @start to @done */
	uint8_t direction;
	bool over;
};

static struct list_node block_queue = LIST_HEAD_INIT(block_queue);
static struct block_figures block_figures;
static uint64_t block_marked;	 /* time up to here is in the figures */
static uint64_t block_free_at;	 /* everything asked for so far is done then */
static uint32_t block_micros;	 /* service time; 0: none */
static uint64_t block_owed;	 /* of a service time: what is less than the clock's unit, * 10^6 */
static const struct block_clock *block_clock;
static void (*block_begin)(const struct block_device *dev);
static void (*block_end)(void);

void block_set_service(uint32_t micros, const struct block_clock *clock)
{
	ASSERT(list_empty(&block_queue));
	block_micros = micros;
	block_clock = clock;
	block_owed = 0;
}

void block_set_watch(void (*begin)(const struct block_device *dev), void (*end)(void))
{
	block_begin = begin;
	block_end = end;
}

/* The service time in whole units of the clock; what is left counts for the next one. */
static uint64_t block_service(void)
{
	block_owed += (uint64_t)block_micros * block_clock->hz;
	uint64_t units = block_owed / BLOCK_MICROS;
	block_owed -= units * BLOCK_MICROS;
	return units;
}

/* The figures up to @now, under the number of requests that held until then. */
static void block_account(uint64_t now)
{
	uint64_t units = now > block_marked ? now - block_marked : 0;
	block_marked += units;
	if (block_figures.in_flight == 0)
		return;
	block_figures.busy += units;
	block_figures.weighted += units * block_figures.in_flight;
}

static struct block_request *block_first(void)
{
	if (list_empty(&block_queue))
		return NULL;
	return list_entry(block_queue.next, struct block_request, link);
}

/* In the figures a request ends when the disk was done, not when somebody noticed. */
static void block_complete(struct block_request *r)
{
	block_account(r->done);
	list_remove(&r->link);
	block_figures.in_flight--;
	block_figures.completed[r->direction]++;
	block_figures.waited[r->direction] += r->done - r->arrived;
	r->over = true;
	sleep_wake(r);
}

void block_work(void)
{
	if (list_empty(&block_queue))
		return;
	uint64_t now = block_clock->now();
	struct block_request *r = block_first();
	for (; r != NULL && r->done <= now; r = block_first())
		block_complete(r);
	if (r != NULL)
		block_clock->alarm(r->done); /* [block.4] */
}

static void block_arrive(struct block_request *r, enum block_direction direction)
{
	block_work(); /* who is done is not in its way, nor in the figures */
	r->arrived = block_clock->now();
	r->direction = direction;
	r->over = false;
	block_account(r->arrived);
	r->start = MAX(block_free_at, r->arrived); /* [block.2] */
	r->done = r->start + block_service();
	block_free_at = r->done;
	bool first = list_empty(&block_queue);
	list_push_back(&block_queue, &r->link);
	block_figures.in_flight++;
	if (first)
		block_clock->alarm(r->done);
}

void block_wait(const struct block_device *dev, enum block_direction direction)
{
	if (block_micros == 0 || !sleep_possible()) {
		block_figures.completed[direction]++;
		return;
	}
	struct block_request r;
	block_arrive(&r, direction);
	if (block_begin != NULL)
		block_begin(dev);
	while (!r.over)
		sleep_on(&r);
	if (block_end != NULL)
		block_end();
}

int block_read(struct block_device *dev, uint32_t number, void *page)
{
	ASSERT(number < dev->npages);
	block_wait(dev, BLOCK_READ);
	return dev->read(dev, number, page);
}

int block_write(struct block_device *dev, uint32_t number, const void *page)
{
	ASSERT(number < dev->npages);
	block_wait(dev, BLOCK_WRITE);
	return dev->write(dev, number, page);
}

struct block_figures block_read_figures(void)
{
	block_work();
	if (!list_empty(&block_queue))
		block_account(block_clock->now());
	return block_figures;
}

uint64_t block_millis(uint64_t units)
{
	return units == 0 ? 0 : units * 1000 / block_clock->hz;
}

void block_check(void)
{
	uint32_t n = 0;
	uint64_t before = 0;
	list_for_each_entry(const struct block_request, r, &block_queue, link) {
		ASSERT(!r->over && r->start <= r->done && before <= r->done); /* [block.1] */
		ASSERT(n == 0 ? r->start >= r->arrived
			      : r->start == MAX(before, r->arrived)); /* [block.2] */
		before = r->done;
		n++;
	}
	ASSERT(n == block_figures.in_flight);	 /* [block.3] */
	ASSERT(n == 0 || before == block_free_at); /* [block.2] */
}

/*
 * The disk's queue, with a clock of the test's own and sleepers that are functions: while one
 * sleeps, others ask for transfers and time passes.
 */
#include <string.h>

#include "drivers/block.h"
#include "kernel/base/sleep.h"
#include "lib/errno.h"
#include "tests/host/sim.h"
#include "tests/host/test.h"

enum { HZ = 1000000, SERVICE = 200, MANY = 200 };

static uint64_t clock_time, clock_alarm = UINT64_MAX;
static unsigned order[MANY], ended; /* who was served as which */
static unsigned others;		    /* still to come in other's sleep */
static uint64_t ends[MANY];
static void (*while_asleep)(void);
static bool has_process = true;
static uint32_t late; /* how long after its time an alarm is noticed */
static unsigned begun, over;
static const struct block_device disk = { .name = "test" };

static uint64_t now(void)
{
	return clock_time;
}

static void set_alarm(uint64_t at)
{
	clock_alarm = at;
}

static const struct block_clock clock = { HZ, now, set_alarm };

static bool possible(void)
{
	return has_process;
}

/* Others run; then the disk's interrupt comes. */
static int sleep(const void *channel, bool killable)
{
	(void)channel, (void)killable;
	if (while_asleep != NULL)
		while_asleep();
	block_check();
	if (clock_alarm == UINT64_MAX)
		return 0; /* who slept deeper has had it */
	clock_time = MAX(clock_time, clock_alarm + late);
	clock_alarm = UINT64_MAX;
	block_work();
	block_check();
	return 0;
}

static void wake(const void *channel)
{
	(void)channel;
}

static void sleep_begins(const struct block_device *dev)
{
	CHECK(dev == &disk);
	begun++;
}

static void sleep_ends(void)
{
	over++;
}

static void start(uint32_t micros)
{
	static const struct sleep_ops ops = { possible, sleep, wake };
	sleep_set_ops(&ops);
	block_set_watch(sleep_begins, sleep_ends);
	block_set_service(micros, &clock);
}

TEST(without_a_service_time_nobody_sleeps)
{
	start(0);
	struct sim_disk *d = sim_disk_create(4);
	static char page[4096], back[4096];
	memset(page, 7, sizeof(page));
	CHECK_EQ(block_write(&d->dev, 2, page), 0);
	CHECK_EQ(block_read(&d->dev, 2, back), 0);
	CHECK_EQ(memcmp(page, back, sizeof(page)), 0);
	struct block_figures f = block_read_figures();
	CHECK_EQ(f.completed[BLOCK_READ], 1);
	CHECK_EQ(f.completed[BLOCK_WRITE], 1);
	CHECK_EQ(f.busy + f.weighted + f.waited[BLOCK_READ] + f.waited[BLOCK_WRITE], 0);
	CHECK_EQ(begun, 0);
}

TEST(without_a_process_nobody_sleeps)
{
	start(SERVICE);
	has_process = false;
	block_wait(&disk, BLOCK_READ);
	CHECK_EQ(begun, 0);
	CHECK_EQ(block_read_figures().completed[BLOCK_READ], 1);
}

TEST(an_error_of_the_device_is_reported)
{
	start(SERVICE);
	struct sim_disk *d = sim_disk_create(4);
	static char page[4096];
	block_set_watch(NULL, NULL);
	d->fail_read = 0;
	CHECK_EQ(block_read(&d->dev, 1, page), -EIO);
	CHECK_EQ(block_read_figures().completed[BLOCK_READ], 1);
	CHECK_PANIC("number < dev->npages", CHECK_EQ(block_read(&d->dev, 4, page), 0));
}

TEST(one_who_waits_alone_waits_one_service_time)
{
	start(SERVICE);
	for (unsigned i = 1; i <= 3; i++) {
		block_wait(&disk, BLOCK_READ);
		CHECK_EQ(clock_time, i * SERVICE);
		CHECK_EQ(begun, i);
		CHECK_EQ(over, i);
	}
	clock_time += 1000; /* idle */
	block_wait(&disk, BLOCK_WRITE);
	struct block_figures f = block_read_figures();
	CHECK_EQ(f.busy, 4 * SERVICE);
	CHECK_EQ(f.weighted, 4 * SERVICE);
	CHECK_EQ(f.waited[BLOCK_READ], 3 * SERVICE);
	CHECK_EQ(f.waited[BLOCK_WRITE], SERVICE);
	CHECK_EQ(block_millis(f.busy), 4 * SERVICE / 1000);
	CHECK_EQ(f.in_flight, 0);
}

/* Another process comes while the one before it sleeps, @gap later. */
static uint32_t gap;

static void request(void)
{
	unsigned me = MANY - 1 - others;
	clock_time += gap;
	block_wait(&disk, me % 2 ? BLOCK_WRITE : BLOCK_READ);
	order[me] = ended;
	ends[me] = clock_time;
	ended++;
}

static void another(void)
{
	if (others == 0)
		return;
	others--;
	request();
}

/*
 * All ask before the first is served. Who sleeps last is asked first here, as sleepers are calls in
 * calls; so what is looked at is when each transfer was over, not when its sleeper returned.
 */
static void crowd(unsigned n)
{
	others = n - 1;
	while_asleep = another;
	request();
	while_asleep = NULL;
	CHECK_EQ(ended, n);
}

TEST(a_crowd_takes_the_sum_of_its_service_times)
{
	start(SERVICE);
	crowd(50);
	CHECK_EQ(clock_time, 50 * SERVICE);
	struct block_figures f = block_read_figures();
	CHECK_EQ(f.busy, 50 * SERVICE);
	CHECK_EQ(f.weighted, SERVICE * 50 * 51 / 2);
	CHECK_EQ(f.waited[BLOCK_READ] + f.waited[BLOCK_WRITE], f.weighted);
	CHECK_EQ(f.completed[BLOCK_READ] + f.completed[BLOCK_WRITE], 50);
}

TEST(late_work_makes_sleepers_late_and_not_the_disk)
{
	start(SERVICE);
	late = 7 * SERVICE + 13;
	crowd(50);
	CHECK(clock_time >= 50 * SERVICE && clock_time <= 50 * SERVICE + late);
	CHECK_EQ(block_read_figures().busy, 50 * SERVICE);
}

TEST(the_disk_never_idles_while_a_request_waits)
{
	start(SERVICE);
	for (gap = 0; gap < 2 * SERVICE; gap += 37) {
		uint64_t busy = block_read_figures().busy;
		ended = 0;
		crowd(40);
		/* block_check has looked at each sleep; and all of it is service. */
		CHECK_EQ(block_read_figures().busy - busy, 40 * SERVICE);
		CHECK_EQ(block_read_figures().in_flight, 0);
	}
}

static uint64_t seen_done;

/* An alarm is for the first one: each sees the clock at its own completion, in order. */
static void look_at_figures(void)
{
	struct block_figures f = block_read_figures();
	CHECK(f.busy >= seen_done);
	seen_done = f.busy;
	another();
}

TEST(figures_can_be_read_at_any_time)
{
	start(SERVICE);
	gap = 30;
	others = 19;
	while_asleep = look_at_figures;
	request();
	CHECK_EQ(block_read_figures().busy, 20 * SERVICE);
	CHECK_EQ(block_read_figures().in_flight, 0);
}

TEST(parts_of_the_clocks_unit_are_owed)
{
	static const struct block_clock coarse = { 1193182, now, set_alarm };
	start(0);
	block_set_service(SERVICE, &coarse);
	for (unsigned i = 0; i < 5000; i++)
		block_wait(&disk, BLOCK_READ);
	CHECK_EQ(clock_time, 1193182); /* 5,000 * 200 us: a second */
	block_set_service(1, &coarse);
	for (unsigned i = 0; i < 500000; i++)
		block_wait(&disk, BLOCK_READ);
	CHECK_EQ(clock_time, 1193182 + 1193182 / 2);
}

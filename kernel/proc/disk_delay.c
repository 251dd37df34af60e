/*
 * The time a disk would take.
 *
 * The swap area is a RAM disk: a page is back after some thousand instructions, all of them the
 * CPU's, and no other process runs meanwhile. So too many processes only cost a few percent, where
 * a machine with a disk stands still. disk_delay=US gives the disk its time back: one disk, one
 * request after the other, US microseconds for each page read from or written to swap or read from
 * a file.
 *
 * The data moves at once, as always; it is the process that waits afterwards, at the end of the
 * fault, on its way back to user mode, when it holds nothing. Others run meanwhile, and may take
 * its page away again: that is thrashing. A process waits until the disk has done all that was
 * asked of it up to now, its own request being the last. Sleep is in ticks of 10 ms, so what is
 * less is not waited for but stays the disk's debt; on average the disk is exactly as slow as it
 * should be.
 *
 * Left out: the order of requests (no arm, no seek), and overlapping writes with reads. What system
 * calls make the disk do, the next fault waits for.
 */
#include "kernel/proc/disk_delay.h"

#include "kernel/proc/account.h"
#include "kernel/proc/sched.h"
#include "kernel/watch/pressure.h"
#include "kernel/x86/cpu.h"
#include "mm/mmstat.h"

enum { MICROS_PER_TICK = 1000000 / SCHED_HZ };

static uint32_t disk_delay_micros;
static uint32_t disk_pages_seen;
static uint64_t disk_free_at; /* time stamp: all requests up to now are done */

void disk_delay_init(uint32_t micros)
{
	disk_delay_micros = micros;
}

static uint32_t disk_pages(void)
{
	return mmstat_read(swap_ins) + mmstat_read(swap_outs) + mmstat_read(file_ins);
}

/* New requests join the queue; returns how many ticks from now the last one is done. */
static uint64_t disk_queue(void)
{
	uint64_t now = cpu_tsc(), per_tick = account_units_per_tick();
	uint32_t pages = disk_pages(), asked = pages - disk_pages_seen;
	disk_pages_seen = pages;
	if (asked == 0)
		return 0;
	disk_free_at = MAX(disk_free_at, now);
	disk_free_at += (uint64_t)asked * disk_delay_micros * per_tick / MICROS_PER_TICK;
	return (disk_free_at - now) / per_tick;
}

void disk_delay_wait(void)
{
	if (disk_delay_micros == 0)
		return;
	uint64_t ticks = disk_queue();
	if (ticks == 0)
		return;
	pressure_disk_begin();
	int interrupted = sched_sleep_until(NULL, sched_ticks() + ticks);
	(void)interrupted; /* the page is there anyway */
	pressure_disk_end();
}

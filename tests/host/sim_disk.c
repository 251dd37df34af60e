/* The simulated block device: pages in memory, reads and writes that fail or sleep on demand. */
#include <stdlib.h>
#include <string.h>

#include "kernel/base/panic.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "tests/host/sim.h"
#include "tests/host/sim_process.h"

static bool asleep; /* inside while_asleep */

/* Counts down to the n-th operation; true: this one fails. */
static bool disk_fails(struct sim_disk *disk, int *nth)
{
	if (*nth > 0) {
		(*nth)--;
		return false;
	}
	if (*nth < 0)
		return false;
	if (disk->fail_count > 1)
		disk->fail_count--;
	else
		*nth = -1;
	return true;
}

static void disk_sleep(struct sim_disk *disk, uint32_t page, bool write)
{
	if (sim_process_runs())
		sim_process_transfer();
	if (!disk->while_asleep || asleep)
		return;
	struct aspace *was = sim_current();
	asleep = true;
	disk->while_asleep(disk, page, write);
	asleep = false;
	sim_use(was);
}

static int disk_read(struct block_device *dev, uint32_t number, void *page)
{
	struct sim_disk *disk = container_of(dev, struct sim_disk, dev);
	ASSERT(number < dev->npages);
	disk->reads++;
	disk_sleep(disk, number, false);
	if (disk_fails(disk, &disk->fail_read))
		return -EIO;
	memcpy(page, disk->bytes + (size_t)number * PAGE_SIZE, PAGE_SIZE);
	return 0;
}

static int disk_write(struct block_device *dev, uint32_t number, const void *page)
{
	struct sim_disk *disk = container_of(dev, struct sim_disk, dev);
	ASSERT(number < dev->npages);
	disk->writes++;
	/* Half before and half after the sleep: who changes the page meanwhile is seen. */
	unsigned char *to = disk->bytes + (size_t)number * PAGE_SIZE;
	memcpy(to, page, PAGE_SIZE / 2);
	disk_sleep(disk, number, true);
	if (disk_fails(disk, &disk->fail_write)) {
		memset(to, 0xdb, PAGE_SIZE);
		return -EIO;
	}
	memcpy(to + PAGE_SIZE / 2, (const char *)page + PAGE_SIZE / 2, PAGE_SIZE / 2);
	return 0;
}

struct sim_disk *sim_disk_create(uint32_t npages)
{
	struct sim_disk *disk = calloc(1, sizeof(*disk));
	unsigned char *bytes = calloc(npages, PAGE_SIZE);
	if (!disk || !bytes)
		panic("sim: no memory on the host for a disk of %u pages", npages);
	disk->dev = (struct block_device){ "simdisk", npages, disk_read, disk_write };
	disk->bytes = bytes;
	disk->fail_read = -1;
	disk->fail_write = -1;
	return disk;
}

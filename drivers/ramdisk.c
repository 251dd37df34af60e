/*
 * A block device in a range of physical memory.
 *
 * The range was taken from the memory map at boot, so no frame lies in it. It may lie beyond the
 * direct map: pages are seen through windows, one at a time. Never sleeps, never fails.
 */
#include "drivers/ramdisk.h"

#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "mm/pmap.h"

static pfn_t ramdisk_first;

static int ramdisk_read(struct block_device *dev, uint32_t number, void *page)
{
	ASSERT(number < dev->npages);
	void *window = pmap_window(ramdisk_first + number);
	cpu_page_copy(page, window);
	pmap_window_done(window);
	return 0;
}

static int ramdisk_write(struct block_device *dev, uint32_t number, const void *page)
{
	ASSERT(number < dev->npages);
	void *window = pmap_window(ramdisk_first + number);
	cpu_page_copy(window, page);
	pmap_window_done(window);
	return 0;
}

struct block_device *ramdisk_init(paddr_t start, uint32_t npages)
{
	static struct block_device ramdisk = {
		.name = "ramdisk", .read = ramdisk_read, .write = ramdisk_write,
	};
	ramdisk_first = start >> PAGE_SHIFT;
	ramdisk.npages = npages;
	return &ramdisk;
}

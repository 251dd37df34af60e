/*
 * Reading reserved physical memory: archives and the standard input blob.
 *
 * They may lie anywhere below 4 GiB. What lies in the direct map is read in place; what lies beyond
 * is accessed page by page through a window. A window must not be held while user memory is
 * accessed, as a fault there may sleep and needs windows itself, so such copies go through a bounce
 * page.
 */
#include "kernel/fs/pmem.h"

#include "kernel/fs/io.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/pmap.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

void pmem_read(void *buf, paddr_t from, size_t n)
{
	char *to = buf;
	while (n > 0) {
		size_t offset = from & PAGE_MASK;
		size_t chunk = MIN(n, PAGE_SIZE - offset);
		char *window = pmap_window(from >> PAGE_SHIFT);
		memcpy(to, window + offset, chunk);
		pmap_window_done(window);
		to += chunk;
		from += chunk;
		n -= chunk;
	}
}

static int pmem_bounce(struct io *io, paddr_t from, size_t n)
{
	if (reclaim_room(1) != 0)
		return -ENOMEM;
	char *page = kmalloc(PAGE_SIZE);
	if (!page)
		return -ENOMEM;
	int error = 0;
	while (n > 0 && error == 0) {
		size_t chunk = MIN(n, PAGE_SIZE);
		pmem_read(page, from, chunk);
		error = io_give(io, page, chunk) < chunk ? -EFAULT : 0;
		from += chunk;
		n -= chunk;
	}
	kfree(page);
	return error;
}

int pmem_give(struct io *io, paddr_t from, size_t n)
{
	if ((from + n) >> PAGE_SHIFT < pmap_direct_frames())
		return io_give(io, phys_to_virt(from), n) < n ? -EFAULT : 0;
	return pmem_bounce(io, from, n);
}

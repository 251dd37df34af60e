/* Kernel ranges with guard pages. */
#include "kernel/selftest.h"
#include "lib/string.h"
#include "machine/layout.h"
#include "mm/pmap.h"
#include "mm/vmalloc.h"

SELFTEST(vmalloc_pages_are_mapped_and_guarded)
{
	char *p = vmalloc(3);
	REQUIRE(p != NULL);
	vaddr_t va = (vaddr_t)p, start = 0;
	memset(p, 0x11, 3 * PAGE_SIZE);
	EXPECT(va >= VMALLOC_START && va + 3 * PAGE_SIZE <= VMALLOC_END);
	EXPECT(!pmap_kernel_mapped(va - PAGE_SIZE));
	EXPECT(!pmap_kernel_mapped(va + 3 * PAGE_SIZE));
	EXPECT(vmalloc_guard(va - 1, &start) && start == va);
	EXPECT(vmalloc_guard(va + 3 * PAGE_SIZE, &start) && start == va);
	EXPECT(!vmalloc_guard(va, &start));
	vfree(p);
	EXPECT(!pmap_kernel_mapped(va));
}

SELFTEST(vmalloc_gives_every_page_back)
{
	void *ranges[8];
	uint32_t before = vmalloc_pages();
	for (unsigned i = 0; i < 8; i++) {
		ranges[i] = vmalloc(i + 1);
		EXPECT(ranges[i] != NULL);
	}
	EXPECT_EQ(vmalloc_pages() - before, 36);
	for (unsigned i = 0; i < 8; i++)
		vfree(ranges[i * 3 % 8]);
	EXPECT_EQ(vmalloc_pages(), before);
	vmalloc_check();
}

SELFTEST(vmalloc_more_than_there_is_room_is_refused)
{
	EXPECT(vmalloc((VMALLOC_END - VMALLOC_START) / PAGE_SIZE) == NULL);
}

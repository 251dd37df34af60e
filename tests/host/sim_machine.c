/*
 * The simulated machine: RAM, kernel ranges, and allocations that fail on demand.
 *
 * RAM is a file in memory, so that a page can be seen in two places: in sim_ram, which is the
 * kernel's direct map, and where vmalloc maps it. The linker sends the calls of frame_alloc,
 * frame_free, pmap_kernel_map and a few more through the __wrap functions below; the kernel has
 * no hook of its own for tests.
 */
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/base/panic.h"
#include "kernel/x86/cpu.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "tests/host/host_memory.h"
#include "tests/host/sim_internal.h"
#include "tests/host/test.h"

enum {
	RAM_ALIGN = 4 << 20,	/* so that blocks of frames are aligned for the host too */
	IMAGE_START = 4,	/* frames of a kernel image that is not there: read-only ... */
	IMAGE_READONLY_END = 8,
	IMAGE_END = 16,		/* ... and the rest; free frames start here */
	JUNK = 0xa5,
};

unsigned char *sim_ram;
bool sim_slab_debug = true;
static size_t ram_bytes;
static int ram_file;

static unsigned fail_kinds;
static uint32_t fail_nth, fail_asked, fail_refused;
static bool fail_sticky;

/* In the copy of the process that CHECK_PANIC makes: RAM of its own, with the same contents. */
static void detach(void)
{
	ram_file = host_file_copy(ram_file, ram_bytes);
	host_map(sim_ram, ram_bytes, ram_file, 0);
	if (!sim_directory)
		return;
	for (vaddr_t va = VMALLOC_START; va < VMALLOC_END; va += PAGE_SIZE) {
		struct sim_translation t = sim_walk(va);
		if (t.rights)
			host_map((void *)va, PAGE_SIZE, ram_file, (size_t)t.pfn << PAGE_SHIFT);
	}
}

static void power_on(pfn_t count, pfn_t first, pfn_t end)
{
	if (sim_ram)
		panic("sim: started twice in one test");
	ram_bytes = (size_t)count << PAGE_SHIFT;
	ram_file = host_file_create(ram_bytes);
	sim_ram = host_reserve(ram_bytes, RAM_ALIGN);
	host_map(sim_ram, ram_bytes, ram_file, 0);
	memset(sim_ram, JUNK, ram_bytes);
	unsigned char *start = sim_ram + ((size_t)first << PAGE_SHIFT);
	ASAN_POISON_MEMORY_REGION(start, (size_t)(end - first) << PAGE_SHIFT);
	test_on_copy = detach;
	sim_mmu_reset();
	frame_init(calloc(count, sizeof(struct frame)), count);
	frame_add_range(first, end);
}

void sim_start_frames(pfn_t nframes)
{
	power_on(nframes, 0, nframes);
}

/* How many frames pmap_init takes for its own tables when there are @count in all. */
static pfn_t kernel_tables(pfn_t count)
{
	pfn_t nchunks = (count + 1023) / 1024; /* of the direct map, 4 MiB each */
	bool large = sim_features & CPUID_PSE;
	pfn_t ndirect = large ? 1u + (nchunks > 1 && count % 1024) : nchunks;
	pfn_t nvmalloc = (VMALLOC_END - VMALLOC_START) >> 22;
	return 1 + ndirect + nvmalloc + 1;
}

void sim_start(pfn_t nframes)
{
	pfn_t count = IMAGE_END + nframes;
	while (count < IMAGE_END + nframes + kernel_tables(count))
		count++;
	host_reserve_at(VMALLOC_START, VMALLOC_END - VMALLOC_START);
	power_on(count, IMAGE_END, count);
	pmap_init(IMAGE_START << PAGE_SHIFT, IMAGE_READONLY_END << PAGE_SHIFT, frame_count);
	slab_init(sim_slab_debug);
	vmalloc_init();
}

/* Allocations that fail. */

void sim_fail(unsigned kinds, uint32_t nth, bool sticky)
{
	fail_kinds = kinds;
	fail_nth = nth;
	fail_sticky = sticky;
	fail_asked = 0;
	fail_refused = 0;
}

uint32_t sim_fail_asked(void)
{
	return fail_asked;
}

uint32_t sim_fail_refused(void)
{
	return fail_refused;
}

static bool refuse(enum sim_fail_kind kind)
{
	if (!(fail_kinds & kind))
		return false;
	bool refused = fail_asked == fail_nth || (fail_sticky && fail_asked > fail_nth);
	fail_asked++;
	fail_refused += refused;
	return refused;
}

struct frame *__real_frame_alloc(unsigned order, enum frame_owner owner);
struct frame *__wrap_frame_alloc(unsigned order, enum frame_owner owner);
struct frame *__wrap_frame_alloc(unsigned order, enum frame_owner owner)
{
	struct frame *f = refuse(SIM_FAIL_FRAMES) ? NULL : __real_frame_alloc(order, owner);
	if (f && sim_ram) {
		ASAN_UNPOISON_MEMORY_REGION(frame_bytes(f), PAGE_SIZE << order);
		memset(frame_bytes(f), JUNK, PAGE_SIZE << order);
	}
	return f;
}

void __real_frame_free(struct frame *f);
void __wrap_frame_free(struct frame *f);
void __wrap_frame_free(struct frame *f)
{
	size_t bytes = PAGE_SIZE << (f->order & 15);
	__real_frame_free(f);
	if (sim_ram)
		ASAN_POISON_MEMORY_REGION(frame_bytes(f), bytes);
}

void *__real_slab_alloc(struct slab_cache *cache);
void *__wrap_slab_alloc(struct slab_cache *cache);
void *__wrap_slab_alloc(struct slab_cache *cache)
{
	return refuse(SIM_FAIL_OBJECTS) ? NULL : __real_slab_alloc(cache);
}

void *__real_kmalloc(size_t bytes);
void *__wrap_kmalloc(size_t bytes);
void *__wrap_kmalloc(size_t bytes)
{
	return refuse(SIM_FAIL_OBJECTS) ? NULL : __real_kmalloc(bytes);
}

void *__real_kzalloc(size_t bytes);
void *__wrap_kzalloc(size_t bytes);
void *__wrap_kzalloc(size_t bytes)
{
	return refuse(SIM_FAIL_OBJECTS) ? NULL : __real_kzalloc(bytes);
}

void *__real_krealloc(void *old, size_t bytes);
void *__wrap_krealloc(void *old, size_t bytes);
void *__wrap_krealloc(void *old, size_t bytes)
{
	return refuse(SIM_FAIL_OBJECTS) ? NULL : __real_krealloc(old, bytes);
}

/* Kernel ranges are there for the host too. */

void __real_pmap_kernel_map(vaddr_t va, pfn_t pfn, unsigned prot);
uint32_t sim_rmap_steps;
mapping_t *__real_pmap_mapping_next(mapping_t mapping);
mapping_t *__wrap_pmap_mapping_next(mapping_t mapping);
mapping_t *__wrap_pmap_mapping_next(mapping_t mapping)
{
	sim_rmap_steps++;
	return __real_pmap_mapping_next(mapping);
}

void __wrap_pmap_kernel_map(vaddr_t va, pfn_t pfn, unsigned prot);
void __wrap_pmap_kernel_map(vaddr_t va, pfn_t pfn, unsigned prot)
{
	__real_pmap_kernel_map(va, pfn, prot);
	host_map((void *)va, PAGE_SIZE, ram_file, (size_t)pfn << PAGE_SHIFT);
}

pfn_t __real_pmap_kernel_unmap(vaddr_t va);
pfn_t __wrap_pmap_kernel_unmap(vaddr_t va);
pfn_t __wrap_pmap_kernel_unmap(vaddr_t va)
{
	host_unmap((void *)va, PAGE_SIZE);
	return __real_pmap_kernel_unmap(va);
}

/*
 * The simulated machine: RAM, an MMU with a TLB, a block device. mm/ and mm/x86/pmap.c run on it as
 * they are; kernel/x86/cpu.h is implemented by it.
 *
 * The MMU walks the page tables that the kernel has written into the simulated RAM, sets accessed
 * and dirty bits there as an x86 does, and remembers what it found in a TLB that forgets only what
 * it is told to forget (or what it faults on). A TLB entry that grants what the tables no longer
 * grant is a bug of the kernel; the machine panics as soon as such an entry is used.
 *
 * RAM lies in the host's memory at sim_ram; a frame that is free there is poisoned for the address
 * sanitizer, one that was just allocated is full of junk. Ranges of vmalloc are mapped for the
 * host too, at their own addresses, guard pages included.
 */
#ifndef TESTS_HOST_SIM_H
#define TESTS_HOST_SIM_H

#include "drivers/block.h"
#include "mm/aspace/space.h"

/* ---- the machine ---- */

/*
 * Power on with so much RAM that, after the kernel has made its own page tables, @nframes are free.
 * Boots frame, pmap, slab (with debugging) and vmalloc. Once in a test.
 */
void sim_start(pfn_t nframes);
/* The same, but frames alone: no page tables, no slabs; exactly frames [0, @nframes) are free. */
void sim_start_frames(pfn_t nframes);
/* CPUID bits of the machine (kernel/x86/cpu.h); PSE and PGE unless changed before sim_start. */
extern uint32_t sim_features;
/* What cpu_tsc reads; one more each time. A test lets time pass by adding to it. */
extern uint64_t sim_tsc;
/* Slab debugging from sim_start on; true unless changed before. */
extern bool sim_slab_debug;

/* ---- what a program does: user mode accesses ---- */

/* @as becomes the current address space (aspace_activate) if it is not yet; NULL: none. */
void sim_use(struct aspace *as);
struct aspace *sim_current(void);
/*
 * Load or store at linear address @va, in user mode, in @as, which becomes current. Page faults go
 * to fault_handle, and the access is tried again, as the CPU does. 0, or fault_handle's error. A
 * fault that is "handled" over and over is a panic.
 */
int sim_read8(struct aspace *as, vaddr_t va, uint8_t *value);
int sim_read32(struct aspace *as, vaddr_t va, uint32_t *value);
int sim_write8(struct aspace *as, vaddr_t va, uint8_t value);
int sim_write32(struct aspace *as, vaddr_t va, uint32_t value);
int sim_read(struct aspace *as, vaddr_t va, void *buf, size_t n);
int sim_write(struct aspace *as, vaddr_t va, const void *buf, size_t n);
/* Page faults raised since sim_start. */
extern uint32_t sim_faults;

/* ---- what the kernel does through its own mappings, without faults: 0 or -EFAULT ---- */

int sim_kernel_read8(vaddr_t va, uint8_t *value);
int sim_kernel_write8(vaddr_t va, uint8_t value);

/* ---- the TLB ---- */

enum sim_right { SIM_PRESENT = 1, SIM_WRITE = 2, SIM_USER = 4, SIM_ACCESSED = 8, SIM_DIRTY = 16,
		 SIM_GLOBAL = 32, SIM_LARGE = 64 };
struct sim_translation {
	pfn_t pfn;
	uint32_t rights; /* enum sim_right; 0: none */
};
/* What the current page tables say of @va. Sets no bits. */
struct sim_translation sim_walk(vaddr_t va);
/* What the TLB says. */
struct sim_translation sim_tlb(vaddr_t va);
/*
 * Panics if a TLB entry grants what the tables do not: a missed flush. For after every operation.
 */
void sim_tlb_check(void);
/* Whether each access checks the entry it uses in this way; true at start. */
extern bool sim_stale_check;
extern uint32_t sim_flushes; /* of single pages */
extern uint32_t sim_directory_loads;

/* How often the next member of a frame's list of mappers was asked for, or set. */
extern uint32_t sim_rmap_steps;

/* ---- failures ---- */

enum sim_fail_kind { SIM_FAIL_FRAMES = 1, SIM_FAIL_OBJECTS = 2 };
/*
 * Let the @nth next allocation (0: the next) of these kinds fail: frame_alloc; slab_alloc and
 * kmalloc. With @sticky all after it too. Counts start anew; kinds 0 ends it.
 */
void sim_fail(unsigned kinds, uint32_t nth, bool sticky);
/* Allocations of the kinds asked for since sim_fail, and how many of them were refused. */
uint32_t sim_fail_asked(void);
uint32_t sim_fail_refused(void);

/* ---- the block device ---- */

struct sim_disk {
	struct block_device dev; /* hand &disk->dev to swap_init */
	unsigned char *bytes;
	uint32_t reads, writes;
	/* The n-th next one (0: the next) fails with -EIO, and @fail_count in all; -1: none. */
	int fail_read, fail_write;
	uint32_t fail_count;
	/*
	 * What happens while the caller sleeps in I/O: other processes run. May use sim_* accesses
	 * of other address spaces; the current one is restored after it. Not called for I/O inside
	 * it.
	 */
	void (*while_asleep)(struct sim_disk *disk, uint32_t page, bool write);
};
/* @npages of zeroes. Freed with the test's process. */
struct sim_disk *sim_disk_create(uint32_t npages);

#endif

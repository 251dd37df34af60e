/*
 * The kernel's address space on x86. Other machines (the simulated one of the host tests) have a
 * file of the same name; the Makefile chooses.
 *
 *   0x00000000  page 0, never mapped                 user space: [USER_BASE, USER_TOP)
 *   0x80000000  in a partition's process: the region of partitions, of which it maps its own only
 *   0xc0000000  direct map of low RAM (up to 768 MiB), kernel image at its 1 MiB
 *   0xf0000000  kernel virtual ranges with guard pages (vmalloc): 64 MiB
 *   0xffc00000  windows: short-lived maps of frames beyond the direct map
 */
#ifndef MACHINE_LAYOUT_H
#define MACHINE_LAYOUT_H

#include "mm/types.h"

#define USER_BASE 0x00010000u /* nothing below: a NULL pointer plus 64 KiB traps */
#define USER_TOP 0xc0000000u
#define PARTITION_WINDOW 0x80000000u
#define KERNEL_BASE 0xc0000000u

#define DIRECT_BASE 0xc0000000u
#define DIRECT_BASE_VA 0xc0000000u /* as the MMU sees it; the simulated machine's two differ */
#define DIRECT_MAX_BYTES 0x30000000u /* 768 MiB of RAM */
#define VMALLOC_START 0xf0000000u
#define VMALLOC_END 0xf4000000u
#define WINDOW_BASE 0xffc00000u

/* For physical addresses inside the direct map only. */
static inline void *phys_to_virt(paddr_t pa)
{
	return (void *)(pa + DIRECT_BASE);
}

static inline paddr_t virt_to_phys(const void *va)
{
	return (paddr_t)(uintptr_t)va - DIRECT_BASE;
}

#endif

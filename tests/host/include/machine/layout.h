/*
 * The address space of the simulated machine: to its MMU the same as on x86, but the kernel's code
 * is a program of the host here, so it finds RAM where the host has put it, and kernel ranges where
 * a host program has room.
 */
#ifndef MACHINE_LAYOUT_H
#define MACHINE_LAYOUT_H

#include "mm/types.h"

extern unsigned char *sim_ram;

#define USER_BASE 0x00010000u
#define USER_TOP 0xc0000000u
#define PARTITION_WINDOW 0x80000000u
#define KERNEL_BASE 0xc0000000u

#define DIRECT_BASE ((uintptr_t)sim_ram) /* as the host sees it */
#define DIRECT_BASE_VA 0xc0000000u	 /* as the simulated MMU sees it */
#define DIRECT_MAX_BYTES 0x10000000u
#define VMALLOC_START 0xd0000000u
#define VMALLOC_END 0xd4000000u
#define WINDOW_BASE 0xffc00000u

static inline void *phys_to_virt(paddr_t pa)
{
	return (void *)(pa + DIRECT_BASE);
}

static inline paddr_t virt_to_phys(const void *va)
{
	return (paddr_t)((uintptr_t)va - DIRECT_BASE);
}

#endif

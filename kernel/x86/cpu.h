/*
 * What only an instruction can do. kernel/x86/cpu.c and the .asm files hold all assembly; the
 * simulated machine of the host tests has its own cpu.h functions.
 * Context: any, unless said.
 */
#ifndef KERNEL_X86_CPU_H
#define KERNEL_X86_CPU_H

#include "lib/base.h"
#include "mm/types.h"

/* Interrupts off; returns the flag before, for irq_restore. Nests. */
unsigned irq_save(void);
void irq_restore(unsigned flags);
void irq_enable(void);
void irq_disable(void);
bool irq_enabled(void);
/* Enable interrupts and wait for one. */
void cpu_wait(void);
/* Stop for good. */
NORETURN void cpu_halt(void);

/* The TLB and the directory register (CR3). @directory is its physical address. */
void cpu_invlpg(vaddr_t linear);
void cpu_load_directory(paddr_t directory);
paddr_t cpu_directory(void);
/* Flush everything, global entries included. */
void cpu_flush_tlb(void);
/* The address of the last page fault (CR2). */
vaddr_t cpu_fault_address(void);

uint32_t cpu_read_cr0(void);
uint32_t cpu_read_cr4(void);
void cpu_write_cr0(uint32_t value);
void cpu_write_cr4(uint32_t value);
/* Which debug conditions were met (DR6); clears them. */
uint32_t cpu_debug_status(void);

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};
struct cpuid cpu_id(uint32_t leaf, uint32_t subleaf);
enum { CPUID_FPU = 1 << 0, CPUID_PSE = 1 << 3, CPUID_TSC = 1 << 4, CPUID_PGE = 1 << 13,
       CPUID_FXSR = 1 << 24, CPUID_SSE = 1 << 25, CPUID_SSE2 = 1 << 26 };
/* EDX of CPUID leaf 1, read once at boot; 0 when the CPU has no CPUID. */
uint32_t cpu_features(void);
/* Time stamp counter; 0 where there is none. Under QEMU's -icount: instructions since reset. */
uint64_t cpu_tsc(void);
/* The last result of cpu_features(); 0 before the first. */
extern uint32_t cpu_known_features;
/* Like cpu_tsc, but inline, and only once that has been called. Not on the simulated machine. */
static inline uint64_t cpu_tsc_fast(void)
{
	return LIKELY(cpu_known_features & CPUID_TSC) ? __builtin_ia32_rdtsc() : 0;
}

/* One page each, page aligned; rep stosl and rep movsl, so 1,030 instructions. */
void cpu_page_clear(void *page);
void cpu_page_copy(void *dst, const void *src);

/*
 * Copy between kernel and user memory at linear address @user, which the caller has checked to
 * lie in user space. Faults on the way are handled; one that cannot be handled ends the copy.
 * Return how many bytes were NOT copied: 0 is success. Context: process; may reclaim.
 */
size_t cpu_user_read(void *dst, vaddr_t user, size_t n);
size_t cpu_user_write(vaddr_t user, const void *src, size_t n);
size_t cpu_user_clear(vaddr_t user, size_t n);

uint8_t cpu_in8(uint16_t port);
uint16_t cpu_in16(uint16_t port);
uint32_t cpu_in32(uint16_t port);
void cpu_out8(uint16_t port, uint8_t value);
void cpu_out16(uint16_t port, uint16_t value);
void cpu_out32(uint16_t port, uint32_t value);

/*
 * x87/SSE state, 512 bytes, 16-byte aligned (FXSAVE; FNSAVE in its first 108 bytes on older CPUs).
 */
void cpu_fpu_init(void);
void cpu_fpu_save(void *state);
void cpu_fpu_restore(const void *state);

/* Load descriptor tables and selectors. Boot and mm/x86/segment.c only. */
void cpu_load_gdt(const void *table, uint16_t bytes);
void cpu_load_idt(const void *table, uint16_t bytes);
void cpu_load_task(uint16_t selector);

/*
 * Read the byte at @offset of the segment @selector names. False: the CPU refused the selector or
 * the offset.
 */
bool cpu_segment_read(uint16_t selector, uint32_t offset, uint8_t *value);

/*
 * Switch kernel stacks (kernel/x86/switch.asm): saves ebp ebx esi edi and returns on the stack
 * @load_esp.
 */
ASMLINKAGE void cpu_switch_stack(uint32_t *save_esp, uint32_t load_esp);

#endif

/*
 * The simulated CPU: what programs do to memory, and the rest of kernel/x86/cpu.h.
 *
 * An access that crosses a page is two accesses, as on the real thing. Copies between kernel and
 * user memory go through the same MMU in supervisor mode, page by page, and fault like any other.
 */
#include <string.h>

#include "kernel/base/panic.h"
#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "tests/host/sim_internal.h"

uint32_t sim_features = CPUID_FPU | CPUID_TSC | CPUID_PSE | CPUID_PGE | CPUID_FXSR;

static struct aspace *current;
static bool interrupts = true;
uint64_t sim_tsc;
static uint32_t control0, control4;

void sim_use(struct aspace *as)
{
	if (as == current && (as == NULL || cpu_directory() == as->pmap.directory))
		return;
	current = as;
	aspace_activate(as);
}

struct aspace *sim_current(void)
{
	return current;
}

static size_t part_in_page(vaddr_t va, size_t n)
{
	return MIN(n, PAGE_SIZE - (va & PAGE_MASK));
}

int sim_read(struct aspace *as, vaddr_t va, void *buf, size_t n)
{
	unsigned char *to = buf;
	sim_use(as);
	while (n > 0) {
		int error;
		size_t part = part_in_page(va, n);
		unsigned char *bytes = sim_access_faulting(as, va, SIM_READ | SIM_BY_USER, &error);
		if (!bytes)
			return error;
		memcpy(to, bytes, part);
		va += part;
		to += part;
		n -= part;
	}
	return 0;
}

int sim_write(struct aspace *as, vaddr_t va, const void *buf, size_t n)
{
	const unsigned char *from = buf;
	sim_use(as);
	while (n > 0) {
		int error;
		size_t part = part_in_page(va, n);
		unsigned char *bytes =
			sim_access_faulting(as, va, SIM_FOR_WRITE | SIM_BY_USER, &error);
		if (!bytes)
			return error;
		memcpy(bytes, from, part);
		va += part;
		from += part;
		n -= part;
	}
	return 0;
}

int sim_read8(struct aspace *as, vaddr_t va, uint8_t *value)
{
	return sim_read(as, va, value, sizeof(*value));
}

int sim_read32(struct aspace *as, vaddr_t va, uint32_t *value)
{
	return sim_read(as, va, value, sizeof(*value));
}

int sim_write8(struct aspace *as, vaddr_t va, uint8_t value)
{
	return sim_write(as, va, &value, sizeof(value));
}

int sim_write32(struct aspace *as, vaddr_t va, uint32_t value)
{
	return sim_write(as, va, &value, sizeof(value));
}

int sim_kernel_read8(vaddr_t va, uint8_t *value)
{
	const unsigned char *byte = sim_access(va, SIM_READ);
	if (!byte)
		return -EFAULT;
	*value = *byte;
	return 0;
}

int sim_kernel_write8(vaddr_t va, uint8_t value)
{
	unsigned char *byte = sim_access(va, SIM_FOR_WRITE);
	if (!byte)
		return -EFAULT;
	*byte = value;
	return 0;
}

size_t cpu_user_read(void *dst, vaddr_t user, size_t n)
{
	while (n > 0) {
		int error;
		size_t part = part_in_page(user, n);
		const unsigned char *bytes = sim_access_faulting(current, user, SIM_READ, &error);
		if (!bytes)
			break;
		memcpy(dst, bytes, part);
		dst = (char *)dst + part;
		user += part;
		n -= part;
	}
	return n;
}

size_t cpu_user_write(vaddr_t user, const void *src, size_t n)
{
	while (n > 0) {
		int error;
		size_t part = part_in_page(user, n);
		unsigned char *bytes = sim_access_faulting(current, user, SIM_FOR_WRITE, &error);
		if (!bytes)
			break;
		memcpy(bytes, src, part);
		src = (const char *)src + part;
		user += part;
		n -= part;
	}
	return n;
}

size_t cpu_user_clear(vaddr_t user, size_t n)
{
	while (n > 0) {
		int error;
		size_t part = part_in_page(user, n);
		unsigned char *bytes = sim_access_faulting(current, user, SIM_FOR_WRITE, &error);
		if (!bytes)
			break;
		memset(bytes, 0, part);
		user += part;
		n -= part;
	}
	return n;
}

void cpu_page_clear(void *page)
{
	ASSERT(((uintptr_t)page & PAGE_MASK) == 0);
	memset(page, 0, PAGE_SIZE);
}

void cpu_page_copy(void *dst, const void *src)
{
	ASSERT((((uintptr_t)dst | (uintptr_t)src) & PAGE_MASK) == 0 && dst != src);
	memcpy(dst, src, PAGE_SIZE);
}

unsigned irq_save(void)
{
	unsigned flags = interrupts;
	interrupts = false;
	return flags;
}

void irq_restore(unsigned flags)
{
	interrupts = flags;
}

void irq_enable(void)
{
	interrupts = true;
}

void irq_disable(void)
{
	interrupts = false;
}

bool irq_enabled(void)
{
	return interrupts;
}

uint64_t cpu_tsc(void)
{
	sim_tsc++;
	return sim_tsc;
}

uint32_t cpu_features(void)
{
	return sim_features;
}

uint32_t cpu_read_cr0(void)
{
	return control0;
}

uint32_t cpu_read_cr4(void)
{
	return control4;
}

void cpu_write_cr0(uint32_t value)
{
	control0 = value;
}

void cpu_write_cr4(uint32_t value)
{
	control4 = value;
	cpu_flush_tlb();
}

vaddr_t cpu_fault_address(void)
{
	return sim_fault_address;
}

void cpu_halt(void)
{
	panic("sim: the CPU was stopped");
}

/* Segments are not simulated: mm/x86/segment.c may load anything. */

void cpu_load_gdt(const void *table, uint16_t bytes)
{
	(void)table;
	(void)bytes;
}

void cpu_load_idt(const void *table, uint16_t bytes)
{
	(void)table;
	(void)bytes;
}

void cpu_load_task(uint16_t selector)
{
	(void)selector;
}

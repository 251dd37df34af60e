/*
 * Base and limit in x86 descriptors; task segments.
 *
 * The GDT has Linux's numbers, as programs see selectors (%gs of a C library is 0x33, its %cs is
 * 0x73). Kernel segments are flat. The two user segments carry the running process's base and
 * limits: the CPU compares every offset with the limit and adds the base before paging is asked.
 *
 * A descriptor's limit has 20 bits, of bytes or of 4 KiB pages. So limits are byte-exact up to
 * 1 MiB and multiples of a page above; others are refused. The CPU keeps a copy of a descriptor
 * in the segment register until it is loaded again; the way out of the kernel loads them all.
 *
 * Two task segments. One holds the stack pointer for entries from user mode; its I/O permission
 * map begins beyond its limit, so user mode reaches no port. The other is a task of its own for the
 * double fault: when the kernel's stack has run into its guard page the CPU cannot push a frame,
 * and only a task switch gives it a stack that works. It needs a directory that is always valid.
 *
 * Always true
 *   [segment.1]  descriptors with privilege 3: user code, user data, TLS entries, and while a
 *       self-test runs the spare ones. No call gate
 *   [segment.2]  no user segment reaches beyond USER_TOP
 * TLS entries are exempt from [segment.2]: C libraries use wrapping limits; the page tables
 * protect there.
 * Left out: 16-bit segments (they leak the high half of ESP), local descriptor tables.
 * Source: Intel SDM vol. 3, chapters 3.4.5, 7.2, 7.3.
 */
#include "mm/segment.h"

#include "kernel/x86/cpu.h"
#include "kernel/x86/regs.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "machine/layout.h"

enum {
	GDT_KERNEL_CODE = SELECTOR_KERNEL_CODE / 8, GDT_KERNEL_DATA = SELECTOR_KERNEL_DATA / 8,
	GDT_USER_CODE = SELECTOR_USER_CODE / 8, GDT_USER_DATA = SELECTOR_USER_DATA / 8,
	GDT_TASK = 16, GDT_DOUBLE_FAULT = SELECTOR_DOUBLE_FAULT / 8, GDT_COUNT = 32,
};
/*
 * Access byte: present, code or data rather than system, accessed already so that the CPU never
 * writes here.
 */
enum {
	ACCESS_CODE = 0x9b, ACCESS_DATA = 0x93, ACCESS_READ_ONLY = 0x91, ACCESS_USER = 0x60,
	ACCESS_TASK = 0x89, ACCESS_EXPAND_DOWN = 0x04, ACCESS_PRESENT = 0x80,
};
enum { FLAG_PAGES = 0x8, FLAG_32BIT = 0x4, FLAG_AVAILABLE = 0x1 };
enum { DOUBLE_FAULT_STACK = 8192, LIMIT_MAX = 1 << 20 };

/* Hardware's layout. */
struct task_segment {
	uint32_t link, esp0, ss0, esp1, ss1, esp2, ss2;
	uint32_t cr3, eip, eflags, eax, ecx, edx, ebx, esp, ebp, esi, edi;
	uint32_t es, cs, ss, ds, fs, gs, ldt;
	uint16_t trap, io_map;
};

static struct segment_tls gdt[GDT_COUNT] __attribute__((aligned(8)));
/* Inside one page each: the CPU reads them by linear address, piece by piece. */
static struct task_segment task __attribute__((aligned(128)));
static struct task_segment double_fault_task __attribute__((aligned(128)));
static uint8_t double_fault_stack[DOUBLE_FAULT_STACK] __attribute__((aligned(16)));
static segment_double_fault_fn *double_fault_handler;
static struct segment user_segment; /* what GDT_USER_* hold */

/* @limit is the last byte or page. */
static struct segment_tls descriptor(uint32_t base, uint32_t limit, unsigned access, unsigned flags)
{
	return (struct segment_tls){ {
		(base & 0xffff) << 16 | (limit & 0xffff),
		(base & 0xff000000) | flags << 20 | (limit & 0xf0000) | access << 8 |
			(base >> 16 & 0xff),
	} };
}

/* @size in bytes, exclusive: at most 1 MiB, or a multiple of 4 KiB. */
static struct segment_tls descriptor_sized(uint32_t base, uint32_t size, unsigned access)
{
	if (size <= LIMIT_MAX)
		return descriptor(base, size - 1, access, FLAG_32BIT);
	return descriptor(base, (size >> PAGE_SHIFT) - 1, access, FLAG_32BIT | FLAG_PAGES);
}

static bool segment_limit_valid(vaddr_t base, uint32_t limit)
{
	if (limit == 0 || (limit > LIMIT_MAX && (limit & PAGE_MASK) != 0))
		return false;
	return limit <= USER_TOP && base <= USER_TOP - limit;
}

int segment_set_user(const struct segment *seg)
{
	if (seg->base == user_segment.base && seg->data_limit == user_segment.data_limit &&
	    seg->code_limit == user_segment.code_limit)
		return 0;
	if (!segment_limit_valid(seg->base, seg->data_limit) ||
	    !segment_limit_valid(seg->base, seg->code_limit))
		return -EINVAL;
	gdt[GDT_USER_CODE] =
		descriptor_sized(seg->base, seg->code_limit, ACCESS_CODE | ACCESS_USER);
	gdt[GDT_USER_DATA] =
		descriptor_sized(seg->base, seg->data_limit, ACCESS_DATA | ACCESS_USER);
	user_segment = *seg;
	return 0;
}

struct segment segment_user(void)
{
	return user_segment;
}

int segment_make_tls(struct segment_tls *tls, vaddr_t base, uint32_t limit, unsigned flags)
{
	if (limit >= LIMIT_MAX)
		return -EINVAL;
	unsigned access = flags & SEGMENT_TLS_READ_ONLY ? ACCESS_READ_ONLY : ACCESS_DATA;
	access |= flags & SEGMENT_TLS_EXPAND_DOWN ? ACCESS_EXPAND_DOWN : 0;
	access &= flags & SEGMENT_TLS_ABSENT ? ~(unsigned)ACCESS_PRESENT : ~0u;
	unsigned more = (flags & SEGMENT_TLS_PAGES ? FLAG_PAGES : 0) |
			(flags & SEGMENT_TLS_MARKED ? FLAG_AVAILABLE : 0);
	*tls = descriptor(base, limit, access | ACCESS_USER, FLAG_32BIT | more);
	return 0;
}

struct segment_tls_facts segment_read_tls(const struct segment_tls *tls)
{
	enum { WRITABLE = 0x02 }; /* of a data segment's access byte */
	uint32_t low = tls->words[0], high = tls->words[1];
	uint8_t access = high >> 8 & 0xff;
	return (struct segment_tls_facts){
		.base = low >> 16 | (high & 0xff) << 16 | (high & 0xff000000),
		.limit = (low & 0xffff) | (high & 0xf0000),
		.flags = (high >> 20 & FLAG_PAGES ? SEGMENT_TLS_PAGES : 0) |
			 (high >> 20 & FLAG_AVAILABLE ? SEGMENT_TLS_MARKED : 0) |
			 (access & WRITABLE ? 0 : SEGMENT_TLS_READ_ONLY) |
			 (access & ACCESS_EXPAND_DOWN ? SEGMENT_TLS_EXPAND_DOWN : 0) |
			 (access & ACCESS_PRESENT ? 0 : SEGMENT_TLS_ABSENT),
	};
}

void segment_set_tls(const struct segment_tls tls[SEGMENT_NTLS])
{
	for (unsigned i = 0; i < SEGMENT_NTLS; i++)
		gdt[SEGMENT_TLS_FIRST + i] = tls[i];
}

void segment_set_spare(const struct segment_tls spare[SEGMENT_NSPARE])
{
	for (unsigned i = 0; i < SEGMENT_NSPARE; i++)
		gdt[SEGMENT_SPARE_FIRST + i] = spare[i];
}

void segment_set_kernel_stack(vaddr_t top)
{
	task.esp0 = top;
}

void segment_set_double_fault_directory(paddr_t directory)
{
	double_fault_task.cr3 = directory;
}

/* The double-fault task begins here. The task it interrupted is saved in @task. */
static void NORETURN double_fault_entry(void)
{
	struct segment_double_fault fault = {
		.ebx = task.ebx, .ecx = task.ecx, .edx = task.edx, .esi = task.esi,
		.edi = task.edi, .ebp = task.ebp, .eax = task.eax, .eip = task.eip, .cs = task.cs,
		.eflags = task.eflags, .esp = task.esp, .ss = task.ss,
		.address = cpu_fault_address(),
	};
	double_fault_handler(&fault);
	cpu_halt();
}

void segment_on_double_fault(segment_double_fault_fn *handler)
{
	double_fault_handler = handler;
}

static void segment_init_tasks(void)
{
	task.ss0 = SELECTOR_KERNEL_DATA;
	task.io_map = sizeof(task);
	double_fault_task.ss0 = SELECTOR_KERNEL_DATA;
	double_fault_task.io_map = sizeof(task);
	double_fault_task.cr3 = cpu_directory();
	double_fault_task.eip = (uint32_t)double_fault_entry;
	double_fault_task.eflags = 2; /* the bit that is always set; interrupts off */
	double_fault_task.esp = (uint32_t)(double_fault_stack + DOUBLE_FAULT_STACK);
	double_fault_task.cs = SELECTOR_KERNEL_CODE;
	double_fault_task.ds = SELECTOR_KERNEL_DATA;
	double_fault_task.es = SELECTOR_KERNEL_DATA;
	double_fault_task.ss = SELECTOR_KERNEL_DATA;
	gdt[GDT_TASK] = descriptor((uint32_t)&task, sizeof(task) - 1, ACCESS_TASK, 0);
	gdt[GDT_DOUBLE_FAULT] =
		descriptor((uint32_t)&double_fault_task, sizeof(task) - 1, ACCESS_TASK, 0);
}

void segment_init(void)
{
	gdt[GDT_KERNEL_CODE] = descriptor(0, LIMIT_MAX - 1, ACCESS_CODE, FLAG_32BIT | FLAG_PAGES);
	gdt[GDT_KERNEL_DATA] = descriptor(0, LIMIT_MAX - 1, ACCESS_DATA, FLAG_32BIT | FLAG_PAGES);
	(void)segment_set_user(&(struct segment){ 0, USER_TOP, USER_TOP });
	segment_init_tasks();
	cpu_load_gdt(gdt, sizeof(gdt));
	cpu_load_task(GDT_TASK * 8);
}

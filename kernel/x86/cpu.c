/*
 * What only an instruction can do: the one C file with inline assembly.
 *
 * Each function is one idea, named for what it does, so that the rest of the kernel reads as C.
 * "memory" is clobbered wherever an instruction may make other memory visible or must not be
 * moved across accesses: interrupt flag, page tables, ports.
 *
 * Touching user memory may fault. Such an instruction has an entry in the exception table
 * (.extable): the address that may fault and the address to resume at. kernel/trap/trap.c first
 * lets mm/fault.c bring the page in, and the instruction resumes where it stopped, as rep keeps its
 * progress in ecx, esi and edi; only if that fails is the table used.
 *
 * Without FXSAVE only x87 state is saved, by FNSAVE.
 * Source: Intel SDM vol. 2; vol. 3 chapters 2.5 (control registers), 4.10.4 (flushing).
 */
#include "kernel/x86/cpu.h"
#include "kernel/x86/regs.h"

enum { CR4_PGE = 1 << 7 };

unsigned irq_save(void)
{
	unsigned flags;
	asm volatile("pushfl; popl %0; cli" : "=r"(flags) : : "memory");
	return flags & EFLAGS_IF;
}

void irq_restore(unsigned flags)
{
	if (flags & EFLAGS_IF)
		irq_enable();
}

void irq_enable(void)
{
	asm volatile("sti" : : : "memory");
}

void irq_disable(void)
{
	asm volatile("cli" : : : "memory");
}

bool irq_enabled(void)
{
	unsigned flags;
	asm volatile("pushfl; popl %0" : "=r"(flags));
	return flags & EFLAGS_IF;
}

void cpu_wait(void)
{
	/* sti takes effect after hlt has begun: no interrupt is lost in between. */
	asm volatile("sti; hlt" : : : "memory");
}

void cpu_halt(void)
{
	for (;;)
		asm volatile("cli; hlt");
}

void cpu_invlpg(vaddr_t linear)
{
	asm volatile("invlpg (%0)" : : "r"(linear) : "memory");
}

void cpu_load_directory(paddr_t directory)
{
	asm volatile("movl %0, %%cr3" : : "r"(directory) : "memory");
}

paddr_t cpu_directory(void)
{
	paddr_t directory;
	asm volatile("movl %%cr3, %0" : "=r"(directory));
	return directory;
}

void cpu_flush_tlb(void)
{
	uint32_t cr4 = cpu_read_cr4();
	if (cr4 & CR4_PGE) {
		/* Changing PGE is the one way to drop global entries too. */
		cpu_write_cr4(cr4 & ~(uint32_t)CR4_PGE);
		cpu_write_cr4(cr4);
	} else {
		cpu_load_directory(cpu_directory());
	}
}

vaddr_t cpu_fault_address(void)
{
	vaddr_t va;
	asm volatile("movl %%cr2, %0" : "=r"(va));
	return va;
}

uint32_t cpu_read_cr0(void)
{
	uint32_t value;
	asm volatile("movl %%cr0, %0" : "=r"(value));
	return value;
}

uint32_t cpu_read_cr4(void)
{
	uint32_t value;
	asm volatile("movl %%cr4, %0" : "=r"(value));
	return value;
}

void cpu_write_cr0(uint32_t value)
{
	asm volatile("movl %0, %%cr0" : : "r"(value) : "memory");
}

void cpu_write_cr4(uint32_t value)
{
	asm volatile("movl %0, %%cr4" : : "r"(value) : "memory");
}

uint32_t cpu_debug_status(void)
{
	uint32_t status;
	asm volatile("movl %%dr6, %0; movl %1, %%dr6" : "=&r"(status) : "r"(0));
	return status;
}

struct cpuid cpu_id(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid id;
	asm volatile("cpuid"
		     : "=a"(id.eax), "=b"(id.ebx), "=c"(id.ecx), "=d"(id.edx)
		     : "a"(leaf), "c"(subleaf));
	return id;
}

uint32_t cpu_known_features;

uint32_t cpu_features(void)
{
	/* boot.asm has checked that leaf 1 exists; its family bits are never all zero. */
	static bool known;
	if (UNLIKELY(!known)) {
		cpu_known_features = cpu_id(1, 0).edx;
		known = true;
	}
	return cpu_known_features;
}

uint64_t cpu_tsc(void)
{
	(void)cpu_features();
	return cpu_tsc_fast();
}

void cpu_page_clear(void *page)
{
	uint32_t words = PAGE_SIZE / 4;
	asm volatile("rep stosl" : "+D"(page), "+c"(words) : "a"(0) : "memory");
}

void cpu_page_copy(void *dst, const void *src)
{
	uint32_t words = PAGE_SIZE / 4;
	asm volatile("rep movsl" : "+D"(dst), "+S"(src), "+c"(words) : : "memory");
}

#define FIXUP(from, to) ".pushsection .extable, \"a\"\n\t.long " from ", " to "\n\t.popsection\n\t"

/*
 * Words first, then the remaining bytes. A fault among the words is counted in whole words: up to
 * three bytes before the bad page may be left uncopied too.
 */
static size_t cpu_user_move(void *dst, const void *src, size_t n)
{
	size_t words = n / 4;
	size_t odd = n % 4;
	asm volatile("1:	rep movsl\n\t"
		     "	movl %[odd], %%ecx\n\t"
		     "2:	rep movsb\n\t"
		     "3:\n\t"
		     ".pushsection .text, 1\n\t"
		     "4:	leal (%[odd], %%ecx, 4), %%ecx\n\t"
		     "	jmp 3b\n\t"
		     ".popsection\n\t" FIXUP("1b", "4b") FIXUP("2b", "3b")
		     : "+D"(dst), "+S"(src), "+c"(words)
		     : [odd] "r"(odd)
		     : "memory");
	return words;
}

size_t cpu_user_read(void *dst, vaddr_t user, size_t n)
{
	return cpu_user_move(dst, (const void *)user, n);
}

size_t cpu_user_write(vaddr_t user, const void *src, size_t n)
{
	return cpu_user_move((void *)user, src, n);
}

size_t cpu_user_clear(vaddr_t user, size_t n)
{
	size_t words = n / 4;
	size_t odd = n % 4;
	asm volatile("1:	rep stosl\n\t"
		     "	movl %[odd], %%ecx\n\t"
		     "2:	rep stosb\n\t"
		     "3:\n\t"
		     ".pushsection .text, 1\n\t"
		     "4:	leal (%[odd], %%ecx, 4), %%ecx\n\t"
		     "	jmp 3b\n\t"
		     ".popsection\n\t" FIXUP("1b", "4b") FIXUP("2b", "3b")
		     : "+D"(user), "+c"(words)
		     : [odd] "r"(odd), "a"(0)
		     : "memory");
	return words;
}

bool cpu_segment_read(uint16_t selector, uint32_t offset, uint8_t *value)
{
	bool refused = true;
	uint8_t byte = 0;
	asm volatile("1:	movl %[selector], %%fs\n\t"
		     "2:	movb %%fs:(%[offset]), %[byte]\n\t"
		     "	movb $0, %[refused]\n\t"
		     "3:\n\t" FIXUP("1b", "3b") FIXUP("2b", "3b")
		     : [refused] "+q"(refused), [byte] "+q"(byte)
		     : [selector] "r"((uint32_t)selector), [offset] "r"(offset)
		     : "memory");
	asm volatile("movl %0, %%fs" : : "r"(0));
	*value = byte;
	return !refused;
}

uint8_t cpu_in8(uint16_t port)
{
	uint8_t value;
	asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

uint16_t cpu_in16(uint16_t port)
{
	uint16_t value;
	asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

uint32_t cpu_in32(uint16_t port)
{
	uint32_t value;
	asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

void cpu_out8(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

void cpu_out16(uint16_t port, uint16_t value)
{
	asm volatile("outw %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

void cpu_out32(uint16_t port, uint32_t value)
{
	asm volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

void cpu_fpu_init(void)
{
	/*
	 * FXSAVE's layout: control word 0x37f, MXCSR 0x1f80 (all exceptions masked), registers
	 * zero.
	 */
	static const uint32_t clean[128] __attribute__((aligned(16))) = {
		[0] = 0x37f, [6] = 0x1f80,
	};
	asm volatile("fninit");
	if (cpu_features() & CPUID_FXSR)
		cpu_fpu_restore(clean);
}

void cpu_fpu_save(void *state)
{
	/* fnsave reinitializes the x87: whoever continues with the old state restores it. */
	if (cpu_features() & CPUID_FXSR)
		asm volatile("fxsave (%0)" : : "r"(state) : "memory");
	else
		asm volatile("fnsave (%0); fwait" : : "r"(state) : "memory");
}

void cpu_fpu_restore(const void *state)
{
	if (cpu_features() & CPUID_FXSR)
		asm volatile("fxrstor (%0)" : : "r"(state) : "memory");
	else
		asm volatile("frstor (%0)" : : "r"(state) : "memory");
}

struct cpu_table {
	uint16_t limit;
	uint32_t base;
} __attribute__((packed));

void cpu_load_gdt(const void *table, uint16_t bytes)
{
	struct cpu_table t = { bytes - 1, (uint32_t)table };
	asm volatile("lgdt %0\n\t"
		     "ljmpl %1, $1f\n"
		     "1:	movl %2, %%ds\n\t"
		     "movl %2, %%es\n\t"
		     "movl %2, %%ss\n\t"
		     "movl %3, %%fs\n\t"
		     "movl %3, %%gs"
		     : : "m"(t), "i"(SELECTOR_KERNEL_CODE), "r"(SELECTOR_KERNEL_DATA), "r"(0)
		     : "memory");
}

void cpu_load_idt(const void *table, uint16_t bytes)
{
	struct cpu_table t = { bytes - 1, (uint32_t)table };
	asm volatile("lidt %0" : : "m"(t) : "memory");
}

void cpu_load_task(uint16_t selector)
{
	asm volatile("ltr %0" : : "r"(selector));
}

/*
 * Vectors: from the CPU's number to a handler.
 *
 * entry.asm has pushed a struct trap_frame on the kernel stack and calls through the table of
 * handlers. The table is filled from above at boot (the trap
 * code, the system calls), so nothing below knows what an exception means.
 *
 * All gates are interrupt gates. 3 (int3), 4 (into) and 0x80 may be used by user mode; any other
 * int n is a general-protection fault with error n * 8 + 2, even where there is no gate. 8, the
 * double fault, is a task of its own (mm/x86/segment.c), since its usual cause is that there is no
 * stack left to report on.
 *
 * Always true:
 *   [vector.1]  an entry of the table is set once, at boot, before interrupts are on
 * Source: Intel SDM vol. 3, chapter 6.
 */
#include "kernel/x86/vector.h"

#include "kernel/base/panic.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/regs.h"
#include "lib/assert.h"

enum { GATE_INTERRUPT = 0x8e, GATE_TASK = 0x85, GATE_USER = 0x60 };

struct gate {
	uint16_t offset_low, selector;
	uint16_t access; /* in the high byte */
	uint16_t offset_high;
};

extern const uint32_t vector_stubs[VECTOR_COUNT];
ASMLINKAGE void vector_call_entry(void);

static struct gate idt[256] __attribute__((aligned(8)));
/* entry.asm calls through it. */
extern void (*vector_handlers[VECTOR_ENTRIES])(struct trap_frame *tf);
void (*vector_handlers[VECTOR_ENTRIES])(struct trap_frame *tf);

_Static_assert(offsetof(struct trap_frame, vector) == 44 && VECTOR_CALL == 48 &&
	       VECTOR_BAD_RETURN == 49, "as entry.asm has them");

static void vector_unknown(struct trap_frame *tf)
{
	panic_at(tf, (uint32_t)&tf->esp, "vector %u, which nobody answers", tf->vector);
}

static struct gate gate(uint32_t target, uint16_t selector, unsigned access)
{
	return (struct gate){ (uint16_t)target, selector, (uint16_t)(access << 8),
			      (uint16_t)(target >> 16) };
}

void vector_init(void)
{
	for (unsigned i = 0; i < VECTOR_ENTRIES; i++)
		vector_handlers[i] = vector_unknown;
	for (unsigned i = 0; i < VECTOR_COUNT; i++)
		idt[i] = gate(vector_stubs[i], SELECTOR_KERNEL_CODE, GATE_INTERRUPT);
	idt[TRAP_BREAKPOINT].access |= GATE_USER << 8;
	idt[TRAP_OVERFLOW].access |= GATE_USER << 8;
	idt[TRAP_SYSCALL] = gate((uint32_t)vector_call_entry, SELECTOR_KERNEL_CODE,
				 GATE_INTERRUPT | GATE_USER);
	idt[TRAP_DOUBLE_FAULT] = gate(0, SELECTOR_DOUBLE_FAULT, GATE_TASK);
	cpu_load_idt(idt, sizeof(idt));
}

void vector_set(unsigned first, unsigned end, void (*handler)(struct trap_frame *tf))
{
	for (unsigned i = first; i < end; i++) {
		ASSERT(i < VECTOR_ENTRIES && vector_handlers[i] == vector_unknown); /* [vector.1] */
		vector_handlers[i] = handler;
	}
}

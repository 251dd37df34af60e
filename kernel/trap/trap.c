/*
 * Exceptions, interrupts and system calls: from a vector to whoever answers it.
 *
 * kernel/x86/entry.asm has made a struct trap_frame and called us with interrupts off (all gates
 * are interrupt gates). Which privilege was interrupted is read from the saved CS alone.
 *
 *   page fault     CR2 and the error code become (address, access), then mm/fault.c decides. What
 *                  it cannot do is a signal in user mode. In kernel mode it ends the copy that the
 *                  exception table knows, and anything the table does not know is our bug.
 *   other          user mode: a signal, as Linux's. Kernel mode: the exception table has the way
 *   exceptions     out of the kernel, where selectors or the return frame may be bad by a
 *                  program's doing; else our bug.
 *   interrupts     the handler of the line. No handler touches lists of mm or of processes.
 *   system calls   kernel/syscall/syscall.c
 *
 * System calls and user-mode exceptions run with interrupts on, like what they interrupted. Before
 * each return to user mode process_return_to_user sees to signals and rescheduling; it is entered
 * with interrupts off, so nothing arrives between its last look and the return.
 *
 * The gates: 3 (int3), 4 (into) and 0x80 may be used by user mode; any other int n is a
 * general-protection fault with error n * 8 + 2, also where there is no gate. 8, the double fault,
 * is a task of its own (mm/x86/segment.c), since its usual cause is that there is no stack left to
 * report on.
 * Source: Intel SDM vol. 3, chapter 6.
 */
#include "kernel/trap/trap.h"

#include "drivers/pic.h"
#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "kernel/proc/account.h"
#include "kernel/proc/disk_delay.h"
#include "kernel/proc/process.h"
#include "kernel/syscall/syscall.h"
#include "kernel/trap/segment_report.h"
#include "kernel/trap/signal_frame.h"
#include "kernel/watch/pressure.h"
#include "kernel/watch/reference.h"
#include "kernel/x86/cpu.h"
#include "lib/errno.h"
#include "mm/fault.h"
#include "mm/segment.h"
#include "mm/vmalloc.h"

enum { TRAP_NVECTORS = 48, TRAP_NEXCEPTIONS = 32, TRAP_NIRQS = 16 };
enum { GATE_INTERRUPT = 0x8e, GATE_TASK = 0x85, GATE_USER = 0x60 };
enum { KERNEL_CODE = 0x60, DOUBLE_FAULT_TASK = 0xf8 };
/* A page fault's error code. */
enum { FAULT_PRESENT = 1, FAULT_WRITE = 2, FAULT_RESERVED = 8, FAULT_FETCH = 16 };
enum { EFLAGS_TF = 1 << 8, EFLAGS_IF = 1 << 9 };
/* Linux's si_code. */
enum {
	SEGV_MAPERR = 1, SEGV_ACCERR = 2, BUS_ADRALN = 1, BUS_ADRERR = 2, FPE_INTDIV = 1,
	FPE_FLTINV = 7, ILL_ILLOPN = 2, TRAP_TRACE = 2,
};

struct gate {
	uint16_t offset_low, selector;
	uint16_t access; /* in the high byte */
	uint16_t offset_high;
};

struct extable_entry {
	uint32_t fault, fixup;
};

/* What a user program gets for an exception; signo 0: not an exception programs can cause. */
struct exception {
	const char *name;
	uint8_t signo;
	uint8_t code;
};

static const struct exception exceptions[TRAP_NEXCEPTIONS] = {
	[TRAP_DIVIDE] = { "division error", SIGFPE, FPE_INTDIV },
	[TRAP_DEBUG] = { "debug trap", SIGTRAP, TRAP_TRACE },
	[TRAP_NMI] = { "non-maskable interrupt", 0, 0 },
	[TRAP_BREAKPOINT] = { "breakpoint", SIGTRAP, SI_KERNEL },
	[TRAP_OVERFLOW] = { "overflow", SIGSEGV, SI_KERNEL },
	[TRAP_BOUNDS] = { "bounds", SIGSEGV, SI_KERNEL },
	[TRAP_OPCODE] = { "invalid opcode", SIGILL, ILL_ILLOPN },
	[TRAP_NO_FPU] = { "no floating-point unit", SIGFPE, FPE_FLTINV },
	[TRAP_BAD_TSS] = { "invalid task segment", SIGSEGV, SI_KERNEL },
	[TRAP_NOT_PRESENT] = { "segment not present", SIGSEGV, SI_KERNEL },
	[TRAP_STACK] = { "stack segment fault", SIGSEGV, SI_KERNEL },
	[TRAP_GENERAL] = { "general protection fault", SIGSEGV, SI_KERNEL },
	[TRAP_PAGE_FAULT] = { "page fault", SIGSEGV, SEGV_MAPERR },
	[TRAP_FPU] = { "floating-point error", SIGFPE, FPE_FLTINV },
	[TRAP_ALIGNMENT] = { "alignment check", SIGBUS, BUS_ADRALN },
	[TRAP_SIMD] = { "SIMD floating-point error", SIGFPE, FPE_FLTINV },
};

extern const struct extable_entry extable_start[], extable_end[];
extern const uint32_t trap_vectors[TRAP_NVECTORS];
ASMLINKAGE void trap_syscall_entry(void);
ASMLINKAGE void trap_syscall(struct trap_frame *tf);
ASMLINKAGE void trap_bad_return(struct trap_frame *tf);

static struct gate idt[256] __attribute__((aligned(8)));
static void (*irq_handlers[TRAP_NIRQS])(void);

/* Where to go on after a fault at @eip, or 0. */
static uint32_t extable_find(uint32_t eip)
{
	for (const struct extable_entry *e = extable_start; e < extable_end; e++)
		if (e->fault == eip)
			return e->fixup;
	return 0;
}

/* The kernel's stack pointer where it was interrupted: the CPU pushes no esp then. */
static uint32_t trap_kernel_esp(const struct trap_frame *tf)
{
	return (uint32_t)&tf->esp;
}

static unsigned fault_access(uint32_t error)
{
	if (error & FAULT_WRITE)
		return PROT_W;
	return error & FAULT_FETCH ? PROT_X : PROT_R;
}

static NORETURN void trap_fault_panic(const struct trap_frame *tf, vaddr_t va)
{
	const char *what = tf->error & FAULT_WRITE ? "write to" : "read of";
	uint32_t esp = trap_kernel_esp(tf);
	vaddr_t start;
	if (tf->error & FAULT_RESERVED)
		panic_at(tf, esp, "reserved bits in the page table of %08x", va);
	if (vmalloc_guard(va, &start))
		panic_at(tf, esp, "%s %08x, a guard page of the kernel range at %08x", what, va,
			 start);
	panic_at(tf, esp, "page fault in the kernel: %s %08x", what, va);
}

/* No memory for a page: true if the fault may be tried again, false if it is we who have to go. */
static bool trap_wait_for_memory(void)
{
	process_out_of_memory();
	struct process *p = process_current();
	return p != NULL && !signal_wanted(p);
}

/* mm's answer; what of it was a wait for memory is accounted for, and for the disk waited. */
static int trap_handle_fault(const struct trap_frame *tf, struct aspace *as, vaddr_t va)
{
	pressure_fault_begin();
	int err = fault_handle(as, va, fault_access(tf->error));
	bool waits = pressure_fault_end();
	if (trap_from_user(tf))
		disk_delay_wait();
	if (waits)
		pressure_wait_end();
	return err;
}

static void trap_kernel_fault(struct trap_frame *tf, vaddr_t va)
{
	uint32_t fixup = extable_find(tf->eip);
	if (fixup == 0)
		trap_fault_panic(tf, va);
	struct aspace *as = process_aspace();
	int err = -EFAULT;
	if (reference_on() && reference_granted(tf, va))
		return;
	if (va < USER_TOP && as != NULL)
		err = trap_handle_fault(tf, as, va);
	if (err == 0) {
		if (reference_on())
			reference_mapped(tf, va);
		return;
	}
	if (err == -EAGAIN) {
		sched_yield_now();
		return;
	}
	if (err != -ENOMEM || !trap_wait_for_memory())
		tf->eip = fixup;
}

static void trap_user_fault(struct trap_frame *tf, vaddr_t va)
{
	if (reference_on() && reference_granted(tf, va))
		return;
	int err = trap_handle_fault(tf, process_aspace(), va);
	const vaddr_t linear = va;
	va -= process_aspace()->segment.base; /* as the program knows it */
	switch (err) {
	case 0:
		if (reference_on())
			reference_mapped(tf, linear);
		break;
	case -EAGAIN:
		sched_yield_now();
		break;
	case -ENOMEM:
		process_out_of_memory();
		break;
	case -EACCES:
		process_fatal_fault(tf, SIGSEGV, SEGV_ACCERR, va, "access not allowed");
		break;
	case -EFAULT:
		process_fatal_fault(tf, SIGSEGV, SEGV_MAPERR, va, "no memory there");
		break;
	case -ENXIO:
		process_fatal_fault(tf, SIGBUS, BUS_ADRERR, va, "past the end of the file");
		break;
	default:
		process_fatal_fault(tf, SIGBUS, BUS_ADRERR, va, "read error");
	}
}

static void trap_page_fault(struct trap_frame *tf)
{
	vaddr_t va = cpu_fault_address(); /* first: the next fault overwrites it */
	if (tf->error & FAULT_RESERVED)
		trap_fault_panic(tf, va);
	if (tf->eflags & EFLAGS_IF)
		irq_enable();
	if (trap_from_user(tf))
		trap_user_fault(tf, va);
	else
		trap_kernel_fault(tf, va);
}

static void trap_user_exception(struct trap_frame *tf)
{
	const struct exception *e = &exceptions[tf->vector];
	if (tf->vector == TRAP_DEBUG && reference_on() && reference_stepped(tf))
		return;
	if (e->signo == 0)
		panic_at(tf, tf->esp, "exception %u in user mode", tf->vector);
	if (tf->vector == TRAP_DEBUG)
		(void)cpu_debug_status();
	irq_enable();
	/*
	 * Faults of arithmetic and decoding are about the instruction's address, others about none.
	 */
	bool about_eip = e->signo == SIGFPE || e->signo == SIGILL || tf->vector == TRAP_DEBUG;
	int code = e->code;
	if (tf->vector == TRAP_FPU || tf->vector == TRAP_SIMD)
		code = signal_fpu_code(tf->vector == TRAP_SIMD);
	char text[SEGMENT_REPORT_BYTES];
	const char *why = segment_report(tf, e->name, text);
	process_fatal_fault(tf, e->signo, code, about_eip ? tf->eip : 0, why);
}

static void trap_kernel_exception(struct trap_frame *tf)
{
	uint32_t fixup = extable_find(tf->eip);
	if (fixup != 0) {
		tf->eip = fixup;
	} else if (tf->vector == TRAP_DEBUG) {
		/* Deferred by a program's "mov ss" to our first instruction: nothing of ours. */
		(void)cpu_debug_status();
		tf->eflags &= ~(uint32_t)EFLAGS_TF;
	} else if (tf->vector == TRAP_NMI) {
		log_warn("non-maskable interrupt ignored");
	} else {
		const char *name = exceptions[tf->vector].name;
		panic_at(tf, trap_kernel_esp(tf), "%s in the kernel",
			 name != NULL ? name : "unknown exception");
	}
}

static void trap_irq(unsigned line)
{
	if (pic_spurious(line))
		return;
	if (irq_handlers[line] != NULL)
		irq_handlers[line]();
	pic_end(line);
}

/* What every way back to user mode passes. Interrupts are off from its first line to the return. */
static void trap_leave(struct trap_frame *tf, bool called)
{
	irq_disable();
	process_return_to_user(tf);
	if (reference_on())
		reference_leave(tf, called);
	account_leave();
}

ASMLINKAGE void trap_dispatch(struct trap_frame *tf)
{
	account_enter(trap_from_user(tf));
	if (reference_on() && trap_from_user(tf))
		reference_entered(tf);
	if (tf->vector == TRAP_PAGE_FAULT)
		trap_page_fault(tf);
	else if (tf->vector >= TRAP_IRQ0)
		trap_irq(tf->vector - TRAP_IRQ0);
	else if (trap_from_user(tf) && tf->vector != TRAP_NMI)
		trap_user_exception(tf);
	else
		trap_kernel_exception(tf);
	if (trap_from_user(tf))
		trap_leave(tf, false);
	else
		irq_disable();
}

/* From entry.asm, interrupts on. */
ASMLINKAGE void trap_syscall(struct trap_frame *tf)
{
	account_enter(true);
	if (reference_on())
		reference_entered(tf);
	syscall_handle(tf);
	trap_leave(tf, true);
}

/* From entry.asm, interrupts off: iret refused the frame @tf. */
ASMLINKAGE void trap_bad_return(struct trap_frame *tf)
{
	char text[SEGMENT_REPORT_BYTES];
	irq_enable();
	const char *why = segment_report(tf, "bad return to user mode", text);
	process_fatal_fault(tf, SIGSEGV, SI_KERNEL, 0, why);
	trap_leave(tf, true);
}

static NORETURN void trap_double_fault(const struct segment_double_fault *f)
{
	const struct trap_frame tf = {
		.ebx = f->ebx, .ecx = f->ecx, .edx = f->edx, .esi = f->esi, .edi = f->edi,
		.ebp = f->ebp, .eax = f->eax, .vector = TRAP_DOUBLE_FAULT, .eip = f->eip,
		.cs = f->cs, .eflags = f->eflags, .esp = f->esp, .ss = f->ss,
	};
	vaddr_t start;
	if (vmalloc_guard(f->address, &start) || vmalloc_guard(f->esp, &start))
		panic_at(&tf, f->esp, "kernel stack overflow in %s: eip %08x, esp %08x, "
			 "address %08x, the stack begins at %08x",
			 process_describe(), f->eip, f->esp, f->address, start);
	panic_at(&tf, f->esp, "double fault: eip %08x, esp %08x, address %08x", f->eip, f->esp,
		 f->address);
}

static struct gate gate(uint32_t target, uint16_t selector, unsigned access)
{
	return (struct gate){ (uint16_t)target, selector, (uint16_t)(access << 8),
			      (uint16_t)(target >> 16) };
}

void trap_init(void)
{
	for (unsigned i = 0; i < TRAP_NVECTORS; i++)
		idt[i] = gate(trap_vectors[i], KERNEL_CODE, GATE_INTERRUPT);
	idt[TRAP_BREAKPOINT].access |= GATE_USER << 8;
	idt[TRAP_OVERFLOW].access |= GATE_USER << 8;
	idt[TRAP_SYSCALL] = gate((uint32_t)trap_syscall_entry, KERNEL_CODE,
				 GATE_INTERRUPT | GATE_USER);
	idt[TRAP_DOUBLE_FAULT] = gate(0, DOUBLE_FAULT_TASK, GATE_TASK);
	segment_on_double_fault(trap_double_fault);
	cpu_load_idt(idt, sizeof(idt));
}

void irq_register(unsigned line, void (*handler)(void))
{
	ASSERT(line < TRAP_NIRQS && irq_handlers[line] == NULL);
	irq_handlers[line] = handler;
	pic_unmask(line);
}

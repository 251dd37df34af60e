/*
 * What a vector means: exceptions, interrupts, the bad return; kernel entry and exit.
 *
 * kernel/x86/vector.c calls with a struct trap_frame and interrupts off. Which privilege was
 * interrupted is read from the saved CS alone.
 *
 *   page fault     page_fault.c
 *   other          user mode: a signal, as Linux's. Kernel mode: the exception table covers the way
 *   exceptions     out of the kernel, where selectors or the return frame may be bad by a
 *                  program's doing; else our bug.
 *   interrupts     the handler of the line (kernel/x86/irq.c)
 *   system calls   kernel/syscall/syscall.c, between observe_enter and trap_leave like all others
 *
 * System calls and user-mode exceptions run with interrupts on, like what they interrupted. Before
 * each return to user mode attend.c handles signals and rescheduling; it is entered with interrupts
 * off, so nothing arrives between its last check and the return.
 * Source: Intel SDM vol. 3, chapter 6.
 */
#include "kernel/trap/trap.h"

#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "kernel/proc/hooks.h"
#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "kernel/trap/extable.h"
#include "kernel/trap/observe.h"
#include "kernel/trap/page_fault.h"
#include "kernel/trap/segment_report.h"
#include "kernel/trap/signal_frame.h"
#include "kernel/watch/explain.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/irq.h"
#include "kernel/x86/regs.h"
#include "kernel/x86/vector.h"
#include "mm/segment.h"
#include "mm/vmalloc.h"

enum { TRAP_NEXCEPTIONS = 32 };

/* Linux's si_code. */
enum {
	SEGV_MAPERR = 1, BUS_ADRALN = 1, FPE_INTDIV = 1, FPE_FLTINV = 7, ILL_ILLOPN = 2,
	TRAP_TRACE = 2,
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

void trap_fatal(struct trap_frame *tf, int signo, int code, vaddr_t va, const char *why)
{
	struct process *p = process_running;
	struct signal_info info = { .signo = signo, .code = code, .words = { va } };
	if (p->sig.actions->of[signo].handler == SIG_DFL || signal_ignored_or_blocked(p, signo))
		log_warn("%s: %s (code %d) at eip 0x%08x, address 0x%08x, esp 0x%08x: %s",
			 process_describe(), signal_name(signo), code, tf->eip, va, tf->esp,
			 explain_fatal(tf, va, why));
	p->sig.fault.vector = tf->vector;
	p->sig.fault.error = tf->error;
	if (tf->vector == TRAP_PAGE_FAULT)
		p->sig.fault.address = va;
	signal_force_info(p, &info);
}

static void trap_user_exception(struct trap_frame *tf)
{
	const struct exception *e = &exceptions[tf->vector];
	if (tf->vector == TRAP_DEBUG && observe_step(tf))
		return;
	if (e->signo == 0)
		panic_at(tf, tf->esp, "exception %u in user mode", tf->vector);
	if (tf->vector == TRAP_DEBUG)
		(void)cpu_debug_status();
	irq_enable();
	/* Arithmetic and decoding faults report the instruction's address, others none. */
	bool about_eip = e->signo == SIGFPE || e->signo == SIGILL || tf->vector == TRAP_DEBUG;
	int code = e->code;
	if (tf->vector == TRAP_FPU || tf->vector == TRAP_SIMD)
		code = signal_fpu_code(tf->vector == TRAP_SIMD);
	char text[SEGMENT_REPORT_BYTES];
	const char *why = segment_report(tf, e->name, text);
	trap_fatal(tf, e->signo, code, about_eip ? tf->eip : 0, why);
}

static void trap_kernel_exception(struct trap_frame *tf)
{
	uint32_t fixup = extable_find(tf->eip);
	if (fixup != 0) {
		tf->eip = fixup;
	} else if (tf->vector == TRAP_DEBUG) {
		/* Delayed by a program's "mov ss" to our first instruction: not ours. */
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

/* --- in and out --- */

/* Exit from an exception or an interrupt. */
static void trap_end(struct trap_frame *tf)
{
	if (trap_from_user(tf))
		trap_leave(tf, false);
	else
		irq_disable();
}

static void trap_exception(struct trap_frame *tf)
{
	observe_enter(tf, trap_from_user(tf));
	if (trap_from_user(tf) && tf->vector != TRAP_NMI)
		trap_user_exception(tf);
	else
		trap_kernel_exception(tf);
	trap_end(tf);
}

static void trap_page_fault(struct trap_frame *tf)
{
	vaddr_t va = cpu_fault_address(); /* first: the next fault overwrites it */
	observe_enter(tf, trap_from_user(tf));
	page_fault(tf, va);
	trap_end(tf);
}

static void trap_interrupt(struct trap_frame *tf)
{
	observe_enter(tf, trap_from_user(tf));
	irq_serve(tf->vector - TRAP_IRQ0);
	trap_end(tf);
}

/* Interrupts off: iret refused the frame @tf. */
static void trap_bad_return(struct trap_frame *tf)
{
	char text[SEGMENT_REPORT_BYTES];
	observe_enter(tf, true);
	irq_enable();
	const char *why = segment_report(tf, "bad return to user mode", text);
	trap_fatal(tf, SIGSEGV, SI_KERNEL, 0, why);
	trap_leave(tf, true);
}

/* A new process leaves the kernel as from a system call. */
static void trap_first_leave(struct trap_frame *tf)
{
	trap_leave(tf, true);
	vector_return(tf);
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

void trap_init(void)
{
	vector_init();
	vector_set(0, TRAP_PAGE_FAULT, trap_exception);
	vector_set(TRAP_PAGE_FAULT, TRAP_PAGE_FAULT + 1, trap_page_fault);
	vector_set(TRAP_PAGE_FAULT + 1, TRAP_IRQ0, trap_exception);
	vector_set(TRAP_IRQ0, VECTOR_COUNT, trap_interrupt);
	vector_set(VECTOR_BAD_RETURN, VECTOR_BAD_RETURN + 1, trap_bad_return);
	segment_on_double_fault(trap_double_fault);
	process_hooks.first_leave = trap_first_leave;
}

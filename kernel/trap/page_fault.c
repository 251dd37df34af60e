/*
 * Page faults: from CR2 and the error code to mm, and from mm's result to the action.
 *
 * (address, access) is all that mm/fault.c gets. If it fails, user mode gets a signal. In kernel
 * mode the exception table ends the copy under way, and an instruction not in the table is our bug.
 * Without memory a process is killed (kernel/proc/oom.c), and the instruction is retried.
 * Source: Intel SDM vol. 3, 4.7.
 */
#include "kernel/trap/page_fault.h"

#include "kernel/base/panic.h"
#include "kernel/proc/oom.h"
#include "kernel/proc/process.h"
#include "kernel/proc/signal.h"
#include "kernel/trap/extable.h"
#include "kernel/trap/observe.h"
#include "kernel/trap/trap.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/regs.h"
#include "lib/errno.h"
#include "mm/fault.h"
#include "mm/vmalloc.h"

/* Linux's si_code. */
enum { SEGV_MAPERR = 1, SEGV_ACCERR = 2, BUS_ADRERR = 2 };

static unsigned fault_access(uint32_t error)
{
	if (error & FAULT_WRITE)
		return PROT_W;
	return error & FAULT_FETCH ? PROT_X : PROT_R;
}

static NORETURN void fault_panic(const struct trap_frame *tf, vaddr_t va)
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

/* No memory for a page: true if the fault may be retried, false if the caller is the victim. */
static bool fault_wait_for_memory(void)
{
	process_out_of_memory();
	struct process *p = process_current();
	return p != NULL && !signal_wanted(p);
}

/* mm's result; time spent waiting for memory is accounted. */
static int fault_ask_mm(const struct trap_frame *tf, struct aspace *as, vaddr_t va)
{
	pressure_fault_begin();
	int err = fault_handle(as, va, fault_access(tf->error));
	pressure_fault_end();
	return err;
}

static void fault_from_kernel(struct trap_frame *tf, vaddr_t va)
{
	uint32_t fixup = extable_find(tf->eip);
	if (fixup == 0)
		fault_panic(tf, va);
	struct aspace *as = process_aspace();
	int err = -EFAULT;
	if (observe_fault(tf, va))
		return;
	if (va < USER_TOP && as != NULL)
		err = fault_ask_mm(tf, as, va);
	if (err == 0) {
		observe_mapped(tf, va);
		return;
	}
	if (err != -ENOMEM || !fault_wait_for_memory())
		tf->eip = fixup;
}

static void fault_from_user(struct trap_frame *tf, vaddr_t va)
{
	if (observe_fault(tf, va))
		return;
	int err = fault_ask_mm(tf, process_aspace(), va);
	const vaddr_t linear = va;
	va -= process_aspace()->segment.base; /* as the program sees it */
	switch (err) {
	case 0:
		observe_mapped(tf, linear);
		break;
	case -EINTR:
		break; /* SIGKILL ends it on the way back */
	case -ENOMEM:
		process_out_of_memory();
		break;
	case -EACCES:
		trap_fatal(tf, SIGSEGV, SEGV_ACCERR, va, "access not allowed");
		break;
	case -EFAULT:
		trap_fatal(tf, SIGSEGV, SEGV_MAPERR, va, "no memory there");
		break;
	case -ENXIO:
		trap_fatal(tf, SIGBUS, BUS_ADRERR, va, "past the end of the file");
		break;
	default:
		trap_fatal(tf, SIGBUS, BUS_ADRERR, va, "read error");
	}
}

void page_fault(struct trap_frame *tf, vaddr_t va)
{
	if (tf->error & FAULT_RESERVED)
		fault_panic(tf, va);
	if (tf->eflags & EFLAGS_IF)
		irq_enable();
	if (trap_from_user(tf))
		fault_from_user(tf, va);
	else
		fault_from_kernel(tf, va);
}

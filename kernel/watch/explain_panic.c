/*
 * The end of a panic report.
 *
 * The first part of the report (panic.c) trusts nothing; it and the RESULT record have been written
 * when this begins. This part reads structures of mm and of processes that may be the broken ones.
 * If that fails, the nested panic says so and stops; nothing else is lost. Everything is bounded: a
 * list that has become circular delays the report's end, but it ends.
 */
#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "kernel/proc/process.h"
#include "kernel/watch/explain.h"
#include "kernel/watch/trace_log.h"
#include "kernel/x86/cpu.h"
#include "mm/trace.h"

enum { AREAS_MAX = 16, EVENTS_MAX = 8 };

static void tell_address(const struct trap_frame *tf, const struct aspace *as)
{
	vaddr_t va = cpu_fault_address();
	if (tf == NULL)
		return;
	if (tf->vector == TRAP_PAGE_FAULT || tf->vector == TRAP_DOUBLE_FAULT)
		panic_print("cr2 %08x is %s\n", va, explain_kernel(as, va));
}

static void tell_process(const struct process *p, const struct aspace *as)
{
	if (p == NULL) {
		panic_print("process: none; the kernel itself was running\n");
		return;
	}
	panic_print("process: %s", process_describe());
	if (as == NULL) {
		panic_print(", without memory of its own\n");
		return;
	}
	panic_print(", %u pages resident, %u on swap, %u areas\n", as->pmap.resident,
		    as->pmap.swapped, as->areas.count);
	const struct vma *v = vma_first(&as->areas);
	for (unsigned i = 0; v != NULL && i < AREAS_MAX; i++) {
		panic_print("  %08x-%08x %c%c%c %s\n", v->start, v->end,
			    v->prot & PROT_R ? 'r' : '-', v->prot & PROT_W ? 'w' : '-',
			    v->prot & PROT_X ? 'x' : '-', explain_area(as, v));
		v = vma_next(v);
	}
	if (v != NULL)
		panic_print("  ... and more\n");
}

static void tell_next(const struct trap_frame *tf)
{
	panic_print("what next:\n  source lines    addr2line -pfie build/clockhand.elf ");
	panic_print(tf != NULL ? "0x%08x ...\n" : "ADDRESS...\n", tf != NULL ? tf->eip : 0);
	panic_print("  the same in gdb tools/clockhand debug -- PROGRAM; then: break panic_at, "
		    "break panic, continue, bt\n");
	if (tf != NULL && tf->vector == TRAP_PAGE_FAULT)
		panic_print("  the address     ck why 0x%x, in gdb\n", cpu_fault_address());
	if (trace_on == 0)
		panic_print("  the last faults --append trace=all: the report then has them\n");
}

void explain_panic(const struct trap_frame *tf)
{
	const struct process *p = process_current();
	const struct aspace *as = process_aspace();
	tell_address(tf, as);
	tell_process(p, as);
	trace_log_last(EVENTS_MAX);
	tell_next(tf);
}

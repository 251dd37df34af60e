/*
 * Panic: report as much as can be found out without trusting anything.
 *
 * The report goes straight to the console. It allocates nothing, and reads memory it cannot trust
 * through the exception table, so that a broken stack truncates the trace, not the report. If the
 * report itself fails, the second panic prints its own reason and stops at once.
 *
 * What has to be looked up in structures that may be broken (what an address is, which areas there
 * are) is reported last, after the record (panic_hooks.report).
 *
 * The stack trace follows frame pointers: each frame begins with the caller's, then the return
 * address. It ends at the first frame pointer that is not above the one before.
 * tools/gdb and addr2line turn addresses into names; so does the kernel if it carries symbols.
 */
#include "kernel/base/panic.h"

#include "kernel/base/log.h"
#include "kernel/base/symbols.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/trap_frame.h"
#include "lib/assert.h"
#include "lib/format.h"
#include "machine/layout.h"

enum { TRACE_DEPTH = 24 };

struct panic_hooks panic_hooks;

static void panic_sink(void *context, const char *text, size_t n)
{
	(void)context;
	log_write(text, n);
}

void panic_print(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	format_to(panic_sink, NULL, fmt, args);
	va_end(args);
}

static void panic_place(uint32_t eip)
{
	struct symbol s = symbol_find(eip);
	if (s.name != NULL)
		panic_print("  %08x %s+0x%x\n", eip, s.name, s.offset);
	else
		panic_print("  %08x\n", eip);
}

static void panic_trace(uint32_t eip, uint32_t ebp)
{
	panic_print("stack trace:\n");
	panic_place(eip);
	bool again = false;
	for (unsigned i = 0; i < TRACE_DEPTH && ebp >= KERNEL_BASE; i++) {
		uint32_t frame[2]; /* the caller's ebp, the return address */
		if (cpu_user_read(frame, ebp, sizeof(frame)) != 0 || frame[1] == 0)
			return;
		if (frame[1] != eip)
			panic_place(frame[1]);
		else if (!again)
			panic_print("  (again and again)\n");
		again = frame[1] == eip;
		eip = frame[1];
		if (frame[0] <= ebp)
			return;
		ebp = frame[0];
	}
}

static void panic_registers(const struct trap_frame *tf, uint32_t esp)
{
	panic_print("eip %08x  cs  %04x      eflags %08x  vector %u error %x\n", tf->eip,
		    tf->cs & 0xffff, tf->eflags, tf->vector, tf->error);
	panic_print("eax %08x  ebx %08x  ecx %08x  edx %08x\n", tf->eax, tf->ebx, tf->ecx, tf->edx);
	panic_print("esi %08x  edi %08x  ebp %08x  esp %08x\n", tf->esi, tf->edi, tf->ebp, esp);
}

static NORETURN void panic_stop(void)
{
	if (panic_hooks.stop != NULL)
		panic_hooks.stop();
	cpu_halt();
}

/* The heading, once: a panic inside the report stops the machine. */
static void panic_begin(const char *fmt, va_list args)
{
	static bool panicking;
	irq_disable();
	if (panic_hooks.show_console != NULL)
		panic_hooks.show_console();
	panic_print("\npanic: ");
	format_to(panic_sink, NULL, fmt, args);
	panic_print("\n");
	if (panicking)
		panic_stop();
	panicking = true;
	if (panic_hooks.describe != NULL)
		panic_print("while running %s\n", panic_hooks.describe());
}

static NORETURN void panic_end(const struct trap_frame *tf, uint32_t eip, uint32_t ebp)
{
	panic_print("cr0 %08x  cr2 %08x  cr3 %08x  cr4 %08x\n", cpu_read_cr0(), cpu_fault_address(),
		    cpu_directory(), cpu_read_cr4());
	panic_trace(eip, ebp);
	if (panic_hooks.record != NULL)
		panic_hooks.record();
	if (panic_hooks.report != NULL)
		panic_hooks.report(tf);
	panic_stop();
}

void panic(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	panic_begin(fmt, args);
	va_end(args);
	uint32_t ebp = (uint32_t)__builtin_frame_address(0);
	uint32_t eip = (uint32_t)__builtin_return_address(0);
	panic_print("eip %08x  ebp %08x\n", eip, ebp);
	panic_end(NULL, eip, *(uint32_t *)ebp);
}

void panic_at(const struct trap_frame *tf, uint32_t esp, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	panic_begin(fmt, args);
	va_end(args);
	panic_registers(tf, esp);
	panic_end(tf, tf->eip, tf->ebp);
}

void assert_fail(const char *expression, const char *file, int line)
{
	panic("%s:%d: \"%s\" does not hold", file, line, expression);
}

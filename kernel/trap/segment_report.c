/*
 * Which segment an access violated, and where.
 *
 * The CPU reports "general protection" or "stack segment" and no more: error code 0, no address. So
 * the instruction is decoded (operand.c) and each access it makes is checked against its segment as
 * the CPU does: null, read-only, beyond the limit. A transfer is checked against the end of code,
 * and so, first, is the instruction itself. The first check that fails is reported, with base,
 * limit and offset. If none does, the fault had another cause (a privileged instruction, a
 * misaligned vector), or the instruction is not decoded; then nothing is reported.
 *
 * An error code that is not 0 names the selector that the CPU refused to load.
 *
 * Limits are sizes here as everywhere, one more than the last byte; 4 GiB has nine digits.
 */
#include "kernel/trap/segment_report.h"

#include "kernel/proc/process.h"
#include "kernel/trap/operand.h"
#include "kernel/x86/regs.h"
#include "lib/format.h"
#include "lib/string.h"

/* A segment register's contents in plain words. */
struct segment_view {
	uint32_t selector;
	uint32_t base, last; /* last: the last byte's offset */
	bool known, writable, expands_down;
};

static struct segment_view view_tls(const struct process *p, uint32_t selector)
{
	struct segment_view v = { .selector = selector };
	uint32_t i = (selector >> 3) - SEGMENT_TLS_FIRST;
	if (i >= SEGMENT_NTLS || selector & 4)
		return v;
	struct segment_tls_facts f = segment_read_tls(&p->cpu.tls[i]);
	v.known = true;
	v.base = f.base;
	v.last = f.flags & SEGMENT_TLS_PAGES ? f.limit << PAGE_SHIFT | PAGE_MASK : f.limit;
	v.writable = !(f.flags & SEGMENT_TLS_READ_ONLY);
	v.expands_down = f.flags & SEGMENT_TLS_EXPAND_DOWN;
	return v;
}

static struct segment_view segment_view(const struct trap_frame *tf, uint8_t segment)
{
	const uint32_t selectors[] = {
		[SEGMENT_ES] = tf->es, [SEGMENT_CS] = tf->cs, [SEGMENT_SS] = tf->ss,
		[SEGMENT_DS] = tf->ds, [SEGMENT_FS] = tf->fs, [SEGMENT_GS] = tf->gs,
	};
	const struct process *p = process_running;
	const struct segment *user = &p->aspace->segment;
	uint32_t selector = selectors[segment] & 0xffff;
	if (selector == SELECTOR_USER_CODE)
		return (struct segment_view){ selector, user->base, user->code_limit - 1,
					      .known = true };
	if (selector == SELECTOR_USER_DATA)
		return (struct segment_view){ selector, user->base, user->data_limit - 1,
					      .known = true, .writable = true };
	return view_tls(p, selector);
}

static const char *segment_kind(uint8_t segment)
{
	return segment == SEGMENT_CS ? "code" : segment == SEGMENT_SS ? "stack" : "data";
}

static bool view_holds(const struct segment_view *v, const struct operand *o)
{
	uint32_t end = o->offset + (o->bytes - 1u);
	bool wraps = end < o->offset;
	if (v->expands_down)
		return o->offset > v->last && !wraps;
	/* In a segment of 4 GiB offsets wrap around. */
	return v->last == UINT32_MAX || (end <= v->last && !wraps);
}

static void report_view(char *text, const char *what, uint8_t segment, const struct segment_view *v,
			uint32_t offset)
{
	static const char names[][3] = { "es", "cs", "ss", "ds", "fs", "gs" };
	format_string(text, SEGMENT_REPORT_BYTES,
		      "%s the %s segment (%s 0x%02x, base 0x%08x, limit 0x%08llx) at offset 0x%08x",
		      what, segment_kind(segment), names[segment], v->selector, v->base,
		      (unsigned long long)v->last + 1, offset);
}

/* Does @o fail? Then @text gives the reason. */
static bool report_operand(const struct trap_frame *tf, const struct operand *o, char *text)
{
	struct segment_view v = segment_view(tf, o->segment);
	if (v.selector < 4) {
		format_string(text, SEGMENT_REPORT_BYTES,
			      "no %s segment: a null selector, at offset 0x%08x",
			      segment_kind(o->segment), o->offset);
		return true;
	}
	if (!v.known)
		return false;
	if (!view_holds(&v, o))
		report_view(text, v.expands_down ? "not above the end of" : "beyond the end of",
			    o->segment, &v, o->offset);
	else if (o->write && !v.writable)
		report_view(text, "a write to", o->segment, &v, o->offset);
	else
		return false;
	return true;
}

static bool report_code(const struct trap_frame *tf, uint32_t target, char *text)
{
	struct segment_view v = segment_view(tf, SEGMENT_CS);
	if (target <= v.last)
		return false;
	report_view(text, "beyond the end of", SEGMENT_CS, &v, target);
	return true;
}

static bool report_jump(const struct trap_frame *tf, const struct instruction *in, char *text)
{
	uint32_t target = in->target;
	if (in->target_in_memory) {
		struct segment_view v = segment_view(tf, in->operands[0].segment);
		struct segment whole = process_running->aspace->segment;
		uint32_t offset = in->operands[0].offset + v.base - whole.base;
		if (!v.known ||
		    user_read(process_running->aspace, &target, offset, sizeof(target)) != 0)
			return false;
	}
	return report_code(tf, target, text);
}

static bool report_instruction(const struct trap_frame *tf, char *text)
{
	uint8_t code[INSTRUCTION_BYTES_MAX];
	struct instruction in;
	struct aspace *as = process_running->aspace;
	uint32_t end = as->segment.code_limit;
	if (report_code(tf, tf->eip, text))
		return true;
	unsigned n = MIN(end - tf->eip, (uint32_t)sizeof(code));
	/* Near the end of an area fewer bytes can be read. */
	while (n > 0 && user_read(as, code, tf->eip, n) != 0)
		n--;
	if (n == 0 || !instruction_decode(code, n, tf, &in))
		return false;
	if (in.cut)
		return n == end - tf->eip && report_code(tf, end, text);
	for (unsigned i = 0; i < in.noperands; i++)
		if (report_operand(tf, &in.operands[i], text))
			return true;
	return in.jumps && report_jump(tf, &in, text);
}

const char *segment_report(const struct trap_frame *tf, const char *otherwise,
			   char text[SEGMENT_REPORT_BYTES])
{
	enum { IN_IDT = 2 };
	if (tf->vector != TRAP_GENERAL && tf->vector != TRAP_STACK &&
	    tf->vector != TRAP_NOT_PRESENT)
		return otherwise;
	if (tf->error & IN_IDT)
		return otherwise; /* int n: a gate that programs may not use */
	if (tf->error) {
		format_string(text, SEGMENT_REPORT_BYTES, "selector 0x%02x %s", tf->error & 0xfffc,
			      tf->vector == TRAP_NOT_PRESENT ? "names a segment that is not present"
							     : "cannot be loaded");
		return text;
	}
	return report_instruction(tf, text) ? text : otherwise;
}

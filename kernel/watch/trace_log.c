/*
 * The trace in words.
 *
 * While the machine runs, a trace fills mm/trace.c's ring, and is sent by trace_port.c if there is
 * a port: writing lines in the middle of a fault would take too long. After the last process
 * (trace=KINDS on the command line) the ring is printed here, one line per record.
 */
#include "kernel/watch/trace_log.h"

#include "kernel/base/log.h"
#include "kernel/watch/trace_port.h"
#include "mm/fault.h"
#include "mm/trace.h"

static void tell_fault(const struct trace_record *r)
{
	switch (r->a) {
	case TRACE_STEP_LEGAL:
		log_info("trace: fault %08x  1 legal? %s", r->b, r->c == 0 ? "yes" : "no");
		break;
	case TRACE_STEP_MISSING:
		log_info("trace: fault %08x  2 what is missing? %s", r->b, fault_plan_name(r->c));
		break;
	case TRACE_STEP_FRAME:
		log_info("trace: fault %08x  3 a frame: %u", r->b, r->c);
		break;
	case TRACE_STEP_FILL:
		log_info("trace: fault %08x  4 filled", r->b);
		break;
	case TRACE_STEP_MAP:
		log_info("trace: fault %08x  5 mapped", r->b);
		break;
	default:
		log_info("trace: fault %08x  6 recorded, %s", r->b,
			 trace_fault_major(r->c) ? "major" : "minor");
	}
}

static void tell_policy(const struct trace_record *r)
{
	static const char *const words[] = { "gets", "loses", "must not take" };
	if (r->a == TRACE_POLICY_SWITCH)
		log_info("trace: policy switched");
	else
		log_info("trace: policy %s frame %u", words[r->a], r->b);
}

static void tell_process(const struct trace_record *r)
{
	static const char *const words[] = { "starts", "execs", "ends" };
	log_info("trace: pid %u %s", r->b, words[r->a]);
}

static void tell_record(const struct trace_record *r)
{
	switch (r->kind) {
	case TRACE_FAULT:
		tell_fault(r);
		break;
	case TRACE_EVICT:
		log_info("trace: evict frame %u, slot %u, %s", r->a, r->b,
			 r->c ? "written" : "clean");
		break;
	case TRACE_POLICY:
		tell_policy(r);
		break;
	case TRACE_PROCESS:
		tell_process(r);
		break;
	default:
		log_info("trace: scan  frame %u, %s", r->a,
			 r->b ? "referenced: spared" : "not referenced");
	}
}

void trace_log(void)
{
	struct trace_record r;
	uint32_t count = trace_count();
	uint32_t first = 0;
	trace_port_end();
	if (trace_on == 0 || count == 0)
		return;
	trace_on = 0;
	while (first < count && !trace_get(first, &r))
		first++;
	if (first > 0)
		log_info("trace: %u records, the first %u are lost", count, first);
	for (uint32_t i = first; i < count; i++)
		if (trace_get(i, &r))
			tell_record(&r);
}

void trace_log_last(uint32_t most)
{
	struct trace_record r;
	uint32_t count = trace_count();
	for (uint32_t i = count > most ? count - most : 0; i < count; i++)
		if (trace_get(i, &r))
			tell_record(&r);
}

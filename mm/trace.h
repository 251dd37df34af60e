/*
 * What happened, in order: a ring of records, switched on by kind (kernel word trace=fault,evict).
 * A record is four words; when a kind is off, tracing it costs one test. Context: any.
 */
#ifndef MM_TRACE_H
#define MM_TRACE_H

#include "lib/base.h"

enum trace_kind {
	/*
	 * steps of a fault: a = step (enum trace_step), b = address, c = frame or slot; at the last
	 * step trace_fault_facts
	 */
	TRACE_FAULT,
	TRACE_EVICT, /* a = pfn, b = slot, c = 1 if written */
	TRACE_SCAN,  /* the hand: a = pfn, b = referenced bit it found */
	TRACE_POLICY,  /* a = enum trace_policy, b = pfn */
	TRACE_PROCESS, /* a = enum trace_process, b = pid */
	TRACE_ALL,     /* "all" is the kinds above */
	/*
	 * Every page the first process uses. It runs step by step then, and nothing is kept in the
	 * ring: kernel/watch/reference.c.
	 */
	TRACE_REFERENCE = TRACE_ALL,
	TRACE_KIND_COUNT
};

enum trace_step {
	TRACE_STEP_LEGAL = 1,
	TRACE_STEP_MISSING,
	TRACE_STEP_FRAME,
	TRACE_STEP_FILL,
	TRACE_STEP_MAP,
	TRACE_STEP_RECORD,
};

/* PIN: no victim until the fault that is being handled is over. */
enum trace_policy {
	TRACE_POLICY_INSERT,
	TRACE_POLICY_REMOVE,
	TRACE_POLICY_PIN,
	TRACE_POLICY_SWITCH,
};
enum trace_process { TRACE_PROCESS_START, TRACE_PROCESS_EXEC, TRACE_PROCESS_EXIT };

/* c of a fault's last step: what the fault was. @access: PROT_R, _W or _X; @plan: fault.c's. */
static inline uint32_t trace_fault_facts(bool major, unsigned access, unsigned plan)
{
	return major | access << 8 | plan << 16;
}

static inline bool trace_fault_major(uint32_t facts)
{
	return facts & 1;
}

static inline unsigned trace_fault_access(uint32_t facts)
{
	return facts >> 8 & 0xff;
}

static inline unsigned trace_fault_plan(uint32_t facts)
{
	return facts >> 16;
}

struct trace_record {
	uint32_t kind, a, b, c;
};

extern uint32_t trace_on; /* bit of each kind */
/* Gets every record that is written, besides the ring; NULL: nobody does. */
extern void (*trace_sink)(const struct trace_record *r);

void trace_write(enum trace_kind kind, uint32_t a, uint32_t b, uint32_t c);
#define trace(kind, a, b, c) \
	do { \
		if (UNLIKELY(trace_on >> (kind) & 1)) \
			trace_write((kind), (a), (b), (c)); \
	} while (0)

/*
 * Kinds by name, comma separated, "all" (without references) or "". False: an unknown name, nothing
 * changed.
 */
bool trace_select(const char *names);
/* Forget everything recorded. */
void trace_reset(void);
/* How many records there are since reset, and the i-th; the oldest are lost first: false. */
uint32_t trace_count(void);
bool trace_get(uint32_t i, struct trace_record *out);
const char *trace_kind_name(uint32_t kind);

#endif

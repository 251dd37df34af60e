/*
 * Sending the trace out of the machine.
 *
 * mm/trace.c keeps the last thousand records; to get all of them, boot with a debug console
 * (drivers/debugcon.c), and each record is sent as it happens. Nothing is buffered, so nothing is
 * lost however the machine ends; nothing is allocated and no list is touched, so the faults are the
 * same as without a trace, unless the program reads the clock.
 *
 * The stream begins with one line of text and is binary after it. A record is a type byte, and
 * fields: bytes, numbers (seven bits a byte, lowest first, the top bit says that more follow) or
 * names that end in NUL. docs/traces.md has the table; tools/clockhandlib/trace.py reads it.
 *
 * References are by far the most frequent and have one byte: two bits of access and six that name
 * one of the pages most recently used. A record of its own assigns a page to a place before its
 * first use, valid until the place is reassigned: page number modulo 63.
 *
 * The faulting process is recorded when it changes.
 *
 * Left out: time stamps. The order of records shows what the machine did; under -icount a time
 * stamp would include the time of tracing itself.
 */
#include "kernel/watch/trace_port.h"

#include "drivers/debugcon.h"
#include "kernel/proc/process.h"
#include "lib/assert.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/policy/policy.h"
#include "mm/reclaim.h"
#include "mm/trace.h"

enum { PORT_VERSION = 1, PORT_PLACES = 63 };
/* Below PORT_RECORDS: a reference, access << 6 | place. */
enum {
	PORT_RECORDS = 0xc0,
	PORT_PAGE = 0xc0, /* place, page << 3 | marks */
	PORT_FAULT,	  /* plan, major | access << 1, page, frame or 0 */
	PORT_INSERT,	  /* frame */
	PORT_REMOVE,	  /* frame */
	PORT_PIN,	  /* frame: no victim until the next fault record */
	PORT_LOOK,	  /* frame << 1 | referenced */
	PORT_EVICT,	  /* frame << 1 | written, slot */
	PORT_SWITCH,	  /* name */
	PORT_START,	  /* pid */
	PORT_EXEC,	  /* pid, name */
	PORT_EXIT,	  /* pid */
	PORT_PROCESS,	  /* pid: whose the next faults are; 0 the kernel */
	PORT_END,
};
enum { PORT_RECORD_MAX = 40 };

struct port_record {
	uint8_t bytes[PORT_RECORD_MAX];
	size_t length;
};

static bool port_open;
static int port_pid = -1;
static uint32_t port_frame; /* of the fault that is being recorded */
static uint32_t port_place[PORT_PLACES]; /* page << 3 | marks, plus 1; 0: none yet */

static void put_byte(struct port_record *r, uint32_t value)
{
	ASSERT(r->length < sizeof(r->bytes));
	r->bytes[r->length] = (uint8_t)value;
	r->length++;
}

static void put_number(struct port_record *r, uint32_t value)
{
	for (; value >= 0x80; value >>= 7)
		put_byte(r, value | 0x80);
	put_byte(r, value);
}

static void put_name(struct port_record *r, const char *name)
{
	size_t n = MIN(strlen(name), (size_t)PROCESS_COMM_MAX);
	for (size_t i = 0; i < n; i++)
		put_byte(r, (uint8_t)name[i]);
	put_byte(r, 0);
}

static void port_send(const struct port_record *r)
{
	debugcon_write(r->bytes, r->length);
}

/* A record of one number. */
static void port_say(unsigned what, uint32_t number)
{
	struct port_record r = { .length = 0 };
	put_byte(&r, what);
	put_number(&r, number);
	port_send(&r);
}

static void port_say_process(void)
{
	const struct process *p = process_current();
	int pid = p != NULL ? p->pid : 0;
	if (pid == port_pid)
		return;
	port_pid = pid;
	port_say(PORT_PROCESS, (uint32_t)pid);
}

static void port_fault(const struct trace_record *t)
{
	struct port_record r = { .length = 0 };
	if (t->a == TRACE_STEP_MISSING)
		port_frame = 0;
	if (t->a == TRACE_STEP_MAP)
		port_frame = t->c;
	if (t->a != TRACE_STEP_RECORD)
		return;
	port_say_process();
	put_byte(&r, PORT_FAULT);
	put_byte(&r, trace_fault_plan(t->c));
	put_byte(&r, trace_fault_major(t->c) | trace_fault_access(t->c) << 1);
	put_number(&r, t->b >> PAGE_SHIFT);
	put_number(&r, port_frame);
	port_send(&r);
}

static void port_evict(const struct trace_record *t)
{
	struct port_record r = { .length = 0 };
	put_byte(&r, PORT_EVICT);
	put_number(&r, t->a << 1 | (t->c != 0));
	put_number(&r, t->b);
	port_send(&r);
}

static void port_policy(const struct trace_record *t)
{
	static const uint8_t frame_records[] = { PORT_INSERT, PORT_REMOVE, PORT_PIN };
	struct port_record r = { .length = 0 };
	if (t->a != TRACE_POLICY_SWITCH) {
		port_say(frame_records[t->a], t->b);
		return;
	}
	put_byte(&r, PORT_SWITCH);
	put_name(&r, policy_name());
	port_send(&r);
}

static void port_process(const struct trace_record *t)
{
	struct port_record r = { .length = 0 };
	if (t->a != TRACE_PROCESS_EXEC) {
		port_say(t->a == TRACE_PROCESS_START ? PORT_START : PORT_EXIT, t->b);
		return;
	}
	put_byte(&r, PORT_EXEC);
	put_number(&r, t->b);
	put_name(&r, process_current()->comm);
	port_send(&r);
}

static void port_take(const struct trace_record *t)
{
	switch (t->kind) {
	case TRACE_FAULT:
		port_fault(t);
		break;
	case TRACE_EVICT:
		port_evict(t);
		break;
	case TRACE_SCAN:
		port_say(PORT_LOOK, t->a << 1 | t->b);
		break;
	case TRACE_POLICY:
		port_policy(t);
		break;
	default:
		port_process(t);
	}
}

void trace_port_start(void)
{
	char line[128];
	if (trace_on == 0 || !debugcon_present())
		return;
	int n = format_string(line, sizeof(line), "clockhand-trace %u policy=%s frames=%u\n",
			      PORT_VERSION, policy_name(), reclaim_stats.limit);
	debugcon_write(line, (size_t)n);
	port_open = true;
	trace_sink = port_take;
}

void trace_port_reference(vaddr_t va, enum reference_access access, unsigned marks)
{
	if (!port_open)
		return;
	uint32_t page = va >> PAGE_SHIFT;
	uint32_t place = page % PORT_PLACES, key = page << 3 | marks;
	if (port_place[place] != key + 1) {
		struct port_record r = { .length = 0 };
		put_byte(&r, PORT_PAGE);
		put_byte(&r, place);
		put_number(&r, key);
		port_send(&r);
		port_place[place] = key + 1;
	}
	uint8_t byte = (uint8_t)(access << 6 | place);
	debugcon_write(&byte, 1);
}

void trace_port_end(void)
{
	static const uint8_t end = PORT_END;
	if (!port_open)
		return;
	debugcon_write(&end, 1);
	trace_sink = NULL;
	port_open = false;
}

/*
 * What happened, in order: a ring of the last records.
 *
 * Counters say how often, a trace says in which order: it is how the way of one fault through its
 * steps is shown, and how the clock's choices are compared with a model. A record has a number,
 * counted from the last reset; record i lies in place i modulo the ring's size, so the newest
 * overwrite the oldest and nothing is ever moved.
 *
 * Always true:
 *   [trace.1]  records trace_total - TRACE_RING .. trace_total - 1 can be read, or all if there are
 *       fewer
 * A sink, if there is one, gets each record at once: kernel/watch/trace_port.c sends them out.
 *
 * Left out: time stamps. Numbers keep the order; a debugger's counter is one read of cpu_tsc away.
 */
#include "mm/trace.h"

#include "lib/string.h"

enum { TRACE_RING = 1024 };

uint32_t trace_on;
void (*trace_sink)(const struct trace_record *r);
static struct trace_record trace_ring[TRACE_RING];
static uint32_t trace_total;

static const char *const trace_names[TRACE_KIND_COUNT] = {
	"fault", "evict", "scan", "policy", "process", "reference",
};

void trace_write(enum trace_kind kind, uint32_t a, uint32_t b, uint32_t c)
{
	struct trace_record *r = &trace_ring[trace_total % TRACE_RING];
	*r = (struct trace_record){ kind, a, b, c };
	trace_total++;
	if (trace_sink != NULL)
		trace_sink(r);
}

/* The bits of the kind called by the first @length characters of @name; 0 if there is none. */
static uint32_t trace_bits(const char *name, size_t length)
{
	if (length == 3 && strncmp(name, "all", 3) == 0)
		return (1u << TRACE_ALL) - 1;
	for (unsigned kind = 0; kind < TRACE_KIND_COUNT; kind++) {
		if (strlen(trace_names[kind]) == length &&
		    strncmp(name, trace_names[kind], length) == 0)
			return 1u << kind;
	}
	return 0;
}

bool trace_select(const char *names)
{
	uint32_t selected = 0;
	while (*names) {
		const char *comma = strchr(names, ',');
		size_t length = comma ? (size_t)(comma - names) : strlen(names);
		uint32_t bits = trace_bits(names, length);
		if (!bits)
			return false;
		selected |= bits;
		names += length + (comma ? 1 : 0);
	}
	trace_on = selected;
	return true;
}

void trace_reset(void)
{
	trace_total = 0;
}

uint32_t trace_count(void)
{
	return trace_total;
}

bool trace_get(uint32_t i, struct trace_record *out)
{
	if (i >= trace_total || trace_total - i > TRACE_RING)
		return false;
	*out = trace_ring[i % TRACE_RING];
	return true;
}

const char *trace_kind_name(uint32_t kind)
{
	return kind < TRACE_KIND_COUNT ? trace_names[kind] : "?";
}

/*
 * /proc/PID/segments: a process's segment table, one line per usable descriptor.
 *
 *   selector  kind   base        limit        rights  units
 *   0x73      code   0x00000000  0x0804d000   r-x     pages
 *
 * Limits are sizes in bytes, one more than the highest offset; a segment can have 0x100000000. The
 * units are the descriptor's granularity. Each thread has thread-local entries of its own. Linux
 * has no such file.
 */
#include "kernel/proc/process.h"
#include "kernel/procfs/proc.h"
#include "kernel/x86/regs.h"

/* Descriptors have byte granularity up to this size, page granularity above. */
enum { SEGMENT_BYTES_MAX = 1 << 20, SEGMENTS_RIGHTS_COLUMN = 42 };

static void segments_line(struct text *t, uint32_t selector, const char *kind, vaddr_t base,
			  uint64_t limit)
{
	size_t start = t->length;
	text_add(t, "0x%02x      %-5s  0x%08x  0x%08llx", selector, kind, base,
		 (unsigned long long)limit);
	text_pad(t, start, SEGMENTS_RIGHTS_COLUMN);
}

static void segments_user(struct text *t, uint32_t selector, const char *kind, vaddr_t base,
			  uint32_t limit)
{
	segments_line(t, selector, kind, base, limit);
	text_add(t, "%s     %s\n", selector == SELECTOR_USER_CODE ? "r-x" : "rw-",
		 limit > SEGMENT_BYTES_MAX ? "pages" : "bytes");
}

static void segments_tls(struct text *t, unsigned entry, const struct segment_tls *tls)
{
	if (!tls->words[0] && !tls->words[1])
		return;
	struct segment_tls_facts f = segment_read_tls(tls);
	bool pages = f.flags & SEGMENT_TLS_PAGES;
	uint64_t limit = ((uint64_t)f.limit + 1) << (pages ? PAGE_SHIFT : 0);
	segments_line(t, entry * 8 + 3, "local", f.base, limit);
	text_add(t, "%s     %s\n", f.flags & SEGMENT_TLS_READ_ONLY ? "r--" : "rw-",
		 pages ? "pages" : "bytes");
}

void proc_show_segments(struct text *t, struct process *p)
{
	if (!p->aspace)
		return;
	const struct segment *s = &p->aspace->segment;
	text_add(t, "selector  kind   base        limit        rights  units\n");
	segments_user(t, SELECTOR_USER_CODE, "code", s->base, s->code_limit);
	segments_user(t, SELECTOR_USER_DATA, "data", s->base, s->data_limit);
	for (unsigned i = 0; i < SEGMENT_NTLS; i++)
		segments_tls(t, SEGMENT_TLS_FIRST + i, &p->cpu.tls[i]);
}

void proc_add_segment_lines(struct text *t, const struct process *p)
{
	if (!p->aspace)
		return;
	const struct segment *s = &p->aspace->segment;
	text_add(t, "SegBase:\t0x%08x\nDataLimit:\t0x%08x\nCodeLimit:\t0x%08x\n", s->base,
		 s->data_limit, s->code_limit);
}

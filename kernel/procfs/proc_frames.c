/*
 * /proc/frames: the state and history of every frame, and /proc/clock: where the policy's hand is.
 *
 * A line of /proc/frames has PROC_FRAME_LINE bytes, including its newline, and frame N's line
 * follows N + 1 such lines: the first line names the columns. So nothing is kept between reads,
 * memory of any size can be inspected cheaply, and a reader interested in one frame reads one line.
 * Reading has no side effects: the MMU's bits are read, not cleared.
 *
 * The columns are described in docs/proc.md.
 */
#include "kernel/proc/process.h"
#include "kernel/procfs/proc_files.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/history.h"
#include "mm/policy/policy.h"
#include "mm/rmap.h"

enum { FRAMES_MAPPERS_SHOWN = 3, CLOCK_NEIGHBOURS = 24, CLOCK_TEXT_MAX = 4096 };

static const char *const frames_states[] = { "reserved", "free", "owned", "evictable" };
static const char *const frames_owners[FRAME_OWNER_COUNT] = {
	"-", "kernel", "slab", "vmalloc", "table", "anon", "object",
};

int proc_pid_of(const struct pmap *pm)
{
	const struct aspace *as = container_of(pm, struct aspace, pmap);
	process_for_each(p)
		if (p->aspace == as)
			return p->pid;
	return 0;
}

/* What the MMU and the kernel have recorded of a page's use. */
struct frames_use {
	bool referenced, modified;
};

static struct frames_use frames_use(const struct frame *f)
{
	struct frames_use use = { f->flags & FRAME_REFERENCED, f->flags & FRAME_DIRTY };
	rmap_for_each(m, f) {
		vaddr_t va;
		const struct pmap *pm = pmap_of_mapping(m, &va);
		struct pmap_entry e = pmap_lookup(pm, va);
		use.referenced = use.referenced || e.accessed;
		use.modified = use.modified || e.dirty;
	}
	return use;
}

/* A line being written, truncated if too long. */
struct line {
	char *at;
	size_t size, used;
};

static void line_add(struct line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void line_add(struct line *l, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	int n = format_string_v(l->at + l->used, l->size - l->used, fmt, args);
	va_end(args);
	l->used = MIN(l->used + (size_t)n, l->size - 1);
}

/* pid:address of the first mappers, and how many more there are. */
static void frames_mappers(struct line *l, const struct frame *f)
{
	unsigned n = 0;
	rmap_for_each(m, f) {
		vaddr_t va;
		if (n == FRAMES_MAPPERS_SHOWN)
			break;
		const struct pmap *pm = pmap_of_mapping(m, &va);
		line_add(l, "%s%d:%08x", n ? "," : "", proc_pid_of(pm), va);
		n++;
	}
	if (f->mappers > n)
		line_add(l, ",+%u", f->mappers - n);
	if (n == 0)
		line_add(l, "-");
}

static void frames_flags(struct line *l, const struct frame *f, const struct frames_use *use)
{
	const bool known = f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED);
	line_add(l, " %c%c%c%c%c%c%c ", use->referenced ? 'R' : '-', use->modified ? 'M' : '-',
		 f->flags & FRAME_CHARGED ? 'C' : '-', f->flags & FRAME_BUSY ? 'B' : '-',
		 f->flags & FRAME_CACHED ? 'K' : '-', f->flags & FRAME_LAZY ? 'L' : '-',
		 known ? 'P' : '-');
}

static void frames_page(struct line *l, const struct frame *f)
{
	struct frames_use use = frames_use(f);
	line_add(l, " %5u %4u %4u", f->mappers, f->pins, frame_locks(f));
	frames_flags(l, f, &use);
}

static void frames_line(struct line *l, pfn_t pfn)
{
	const struct frame *f = frame_of(pfn);
	struct frame_history h = history_of(f);
	bool page = frame_is_user_page(f), owned = f->state >= FRAME_OWNED;
	line_add(l, "%7u %-9s %-7s ", pfn, frames_states[f->state],
		 owned ? frames_owners[f->owner] : "-");
	if (owned ? f->order <= FRAME_MAX_ORDER
		  : f->state == FRAME_FREE && list_node_linked(&f->link))
		line_add(l, "%5u", f->order);
	else
		line_add(l, "%5s", "-");
	if (page)
		frames_page(l, f);
	else
		line_add(l, " %5s %4u %4s ------- ", "-", owned ? f->pins : 0, "-");
	line_add(l, "%9u %9u ", h.fault, h.evict);
	if (h.fault != 0)
		line_add(l, "%9u ", history_now() - h.fault);
	else
		line_add(l, "%9s ", "-");
	line_add(l, "%7u ", page ? f->slot : 0);
	if (page)
		frames_mappers(l, f);
	else
		line_add(l, "-");
}

bool proc_record_frame(struct process *p, uint64_t index, char *to)
{
	struct line l = { .at = to, .size = PROC_FRAME_LINE };
	(void)p;
	if (index > frame_count)
		return false;
	if (index == 0)
		line_add(&l, "%7s %-9s %-7s %5s %5s %4s %4s %-7s %9s %9s %9s %7s %s", "pfn",
			 "state", "owner", "order", "maps", "pins", "lock", "flags", "fault",
			 "evict", "age", "slot", "mappers");
	else
		frames_line(&l, (pfn_t)index - 1);
	memset(to + l.used, ' ', PROC_FRAME_LINE - l.used);
	to[PROC_FRAME_LINE - 1] = '\n';
	return true;
}

/* --- the hand --- */

/* Neighbours of the hand, in the policy's order: it reaches @ahead first and @last last. */
struct clock_view {
	pfn_t ahead[CLOCK_NEIGHBOURS + 1], last[CLOCK_NEIGHBOURS];
	unsigned total; /* frames seen */
};

static bool clock_see(void *context, const struct frame *f)
{
	struct clock_view *v = context;
	if (v->total <= CLOCK_NEIGHBOURS)
		v->ahead[v->total] = frame_pfn(f);
	else
		v->last[v->total % CLOCK_NEIGHBOURS] = frame_pfn(f);
	v->total++;
	return true;
}

static void clock_line(struct text *t, int place, const struct frame *f)
{
	struct frames_use use = frames_use(f);
	struct rmap_mapper first = rmap_first(f);
	text_add(t, "%+4d %7u %c%c %4u %7u", place, frame_pfn(f), use.referenced ? 'R' : '-',
		 use.modified ? 'M' : '-', f->pins, f->slot);
	if (first.pmap)
		text_add(t, " %d:%08x\n", proc_pid_of(first.pmap), first.va);
	else
		text_add(t, " -\n");
}

void proc_show_clock(struct text *t, struct process *p)
{
	struct clock_view v = { .total = 0 };
	(void)p;
	text_make_room(t, CLOCK_TEXT_MAX); /* this may move the hand */
	policy_each(clock_see, &v);
	bool hand = policy_hand() != NULL;
	text_add(t, "policy %s\nframes %u\n", policy_name(), policy_count());
	if (v.total == 0) {
		text_add(t, "hand -\n");
		return;
	}
	text_add(t, "%s %u\n", hand ? "hand" : "front", v.ahead[0]);
	unsigned ahead = MIN(v.total, CLOCK_NEIGHBOURS + 1u);
	unsigned behind = hand ? MIN(v.total - ahead, CLOCK_NEIGHBOURS + 0u) : 0;
	for (unsigned n = behind; n > 0; n--)
		clock_line(t, -(int)n, frame_of(v.last[(v.total - n) % CLOCK_NEIGHBOURS]));
	for (unsigned n = 0; n < ahead; n++)
		clock_line(t, (int)n, frame_of(v.ahead[n]));
}

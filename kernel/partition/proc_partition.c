/*
 * /proc/partition: the partition region, its occupants, and recent decisions; and
 * /proc/PID/partition: how a process's next program is to be loaded.
 *
 * Reading gives one fact per line, its name first, sizes in KiB, so that people and scripts can
 * read it. A used block's line ends with its process. Writing gives commands, one per write:
 *
 *   mode single | mode variable | mode fixed:SIZE+SIZE...    when nobody is in it
 *   fit first | best | worst             quantum TICKS (0: nobody is pushed out by his equals)
 *   auto on | off (compact when it helps)     compact     move PID POSITION     rollout PID
 *   system SIZE     driver take SIZE     driver release
 *
 * The resident part is the system's and, above it, one driver's buffer: taking it moves the
 * boundary up into the hole, releasing it moves the boundary back.
 *
 * /proc/PID/partition takes "size=SIZE", "bind=load", "bind=exec" and "priority=N", in any number,
 * for the next execve, or "none".
 */
#include "kernel/partition/config.h"
#include "kernel/partition/dispatch.h"
#include "kernel/proc/pid.h"
#include "kernel/proc/thread.h"
#include "kernel/procfs/proc.h"
#include "lib/errno.h"
#include "lib/string.h"

enum { KIB_SHIFT = 10, PRIORITY_MAX = 100 };

static uint32_t partition_driver_bytes; /* of the resident part */

/* --- the region --- */

static uint32_t kib(uint32_t bytes)
{
	return bytes >> KIB_SHIFT;
}

static void show_region(struct text *t)
{
	const struct partition_region *r = &partition_region;
	text_add(t, "region %u\nat 0x%08x\nmode %s\nfit %s\nauto %s\nquantum %u\n", kib(r->bytes),
		 r->start, partition_mode_names[r->mode], partition_fit_names[r->fit],
		 r->auto_compact ? "on" : "off", dispatch_quantum);
	text_add(t, "system %u\ndriver %u\n", kib(r->system), kib(partition_driver_bytes));
}

static void show_process(struct text *t, const struct contiguous *c)
{
	const struct process *p = dispatch_owner(c);
	text_add(t, "%d %s", p ? p->pid : 0, p ? p->comm : "-");
}

/* block START SIZE WANTED PID NAME BINDING PRIORITY, or block START SIZE free. */
static void show_block(struct text *t, const struct partition *p)
{
	text_add(t, "block %u %u ", kib(p->start), kib(p->size));
	if (!p->owner) {
		text_add(t, "free\n");
		return;
	}
	const struct contiguous *c = p->owner;
	text_add(t, "%u ", kib(p->wanted));
	show_process(t, c);
	text_add(t, " %s %d\n", contiguous_binding_names[c->binding], c->priority);
}

static void show_absent(struct text *t)
{
	list_for_each_entry(const struct contiguous, c, &contiguous_all, link) {
		if (c->state != CONTIGUOUS_OUT)
			continue;
		text_add(t, "out %u ", kib(c->bytes));
		show_process(t, c);
		text_add(t, " %s %d\n", contiguous_binding_names[c->binding], c->priority);
	}
	list_for_each_entry(const struct dispatch_wait, w, &dispatch_waits, link) {
		text_add(t, "waits %u %d %s %d\n", kib(w->c->bytes), w->process->pid,
			 w->process->comm, w->c->priority);
	}
}

static void show_figures(struct text *t)
{
	struct partition_stats s;
	partition_get_stats(&s);
	text_add(t, "used %u in %u\ninternal %u bytes\nfree %u in %u\nlargest %u\nexternal %u\n",
		 kib(s.used), s.nused, s.internal, kib(s.free), s.nholes, kib(s.largest),
		 kib(s.free - s.largest));
	text_add(t, "unused %u\nplaced %u\nrefused %u\nreleased %u\nmoves %u\ncompactions %u\n",
		 kib(s.unused), s.placed, s.refused, s.released, s.moves, s.compactions);
	text_add(t, "moved %llu bytes\n", (unsigned long long)s.bytes_moved);
	text_add(t, "rolled_out %u\nrolled_in %u\n", dispatch_count(DISPATCH_OUT),
		 dispatch_count(DISPATCH_IN));
}

/* event TICK PID WHAT SIZE POSITION [for PID] */
static void show_events(struct text *t)
{
	for (uint32_t i = 0; i < dispatch_event_count(); i++) {
		struct dispatch_event e;
		if (!dispatch_event_get(i, &e))
			continue;
		text_add(t, "event %u pid %d %s, %u at %u", (uint32_t)e.tick, e.pid,
			 dispatch_kind_names[e.kind], kib(e.bytes), kib(e.position));
		if (e.by)
			text_add(t, ", for pid %d", e.by);
		text_add(t, "\n");
	}
}

static void proc_show_partition(struct text *t, struct process *p)
{
	(void)p;
	show_region(t);
	list_for_each(node, &partition_region.blocks)
		show_block(t, list_entry(node, struct partition, link));
	show_absent(t);
	show_figures(t);
	show_events(t);
}

/* --- commands --- */

/* The next word of *at, without surrounding blanks; empty at the end. */
static const char *next_word(char **at)
{
	char *s = *at;
	while (*s == ' ' || *s == '\n')
		s++;
	char *word = s;
	while (*s && *s != ' ' && *s != '\n')
		s++;
	if (*s) {
		*s = 0;
		s++;
	}
	*at = s;
	return word;
}

static struct contiguous *find_space(const char *pid_text)
{
	uint32_t pid;
	struct process *p = string_to_size(pid_text, &pid) ? process_find((int)pid) : NULL;
	return p && p->aspace ? p->aspace->contiguous : NULL;
}

static int order_mode(const char *word)
{
	list_for_each(node, &contiguous_all)
		if (list_entry(node, struct contiguous, link)->state != CONTIGUOUS_NEW)
			return -EBUSY; /* even if all of them are on swap */
	return partition_config_mode(word);
}

static int order_auto(const char *word)
{
	bool on = strcmp(word, "on") == 0;
	if (!on && strcmp(word, "off") != 0)
		return -EINVAL;
	partition_region.auto_compact = on;
	return 0;
}

static int order_quantum(const char *word)
{
	return string_to_size(word, &dispatch_quantum) ? 0 : -EINVAL;
}

static int order_system(const char *word)
{
	uint32_t bytes;
	if (!string_to_size(word, &bytes) || bytes < partition_driver_bytes)
		return -EINVAL;
	return partition_set_system(bytes);
}

static int order_driver(const char *word, char *rest)
{
	uint32_t bytes;
	if (strcmp(word, "release") == 0) {
		int error = partition_set_system(partition_region.system - partition_driver_bytes);
		if (!error)
			partition_driver_bytes = 0;
		return error;
	}
	if (strcmp(word, "take") != 0 || !string_to_size(next_word(&rest), &bytes) || bytes == 0 ||
	    bytes > partition_region.bytes)
		return -EINVAL;
	if (partition_driver_bytes)
		return -EBUSY;
	bytes = page_up(bytes);
	int error = partition_set_system(page_up(partition_region.system) + bytes);
	if (!error)
		partition_driver_bytes = bytes;
	return error;
}

static int order_compact(const char *word)
{
	(void)word;
	partition_compact();
	return 0;
}

static int order_move(const char *word, char *rest)
{
	uint32_t to;
	struct contiguous *c = find_space(word);
	if (!c)
		return -ESRCH;
	if (!string_to_size(next_word(&rest), &to))
		return -EINVAL;
	return c->place ? partition_move(c->place, to) : -EBUSY;
}

static int order_rollout(const char *word)
{
	struct contiguous *c = find_space(word);
	return c ? dispatch_roll_out(c) : -ESRCH;
}

static int give_order(const char *order, const char *word, char *rest)
{
	static const struct {
		const char *name;
		int (*give)(const char *word);
	} orders[] = {
		{ "mode", order_mode },	      { "fit", partition_config_fit },
		{ "auto", order_auto },	      { "quantum", order_quantum },
		{ "system", order_system },   { "compact", order_compact },
		{ "rollout", order_rollout },
	};
	if (strcmp(order, "driver") == 0)
		return order_driver(word, rest);
	if (strcmp(order, "move") == 0)
		return order_move(word, rest);
	for (unsigned i = 0; i < ARRAY_SIZE(orders); i++)
		if (strcmp(order, orders[i].name) == 0)
			return orders[i].give(word);
	return -EINVAL;
}

enum { ORDER_MAX = 128 }; /* more than a file of /proc takes */

static int proc_store_partition(struct process *p, const char *text)
{
	char buf[ORDER_MAX], *at = buf;
	(void)p;
	if (partition_region.bytes == 0)
		return -ENODEV;
	string_copy(buf, text, sizeof(buf));
	const char *order = next_word(&at), *word = next_word(&at);
	int error = give_order(order, word, at);
	dispatch_wake(); /* there may be room now */
	return error;
}

/* --- a process's request --- */

static void proc_show_wish(struct text *t, struct process *p)
{
	const struct contiguous *c = p->aspace ? p->aspace->contiguous : NULL;
	if (c)
		text_add(t, "base 0x%08x\nlimit %u\nposition %u\nsize %u\nbinding %s\n"
			 "priority %d\nin %d\nrolled_out %u\nrolled_in %u\nmoves %u\n",
			 p->aspace->segment.base, p->aspace->segment.data_limit, c->position,
			 c->bytes, contiguous_binding_names[c->binding], c->priority,
			 contiguous_is_in(c), c->outs, c->ins, c->moves);
	if (p->wish.wanted)
		text_add(t, "next size=%u bind=%s priority=%d\n", p->wish.bytes,
			 p->wish.bind_load ? "load" : "exec", p->wish.priority);
}

/* What follows @key in @word, or NULL. */
static const char *wish_value(const char *word, const char *key)
{
	size_t n = strlen(key);
	return strncmp(word, key, n) == 0 ? word + n : NULL;
}

static bool wish_number(const char *text, int8_t *priority)
{
	uint32_t n;
	bool minus = text[0] == '-';
	if (!string_to_size(text + minus, &n) || n > PRIORITY_MAX)
		return false;
	*priority = (int8_t)(minus ? -(int)n : (int)n);
	return true;
}

static bool wish_take(struct partition_wish *wish, const char *word)
{
	const char *size = wish_value(word, "size="), *priority = wish_value(word, "priority=");
	if (size)
		return string_to_size(size, &wish->bytes) && wish->bytes != 0;
	if (priority)
		return wish_number(priority, &wish->priority);
	wish->bind_load = strcmp(word, "bind=load") == 0;
	return wish->bind_load || strcmp(word, "bind=exec") == 0;
}

static int proc_store_wish(struct process *p, const char *text)
{
	char buf[ORDER_MAX], *at = buf;
	struct partition_wish wish = { .wanted = true };
	if (partition_region.bytes == 0)
		return -ENODEV;
	string_copy(buf, text, sizeof(buf));
	const char *word = next_word(&at);
	if (strcmp(word, "none") == 0)
		wish.wanted = false;
	else
		for (; *word; word = next_word(&at))
			if (!wish_take(&wish, word))
				return -EINVAL;
	p->wish = wish;
	return 0;
}

void proc_partition_init(void)
{
	static const struct proc_node root[] = {
		{ .name = "partition", .mode = MODE_REGULAR | 0644, .show = proc_show_partition,
		  .store = proc_store_partition },
		{ .name = NULL },
	};
	static const struct proc_node process[] = {
		{ .name = "partition", .mode = MODE_REGULAR | 0644, .show = proc_show_wish,
		  .store = proc_store_wish },
		{ .name = NULL },
	};
	proc_root_added = root;
	proc_process_added = process;
}

/*
 * Small files of a process: oom_score, limits, io.
 *
 * oom_score is the criterion of the out-of-memory victim, resident plus swapped pages, on Linux's
 * scale: thousandths of all memory and swap. io is not counted here and shows 0.
 */
#include "kernel/proc/limits.h"
#include "kernel/proc/process.h"
#include "kernel/procfs/proc_files.h"
#include "lib/format.h"
#include "mm/swap.h"

void proc_show_oom_score(struct text *t, struct process *p)
{
	uint64_t pages = p->aspace ? p->aspace->pmap.resident + p->aspace->pmap.swapped : 0;
	uint64_t all = frame_stats.total + swap_capacity();
	text_add(t, "%u\n", (uint32_t)(pages * 1000 / MAX(all, 1u)));
}

static const struct {
	const char *name, *unit;
} limit_names[LIMIT_COUNT] = {
	[LIMIT_CPU] = { "Max cpu time", "seconds" },
	[LIMIT_FSIZE] = { "Max file size", "bytes" },
	[LIMIT_DATA] = { "Max data size", "bytes" },
	[LIMIT_STACK] = { "Max stack size", "bytes" },
	[LIMIT_CORE] = { "Max core file size", "bytes" },
	[LIMIT_RSS] = { "Max resident set", "bytes" },
	[LIMIT_NPROC] = { "Max processes", "processes" },
	[LIMIT_NOFILE] = { "Max open files", "files" },
	[LIMIT_MEMLOCK] = { "Max locked memory", "bytes" },
	[LIMIT_AS] = { "Max address space", "bytes" },
	[LIMIT_LOCKS] = { "Max file locks", "locks" },
	[LIMIT_SIGPENDING] = { "Max pending signals", "signals" },
	[LIMIT_MSGQUEUE] = { "Max msgqueue size", "bytes" },
	[LIMIT_NICE] = { "Max nice priority", "" },
	[LIMIT_RTPRIO] = { "Max realtime priority", "" },
	[LIMIT_RTTIME] = { "Max realtime timeout", "us" },
};

static void limit_add(struct text *t, uint64_t value)
{
	if (value == LIMIT_NONE)
		text_add(t, "%-20s ", "unlimited");
	else
		text_add(t, "%-20llu ", (unsigned long long)value);
}

void proc_show_limits(struct text *t, struct process *p)
{
	text_add(t, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (unsigned i = 0; i < LIMIT_COUNT; i++) {
		struct limit limit = p->limits.of[i];
		text_add(t, "%-25s ", limit_names[i].name);
		limit_add(t, limit.now);
		limit_add(t, limit.most);
		text_add(t, "%-10s\n", limit_names[i].unit);
	}
}

void proc_show_io(struct text *t, struct process *p)
{
	static const char *const names[] = {
		"rchar", "wchar", "syscr", "syscw", "read_bytes", "write_bytes",
		"cancelled_write_bytes",
	};
	(void)p;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		text_add(t, "%s: 0\n", names[i]);
}

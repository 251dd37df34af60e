/*
 * The RESULT record: how a run ended, what it counted, what it leaked.
 *
 * One line on the control channel (COM2), which carries nothing else. The runner trusts a run only
 * if the line is there. Counters only increase, so they are saved before the first process and
 * subtracted after the last.
 *
 * The ledger is what the kernel owns: frames allocated, slots taken, slab objects in use. After the
 * last process, with caches dropped and empty slabs freed, it must be what it was before the first;
 * any excess has leaked. What files consist of is excluded, as existing files are not a leak:
 * before the second count the tree is reset, and the objects of the tree itself are in neither
 * count. An inode that has lost its last name and still exists does count.
 *
 * After the line is formatted, and before it is written, every structure is verified
 * (result_set_check): this does not affect the figures, and a run that broke one ends with the
 * record of a panic.
 *
 * A panic writes the record too, from whatever state the machine is in: it formats into reserved
 * memory, and reports the ledger as "unknown", 0.
 */
#include "kernel/watch/result.h"

#include "drivers/debug_exit.h"
#include "drivers/serial.h"
#include "kernel/fs/vfs.h"
#include "kernel/proc/account.h"
#include "kernel/watch/trace_log.h"
#include "kernel/x86/cpu.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/mmstat.h"
#include "mm/policy/policy.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/swap.h"

enum { RESULT_LINE = 896 };

/* How the run ended; the rest is the same for all. */
struct result_end {
	const char *outcome;
	uint32_t exit_status, signal;
	struct result_ledger leaked;
	unsigned passed, failed;
};

/* A growing line; what does not fit is dropped. */
struct result_line {
	char text[RESULT_LINE];
	size_t length;
};

static struct result_ledger result_ledger_before;
static uint32_t result_mmstat_before[MMSTAT_COUNT];
static uint64_t result_tsc_before;
static uint32_t result_files_before = UINT32_MAX;
static void (*result_check)(void);
static struct result_line result_text;

struct result_ledger result_ledger_now(void)
{
	while (reclaim_drop_caches() > 0)
		continue;
	slab_trim();
	return (struct result_ledger){
		.frames = frame_stats.total - frame_stats.free,
		.slots = swap_stats.used,
		.objects = slab_objects() - vfs_objects(),
	};
}

void result_begin(void)
{
	result_ledger_before = result_ledger_now();
	memcpy(result_mmstat_before, mmstat, sizeof(result_mmstat_before));
	result_tsc_before = cpu_tsc();
	result_files_before = vfs_mark();
}

/* The excess only; freeing what existed before is not a leak. */
static uint32_t result_more(uint32_t now, uint32_t before)
{
	return now > before ? now - before : 0;
}

static struct result_ledger result_leaked(void)
{
	vfs_forget_since(result_files_before);
	struct result_ledger now = result_ledger_now();
	return (struct result_ledger){
		.frames = result_more(now.frames, result_ledger_before.frames),
		.slots = result_more(now.slots, result_ledger_before.slots),
		.objects = result_more(now.objects, result_ledger_before.objects),
	};
}

static void result_add(struct result_line *line, const char *key, uint64_t value)
{
	int n = format_string(line->text + line->length, RESULT_LINE - line->length, " %s=%llu",
			      key, (unsigned long long)value);
	line->length = MIN(line->length + (size_t)n, (size_t)RESULT_LINE - 1);
}

static void result_add_counters(struct result_line *line)
{
	static const enum mmstat_item items[] = {
		MMSTAT_minor_faults, MMSTAT_major_faults, MMSTAT_zero_fills,
		MMSTAT_cow_copies,   MMSTAT_file_ins,	  MMSTAT_swap_ins,
		MMSTAT_swap_outs,    MMSTAT_evictions,	  MMSTAT_evictions_clean,
	};
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		result_add(line, mmstat_names[items[i]],
			   mmstat[items[i]] - result_mmstat_before[items[i]]);
}

static void result_make(const struct result_end *end)
{
	struct result_line *line = &result_text;
	uint64_t instructions = cpu_tsc() - result_tsc_before;
	line->length =
		(size_t)format_string(line->text, RESULT_LINE, "RESULT outcome=%s", end->outcome);
	result_add(line, "exit_status", end->exit_status);
	result_add(line, "signal", end->signal);
	line->length += (size_t)format_string(line->text + line->length, RESULT_LINE - line->length,
					     " policy=%s", policy_name());
	result_add(line, "frames_total", frame_stats.total);
	result_add(line, "frames_limit", reclaim_stats.limit);
	result_add(line, "swap_slots", swap_capacity());
	result_add_counters(line);
	result_add(line, "peak_resident_pages", page_stats.peak_charged);
	result_add(line, "frames_leaked", end->leaked.frames);
	result_add(line, "slots_leaked", end->leaked.slots);
	result_add(line, "objects_leaked", end->leaked.objects);
	result_add(line, "instructions", instructions);
	result_add(line, "user_instructions", account_totals.user);
	result_add(line, "idle_instructions", account_totals.idle);
	result_add(line, "passed", end->passed);
	result_add(line, "failed", end->failed);
}

static void result_send(void)
{
	serial_write(SERIAL_COM2, result_text.text, result_text.length);
	serial_write(SERIAL_COM2, "\n", 1);
	serial_drain();
}

void result_set_check(void (*check)(void))
{
	result_check = check;
}

void result_end(uint32_t status)
{
	trace_log();
	uint32_t signal = status & 0x7f;
	struct result_end end = {
		.outcome = signal ? "signaled" : "exited",
		.exit_status = signal ? 0 : status >> 8 & 0xff,
		.signal = signal,
		.leaked = result_leaked(),
	};
	result_make(&end);
	if (result_check)
		result_check();
	result_send();
	machine_stop(MACHINE_PASSED);
}

void result_selftest(unsigned passed, unsigned failed)
{
	struct result_end end = {
		.outcome = "selftest",
		.leaked = result_leaked(),
		.passed = passed,
		.failed = failed,
	};
	result_make(&end);
	result_send();
	machine_stop(failed == 0 && passed > 0 ? MACHINE_PASSED : MACHINE_FAILED);
}

void result_panic(void)
{
	struct result_end end = { .outcome = "panic" };
	result_make(&end);
	result_send();
}

/* The root of procfs: machine-wide files, and a directory for each process. */
#include "boot/boot_info.h"
#include "drivers/block.h"
#include "kernel/cmdline.h"
#include "kernel/fs/mount.h"
#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/thread.h"
#include "kernel/proc/wallclock.h"
#include "kernel/procfs/proc_files.h"
#include "kernel/watch/loadavg.h"
#include "kernel/x86/cpu.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/swap.h"

/* --- links to oneself --- */

static void root_self(struct text *t, struct process *p, int fd)
{
	(void)p, (void)fd;
	if (process_running)
		text_add(t, "%d", process_running->pid);
}

static void root_thread_self(struct text *t, struct process *p, int fd)
{
	(void)p, (void)fd;
	if (process_running)
		text_add(t, "%d/task/%d", process_running->pid, process_running->pid);
}

static void root_mounts(struct text *t, struct process *p, int fd)
{
	(void)p, (void)fd;
	text_add(t, "self/mounts");
}

/* --- the machine --- */

static void root_version(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "Linux version 6.1.0-clockhand (clockhand) (cc) #1 Clockhand\n");
}

static void root_cmdline(struct text *t, struct process *p)
{
	const char *words = boot_info.cmdline, *more = cmdline.more;
	(void)p;
	text_add(t, "%s%s%s\n", words, *words && *more ? " " : "", more);
}

static void root_filesystems(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "nodev\ttmpfs\nnodev\tproc\nnodev\tpipefs\n");
}

/* The CPU's own strings: 12 bytes of vendor, 48 of model. */
static void root_cpu_names(char maker[13], char model[49])
{
	struct cpuid id = cpu_id(0, 0);
	const uint32_t words[3] = { id.ebx, id.edx, id.ecx };
	memcpy(maker, words, sizeof(words));
	if (cpu_id(0x80000000, 0).eax < 0x80000004)
		return;
	for (uint32_t leaf = 0; leaf < 3; leaf++) {
		id = cpu_id(0x80000002 + leaf, 0);
		memcpy(model + leaf * sizeof(id), &id, sizeof(id));
	}
}

static void root_cpu_flags(struct text *t)
{
	static const char *const names[32] = {
		"fpu", "vme", "de", "pse", "tsc", "msr", "pae", "mce", "cx8", "apic", NULL, "sep",
		"mtrr", "pge", "mca", "cmov", "pat", "pse36", "pn", "clflush", NULL, "dts", "acpi",
		"mmx", "fxsr", "sse", "sse2", "ss", "ht", "tm", "ia64", "pbe",
	};
	text_add(t, "flags\t\t:");
	for (unsigned bit = 0; bit < 32; bit++)
		if (names[bit] && cpu_features() >> bit & 1)
			text_add(t, " %s", names[bit]);
	text_add(t, "\n\n");
}

static void root_cpuinfo(struct text *t, struct process *p)
{
	char maker[13] = "unknown", model[49] = "unknown";
	uint32_t version = 0;
	(void)p;
	if (cpu_features()) {
		root_cpu_names(maker, model);
		version = cpu_id(1, 0).eax;
	}
	text_add(t, "processor\t: 0\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\n", maker,
		 version >> 8 & 15, (version >> 4 & 15) | (version >> 12 & 0xf0));
	text_add(t, "model name\t: %s\nstepping\t: %u\nfpu\t\t: %s\nwp\t\t: yes\n", model,
		 version & 15, cpu_features() & CPUID_FPU ? "yes" : "no");
	root_cpu_flags(t);
}

/* --- time and load --- */

struct root_load {
	uint32_t running, user, system;
};

static struct root_load root_load(void)
{
	struct root_load load = { .running = 0 };
	process_for_each(p) {
		load.running += p->run.state == PROCESS_RUNNABLE;
		load.user += p->used.times.user + p->used.child_times.user;
		load.system += p->used.times.system + p->used.child_times.system;
	}
	return load;
}

static uint32_t root_idle_ticks(const struct root_load *load)
{
	uint32_t now = (uint32_t)sched_ticks(), busy = load->user + load->system;
	return now > busy ? now - busy : 0;
}

static void root_stat(struct text *t, struct process *p)
{
	struct root_load load = root_load();
	uint32_t idle = root_idle_ticks(&load);
	uint64_t boot = clock_of_day().seconds - clock_since_boot().seconds;
	(void)p;
	for (unsigned line = 0; line < 2; line++)
		text_add(t, "cpu%s %u 0 %u %u 0 0 0 0 0 0\n", line ? "0" : " ", load.user,
			 load.system, idle);
	text_add(t, "intr %llu\nctxt %u\nbtime %llu\n", (unsigned long long)sched_ticks(),
		 sched_switches, (unsigned long long)boot);
	text_add(t, "processes %u\nprocs_running %u\nprocs_blocked 0\n", process_created,
		 load.running);
}

static void root_uptime(struct text *t, struct process *p)
{
	struct root_load load = root_load();
	uint32_t now = (uint32_t)sched_ticks(), idle = root_idle_ticks(&load);
	(void)p;
	text_add(t, "%u.%02u %u.%02u\n", now / SCHED_HZ, now % SCHED_HZ, idle / SCHED_HZ,
		 idle % SCHED_HZ);
}

static void root_loadavg(struct text *t, struct process *p)
{
	int last = 0;
	(void)p;
	list_for_each(node, &process_all)
		last = MAX(last, list_entry(node, struct process, all)->pid);
	for (unsigned which = 0; which < LOADAVG_COUNT; which++) {
		uint32_t load = loadavg[which] + (1 << LOADAVG_SHIFT) / 200; /* rounded */
		text_add(t, "%u.%02u ", load >> LOADAVG_SHIFT,
			 (load & ((1 << LOADAVG_SHIFT) - 1)) * 100 >> LOADAVG_SHIFT);
	}
	text_add(t, "%u/%u %d\n", root_load().running, process_count, last);
}

static void root_swaps(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	if (swap_capacity() > 0)
		text_add(t, "%-40s%s\t%u\t\t%u\t\t%d\n", "/dev/ram0", "partition",
			 swap_capacity() * 4, swap_stats.used * 4, -2);
}

/* Completed, merged, sectors, milliseconds. A request is a page, 8 sectors; none is merged. */
static void root_disk_transfers(struct text *t, const struct block_figures *f,
				enum block_direction direction)
{
	uint32_t n = f->completed[direction];
	text_add(t, " %u 0 %llu %llu", n, n * 8ull, block_millis(f->waited[direction]));
}

/*
 * The one disk, with the swap area and the archives on it. After reads and writes: in flight, ms
 * with a request, the same weighted by their number; then discards and flushes, of which there are
 * none.
 */
static void root_diskstats(struct text *t, struct process *p)
{
	const struct block_figures f = block_read_figures();
	(void)p;
	text_add(t, "%4d %7d %s", 1, 0, "ram0");
	root_disk_transfers(t, &f, BLOCK_READ);
	root_disk_transfers(t, &f, BLOCK_WRITE);
	text_add(t, " %u %llu %llu 0 0 0 0 0 0\n", f.in_flight, block_millis(f.busy),
		 block_millis(f.weighted));
}

static void root_partitions(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "major minor  #blocks  name\n\n");
	if (swap_capacity() > 0)
		text_add(t, "%4d  %7d %10u %s\n", 1, 0, (swap_capacity() + 1) * 4, "ram0");
}

/* --- the tables --- */

static int root_next(struct process *p, int from)
{
	int best = -1;
	(void)p;
	process_for_each(q)
		if (thread_is_leader(q) && q->pid >= from && (best < 0 || q->pid < best))
			best = q->pid;
	return best;
}

enum { ROOT_FILE = MODE_REGULAR | 0444, ROOT_LINK = MODE_LINK | 0777, ROOT_DIR = MODE_DIR | 0555 };

static const struct proc_node root_children[] = {
	{ .name = "self", .mode = ROOT_LINK, .link_text = root_self },
	{ .name = "thread-self", .mode = ROOT_LINK, .link_text = root_thread_self },
	{ .name = "mounts", .mode = ROOT_LINK, .link_text = root_mounts },
	{ .name = "buddyinfo", .mode = ROOT_FILE, .show = proc_show_buddyinfo },
	{ .name = "clock", .mode = ROOT_FILE, .show = proc_show_clock },
	{ .name = "cmdline", .mode = ROOT_FILE, .show = root_cmdline },
	{ .name = "cpuinfo", .mode = ROOT_FILE, .show = root_cpuinfo },
	{ .name = "diskstats", .mode = ROOT_FILE, .show = root_diskstats },
	{ .name = "filesystems", .mode = ROOT_FILE, .show = root_filesystems },
	{ .name = "frames", .mode = ROOT_FILE, .record = proc_record_frame,
	  .record_size = PROC_FRAME_LINE },
	{ .name = "kpagecount", .mode = MODE_REGULAR | 0400, .record = proc_record_kpagecount,
	  .record_size = sizeof(uint64_t), .binary = true },
	{ .name = "kpageflags", .mode = MODE_REGULAR | 0400, .record = proc_record_kpageflags,
	  .record_size = sizeof(uint64_t), .binary = true },
	{ .name = "loadavg", .mode = ROOT_FILE, .show = root_loadavg },
	{ .name = "meminfo", .mode = ROOT_FILE, .show = proc_show_meminfo },
	{ .name = "memmap", .mode = MODE_REGULAR | 0644, .show = proc_show_memmap,
	  .store = proc_store_memmap },
	{ .name = "pagetypeinfo", .mode = ROOT_FILE, .show = proc_show_pagetypeinfo },
	{ .name = "partitions", .mode = ROOT_FILE, .show = root_partitions },
	{ .name = "pressure", .mode = ROOT_DIR, .children = proc_pressure_children },
	{ .name = "slabinfo", .mode = ROOT_FILE, .show = proc_show_slabinfo },
	{ .name = "stat", .mode = ROOT_FILE, .show = root_stat },
	{ .name = "swaps", .mode = ROOT_FILE, .show = root_swaps },
	{ .name = "sys", .mode = ROOT_DIR, .children = proc_sys_children },
	{ .name = "sysrq-trigger", .mode = MODE_REGULAR | 0200, .store = proc_store_sysrq },
	{ .name = "uptime", .mode = ROOT_FILE, .show = root_uptime },
	{ .name = "version", .mode = ROOT_FILE, .show = root_version },
	{ .name = "vmstat", .mode = ROOT_FILE, .show = proc_show_vmstat },
	{ .name = "zoneinfo", .mode = ROOT_FILE, .show = proc_show_zoneinfo },
	{ .name = NULL },
};

const struct proc_node proc_root_node = {
	.mode = ROOT_DIR,
	.children = root_children,
	.added = &proc_root_added,
	.numbered = &proc_process_node,
	.next = root_next,
};

/*
 * /proc/pressure and /proc/PID/pressure: the cost of waiting for memory; and the switch of the
 * remedy, /proc/sys/vm/load_control.
 *
 * /proc/pressure/{cpu,io,memory} have Linux's format. /proc/PID/pressure is this kernel's own: one
 * name and number per line.
 */
#include "kernel/proc/account.h"
#include "kernel/proc/load_control.h"
#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/procfs/proc.h"
#include "kernel/watch/pressure.h"
#include "lib/decay.h"
#include "lib/errno.h"
#include "lib/string.h"

static void pressure_line(struct text *t, const char *name, const struct pressure_time *time)
{
	const uint32_t *a = time->averages;
	text_add(t, "%s avg10=%u.%02u avg60=%u.%02u avg300=%u.%02u total=%llu\n", name,
		 decay_whole(a[0]), decay_hundredths(a[0]), decay_whole(a[1]),
		 decay_hundredths(a[1]), decay_whole(a[2]), decay_hundredths(a[2]),
		 (unsigned long long)time->micros);
}

static void pressure_show(struct text *t, enum pressure_resource which)
{
	pressure_read();
	pressure_line(t, "some", &pressure[which].some);
	pressure_line(t, "full", &pressure[which].full);
}

static void pressure_show_cpu(struct text *t, struct process *p)
{
	(void)p;
	pressure_show(t, PRESSURE_CPU);
}

static void pressure_show_io(struct text *t, struct process *p)
{
	(void)p;
	pressure_show(t, PRESSURE_IO);
}

static void pressure_show_memory(struct text *t, struct process *p)
{
	(void)p;
	pressure_show(t, PRESSURE_MEMORY);
}

void proc_show_process_pressure(struct text *t, struct process *p)
{
	const struct aspace *as = p->aspace;
	const struct account *a = &p->used.account;
	uint32_t refaults = as ? as->refaults : 0;
	uint32_t major = p->used.major_faults + (as ? as->major_faults : 0);
	uint64_t user = account_micros(a->user);
	text_add(t, "user_us %llu\nsystem_us %llu\nstall_us %llu\n", (unsigned long long)user,
		 (unsigned long long)account_micros(a->system),
		 (unsigned long long)account_micros(a->stall));
	text_add(t, "major_faults %u\nmajor_faults_per_user_second %llu\n", major,
		 (unsigned long long)((uint64_t)major * 1000000 / MAX(user, 1)));
	text_add(t, "refaults %u\nrefault_distance %llu\n", refaults,
		 (unsigned long long)(as ? as->refault_distance / MAX(refaults, 1) : 0));
	text_add(t, "suspended %u\n", p->load.asked);
}

void proc_show_load_control(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "%s\n", load_control_is_on() ? "on" : "off");
}

int proc_store_load_control(struct process *p, const char *text)
{
	static const struct {
		const char *word;
		bool on;
	} words[] = { { "on", true }, { "1", true }, { "off", false }, { "0", false } };
	size_t n = strlen(text);
	(void)p;
	if (n > 0 && text[n - 1] == '\n')
		n--;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i].word) != n || strncmp(words[i].word, text, n) != 0)
			continue;
		load_control_set(words[i].on);
		return 0;
	}
	return -EINVAL;
}

const struct proc_node proc_pressure_children[] = {
	{ .name = "cpu", .mode = MODE_REGULAR | 0444, .show = pressure_show_cpu },
	{ .name = "io", .mode = MODE_REGULAR | 0444, .show = pressure_show_io },
	{ .name = "memory", .mode = MODE_REGULAR | 0444, .show = pressure_show_memory },
	{ .name = NULL },
};

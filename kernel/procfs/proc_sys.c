/* /proc/sys: settings. Few can be set; most files show a constant of this kernel. */
#include "kernel/cmdline.h"
#include "kernel/proc/process.h"
#include "kernel/procfs/proc.h"
#include "lib/errno.h"
#include "mm/reclaim.h"

static void sys_ostype(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "Linux\n");
}

static void sys_osrelease(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "6.1.0-clockhand\n");
}

static void sys_hostname(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "clockhand\n");
}

static void sys_version(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "#1 Clockhand\n");
}

static void sys_pid_max(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "%d\n", PROCESS_PID_MAX);
}

/* No memory is committed in advance: like Linux's 0, obvious overcommits are refused. */
static void sys_overcommit(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "0\n");
}

static void sys_mmap_min(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "%u\n", USER_BASE);
}

static void sys_drop_caches(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "0\n");
}

/* Linux's way to crash the machine; here only if enabled on the command line. */
int proc_store_sysrq(struct process *p, const char *text)
{
	(void)p;
	if (text[0] != 'c')
		return -EINVAL;
	return proc_crash ? proc_crash() : -EPERM;
}

static int sys_drop_caches_now(struct process *p, const char *text)
{
	uint32_t n;
	(void)p;
	if (!proc_take_number(text, &n) || n < 1 || n > 3)
		return -EINVAL;
	reclaim_drop_caches();
	return 0;
}

static void sys_min_free(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "%u\n", reclaim_stats.reserve * (PAGE_SIZE / 1024));
}

/* The policy treats mapped file pages and private ones alike: Linux's 100. */
static void sys_swappiness(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "100\n");
}

/* page-cluster: one page is read from swap at a time. panic_on_oom: a process is killed. */
static void sys_zero(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "0\n");
}

enum {
	SYS_FILE = MODE_REGULAR | 0444, SYS_SETTING = MODE_REGULAR | 0644,
	SYS_DIR = MODE_DIR | 0555,
};

static const struct proc_node sys_kernel_children[] = {
	{ .name = "hostname", .mode = SYS_FILE, .show = sys_hostname },
	{ .name = "osrelease", .mode = SYS_FILE, .show = sys_osrelease },
	{ .name = "ostype", .mode = SYS_FILE, .show = sys_ostype },
	{ .name = "pid_max", .mode = SYS_FILE, .show = sys_pid_max },
	{ .name = "version", .mode = SYS_FILE, .show = sys_version },
	{ .name = NULL },
};

static const struct proc_node sys_vm_children[] = {
	{ .name = "allocation", .mode = SYS_SETTING, .show = proc_show_allocation,
	  .store = proc_store_allocation },
	{ .name = "drop_caches", .mode = MODE_REGULAR | 0644, .show = sys_drop_caches,
	  .store = sys_drop_caches_now },
	{ .name = "load_control", .mode = MODE_REGULAR | 0644, .show = proc_show_load_control,
	  .store = proc_store_load_control },
	{ .name = "min_free_kbytes", .mode = SYS_FILE, .show = sys_min_free },
	{ .name = "mmap_min_addr", .mode = SYS_FILE, .show = sys_mmap_min },
	{ .name = "overcommit_memory", .mode = SYS_FILE, .show = sys_overcommit },
	{ .name = "page-cluster", .mode = SYS_FILE, .show = sys_zero },
	{ .name = "panic_on_oom", .mode = SYS_FILE, .show = sys_zero },
	{ .name = "swappiness", .mode = SYS_FILE, .show = sys_swappiness },
	{ .name = "pff_high", .mode = SYS_SETTING, .show = proc_show_pff_high,
	  .store = proc_store_pff_high },
	{ .name = "pff_low", .mode = SYS_SETTING, .show = proc_show_pff_low,
	  .store = proc_store_pff_low },
	{ .name = "policy", .mode = SYS_SETTING, .show = proc_show_policy,
	  .store = proc_store_policy },
	{ .name = "replacement", .mode = SYS_SETTING, .show = proc_show_replacement,
	  .store = proc_store_replacement },
	{ .name = "working_set_window", .mode = SYS_SETTING, .show = proc_show_window,
	  .store = proc_store_window },
	{ .name = NULL },
};

const struct proc_node proc_sys_children[] = {
	{ .name = "kernel", .mode = SYS_DIR, .children = sys_kernel_children },
	{ .name = "vm", .mode = SYS_DIR, .children = sys_vm_children },
	{ .name = NULL },
};

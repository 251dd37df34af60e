/*
 * /proc/PID: one process. Formats are Linux's; what does not exist here is 0 where some reader
 * expects it (docs/proc.md).
 */
#include "kernel/fs/mount.h"
#include "kernel/fs/path.h"
#include "kernel/fs/tty_owner.h"
#include "kernel/proc/pid.h"
#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "kernel/proc/thread.h"
#include "kernel/procfs/proc_files.h"
#include "lib/errno.h"
#include "lib/string.h"

enum {
	KIB = 4, /* per page */
	PROCESS_TTY = 5 << 8 | 1, /* /dev/console */
};

/* --- state --- */

static char process_letter(const struct process *p)
{
	switch (p->run.state) {
	case PROCESS_RUNNABLE:
		return 'R';
	case PROCESS_STOPPED:
		return 'T';
	case PROCESS_ZOMBIE:
		return 'Z';
	}
	return p->run.sleep == SLEEP_DEEP ? 'D' : 'S';
}

static const char *process_state_word(char letter)
{
	switch (letter) {
	case 'R':
		return "running";
	case 'T':
		return "stopped";
	case 'Z':
		return "zombie";
	case 'D':
		return "disk sleep";
	}
	return "sleeping";
}

/* Sizes in pages; all 0 for one whose memory has been released. */
struct process_sizes {
	uint32_t total, resident, shared, shmem, locked, text, data, stack, peak, swapped, tables;
};

/* The shared zero page does not count as resident. */
static void process_count_pages(const struct aspace *as, struct process_sizes *s)
{
	s->resident = 0;
	pmap_for_each(va, &as->pmap, USER_BASE, USER_TOP) {
		struct pmap_entry e = pmap_lookup(&as->pmap, va);
		if (e.kind != PMAP_FRAME || e.number == object_zero_pfn)
			continue;
		const struct frame *f = frame_of(e.number);
		s->resident++;
		s->shared += f->owner == FRAME_OBJECT;
		s->shmem += f->owner == FRAME_OBJECT && !f->object->ops->read;
		s->locked += (f->flags & FRAME_LOCKED) != 0;
	}
}

static struct process_sizes process_sizes(const struct process *p)
{
	struct process_sizes s = { .total = 0 };
	const struct aspace *as = p->aspace;
	if (!as)
		return s;
	s.total = as->areas.npages;
	s.resident = as->pmap.resident;
	s.peak = MAX(as->peak_resident, s.resident);
	s.swapped = as->ops->swapped(as);
	s.tables = as->pmap.tables;
	s.text = (page_up(as->code_end) - page_down(as->code_start)) >> PAGE_SHIFT;
	for (const struct vma *v = vma_first(&as->areas); v; v = vma_next(v)) {
		uint32_t n = (v->end - v->start) >> PAGE_SHIFT;
		if (v->flags & VMA_GROWSDOWN)
			s.stack += n;
		else if (v->prot & PROT_W && !(v->flags & VMA_SHARED))
			s.data += n;
	}
	process_count_pages(as, &s);
	return s;
}

/* The signals that it ignores, or that it has a handler for. */
static uint64_t process_signals(const struct process *p, bool caught)
{
	uint64_t set = 0;
	for (int signo = 1; p->sig.actions && signo <= SIGNAL_MAX; signo++) {
		uint32_t handler = p->sig.actions->of[signo].handler;
		if (caught ? handler != SIG_DFL && handler != SIG_IGN : handler == SIG_IGN)
			set |= signal_bit(signo);
	}
	return set;
}

static void process_stat(struct text *t, struct process *p)
{
	struct process_sizes s = process_sizes(p);
	const struct aspace *as = p->aspace;
	uint32_t minor = p->used.minor_faults + (as ? as->minor_faults : 0);
	uint32_t major = p->used.major_faults + (as ? as->major_faults : 0);
	bool on_tty = p->session != 0 && p->session == tty_session();
	text_add(t, "%d (%s) %c %d %d %d %d %d %u %u %u %u %u ", p->pid, p->comm,
		 process_letter(p), process_parent_pid(p), p->pgrp, p->session,
		 on_tty ? PROCESS_TTY : 0, on_tty ? tty_group() : -1, 0x400000u, minor,
		 p->used.child_minor_faults, major, p->used.child_major_faults);
	text_add(t, "%u %u %u %u 20 0 %u 0 %llu %u %u 4294967295 ", p->used.times.user,
		 p->used.times.system, p->used.child_times.user, p->used.child_times.system,
		 p->group ? p->group->live : 1,
		 (unsigned long long)p->used.start_tick,
		 s.total << PAGE_SHIFT, s.resident);
	text_add(t, "%u %u %u %u %u %u %u %u %u ", as ? as->code_start : 0, as ? as->code_end : 0,
		 as ? as->stack_start : 0, p->cpu.trap->esp, p->cpu.trap->eip,
		 (uint32_t)signal_pending(p),
		 (uint32_t)p->sig.blocked, (uint32_t)process_signals(p, false),
		 (uint32_t)process_signals(p, true));
	text_add(t, "0 0 0 17 0 0 0 0 0 0 %u %u %u %u %u %u %u %u\n", as ? as->data_start : 0,
		 as ? as->data_end : 0, as ? as->brk_start : 0, as ? as->arg_start : 0,
		 as ? as->arg_end : 0, as ? as->env_start : 0, as ? as->env_end : 0,
		 p->exit_status);
}

static void process_statm(struct text *t, struct process *p)
{
	struct process_sizes s = process_sizes(p);
	text_add(t, "%u %u %u %u 0 %u 0\n", s.total, s.resident, s.shared, s.text,
		 s.data + s.stack);
}

static void process_status_memory(struct text *t, const struct process *p)
{
	struct process_sizes s = process_sizes(p);
	if (!p->aspace)
		return;
	text_add(t, "VmPeak:\t%8u kB\nVmSize:\t%8u kB\nVmLck:\t%8u kB\n",
		 s.total * KIB, s.total * KIB, s.locked * KIB);
	text_add(t, "VmHWM:\t%8u kB\nVmRSS:\t%8u kB\n", s.peak * KIB, s.resident * KIB);
	text_add(t, "RssAnon:\t%8u kB\nRssFile:\t%8u kB\nRssShmem:\t%8u kB\n",
		 (s.resident - s.shared) * KIB, (s.shared - s.shmem) * KIB, s.shmem * KIB);
	text_add(t, "VmData:\t%8u kB\nVmStk:\t%8u kB\nVmExe:\t%8u kB\nVmLib:\t%8u kB\n",
		 s.data * KIB, s.stack * KIB, s.text * KIB, 0u);
	text_add(t, "VmPTE:\t%8u kB\nVmSwap:\t%8u kB\n", s.tables * KIB, s.swapped * KIB);
}

/* The only user may do everything: all capabilities of Linux 6.1. */
static void process_status_capabilities(struct text *t)
{
	const unsigned long long all = 0x1ffffffffffull;
	text_add(t, "CapInh:\t%016llx\nCapPrm:\t%016llx\nCapEff:\t%016llx\n", 0ull, all, all);
	text_add(t, "CapBnd:\t%016llx\nCapAmb:\t%016llx\n", all, 0ull);
}

static void process_status(struct text *t, struct process *p)
{
	char letter = process_letter(p);
	text_add(t, "Name:\t%s\nUmask:\t%04o\nState:\t%c (%s)\n", p->comm, p->fs.umask, letter,
		 process_state_word(letter));
	text_add(t, "Tgid:\t%d\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
		 p->group ? thread_pid(p) : p->pid, p->pid, process_parent_pid(p));
	text_add(t, "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t%u\nGroups:\t \n",
		 p->fs.files ? p->fs.files->capacity : 0);
	process_status_memory(t, p);
	text_add(t, "Threads:\t%u\nSigQ:\t0/1024\n", p->group ? p->group->live : 1);
	text_add(t, "SigPnd:\t%016llx\nShdPnd:\t%016llx\n", (unsigned long long)p->sig.pending.bits,
		 (unsigned long long)(p->group ? p->group->pending.bits : 0));
	text_add(t, "SigBlk:\t%016llx\nSigIgn:\t%016llx\nSigCgt:\t%016llx\n",
		 (unsigned long long)p->sig.blocked, (unsigned long long)process_signals(p, false),
		 (unsigned long long)process_signals(p, true));
	text_add(t, "Suspended:\t%u\n", p->load.asked);
	process_status_capabilities(t);
	text_add(t, "Cpus_allowed:\t1\nCpus_allowed_list:\t0\n");
	proc_add_segment_lines(t, p);
}

/* --- texts --- */

static void process_comm(struct text *t, struct process *p)
{
	text_add(t, "%s\n", p->comm);
}

static int process_set_comm(struct process *p, const char *name)
{
	string_copy(p->comm, name, sizeof(p->comm));
	char *end = strchr(p->comm, '\n');
	if (end)
		*end = 0;
	return 0;
}

static void process_cmdline(struct text *t, struct process *p)
{
	if (p->aspace)
		proc_add_memory(t, p, p->aspace->arg_start, p->aspace->arg_end);
}

static void process_environ(struct text *t, struct process *p)
{
	if (p->aspace)
		proc_add_memory(t, p, p->aspace->env_start, p->aspace->env_end);
}

static void process_mounts(struct text *t, struct process *p)
{
	const struct inode *proc = mount_place();
	(void)p;
	text_add(t, "tmpfs / tmpfs rw,relatime 0 0\n");
	if (!proc)
		return;
	text_add(t, "proc ");
	proc_add_path(t, proc);
	text_add(t, " proc rw,nosuid,nodev,noexec,relatime 0 0\n");
}

static void process_oom_score_adj(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "0\n");
}

static void process_wchan(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "0"); /* not recorded; Linux shows this to unprivileged readers */
}

/* --- links --- */

static struct inode *process_exe(struct process *p, int fd)
{
	(void)fd;
	return p->fs.exe ? inode_get(p->fs.exe) : NULL;
}

static struct inode *process_cwd(struct process *p, int fd)
{
	(void)fd;
	return p->fs.cwd ? inode_get(p->fs.cwd) : NULL;
}

static struct inode *process_root(struct process *p, int fd)
{
	(void)p, (void)fd;
	return inode_get(inode_root());
}

static struct inode *process_file(struct process *p, int fd)
{
	struct file *f = p->fs.files ? files_find(p->fs.files, (uint32_t)fd) : NULL;
	return f ? inode_get(f->inode) : NULL;
}

static void process_add_target(struct text *t, struct inode *i)
{
	if (i)
		proc_add_path(t, i);
	inode_put(i);
}

static void process_exe_text(struct text *t, struct process *p, int fd)
{
	process_add_target(t, process_exe(p, fd));
}

static void process_cwd_text(struct text *t, struct process *p, int fd)
{
	process_add_target(t, process_cwd(p, fd));
}

static void process_root_text(struct text *t, struct process *p, int fd)
{
	process_add_target(t, process_root(p, fd));
}

static void process_file_text(struct text *t, struct process *p, int fd)
{
	process_add_target(t, process_file(p, fd));
}

static int process_next_fd(struct process *p, int from)
{
	for (uint32_t fd = (uint32_t)from; p && p->fs.files && fd < p->fs.files->capacity; fd++)
		if (files_find(p->fs.files, fd))
			return (int)fd;
	return -1;
}

static int process_next_task(struct process *p, int from)
{
	int best = -1;
	if (!p || !p->group)
		return p && from <= p->pid ? p->pid : -1;
	list_for_each(node, &p->group->threads) {
		int tid = list_entry(node, struct process, thread_link)->pid;
		if (tid >= from && (best < 0 || tid < best))
			best = tid;
	}
	return best;
}

/* --- the tables --- */

enum {
	PROCESS_FILE = MODE_REGULAR | 0444, PROCESS_LINK = MODE_LINK | 0777,
	PROCESS_DIR = MODE_DIR | 0555,
};

static const struct proc_node process_fd_node = {
	.mode = MODE_LINK | 0700, .target = process_file, .link_text = process_file_text,
};

static const struct proc_node process_walk_node = {
	.mode = PROCESS_FILE, .show_number = proc_show_walk,
};

static const struct proc_node process_children[] = {
	{ .name = "cmdline", .mode = PROCESS_FILE, .show = process_cmdline },
	{ .name = "comm", .mode = MODE_REGULAR | 0644, .show = process_comm,
	  .store = process_set_comm },
	{ .name = "cwd", .mode = PROCESS_LINK, .target = process_cwd,
	  .link_text = process_cwd_text },
	{ .name = "environ", .mode = MODE_REGULAR | 0400, .show = process_environ },
	{ .name = "exe", .mode = PROCESS_LINK, .target = process_exe,
	  .link_text = process_exe_text },
	{ .name = "fd", .mode = MODE_DIR | 0500, .numbered = &process_fd_node,
	  .next = process_next_fd, .number_is_fd = true },
	{ .name = "io", .mode = MODE_REGULAR | 0400, .show = proc_show_io },
	{ .name = "limits", .mode = PROCESS_FILE, .show = proc_show_limits },
	{ .name = "maps", .mode = PROCESS_FILE, .show = proc_show_maps },
	{ .name = "mounts", .mode = PROCESS_FILE, .show = process_mounts },
	{ .name = "oom_score", .mode = PROCESS_FILE, .show = proc_show_oom_score },
	{ .name = "oom_score_adj", .mode = PROCESS_FILE, .show = process_oom_score_adj },
	{ .name = "pagemap", .mode = MODE_REGULAR | 0400, .record = proc_record_pagemap,
	  .record_size = sizeof(uint64_t), .binary = true },
	{ .name = "paging", .mode = MODE_REGULAR | 0644, .show = proc_show_paging,
	  .store = proc_store_paging },
	{ .name = "pressure", .mode = PROCESS_FILE, .show = proc_show_process_pressure },
	{ .name = "root", .mode = PROCESS_LINK, .target = process_root,
	  .link_text = process_root_text },
	{ .name = "segments", .mode = PROCESS_FILE, .show = proc_show_segments },
	{ .name = "smaps", .mode = PROCESS_FILE, .show = proc_show_smaps },
	{ .name = "smaps_rollup", .mode = PROCESS_FILE, .show = proc_show_smaps_rollup },
	{ .name = "stat", .mode = PROCESS_FILE, .show = process_stat },
	{ .name = "statm", .mode = PROCESS_FILE, .show = process_statm },
	{ .name = "status", .mode = PROCESS_FILE, .show = process_status },
	{ .name = "task", .mode = PROCESS_DIR, .numbered = &proc_process_node,
	  .next = process_next_task },
	{ .name = "walk", .mode = PROCESS_DIR, .numbered = &process_walk_node,
	  .parse = proc_parse_address },
	{ .name = "wchan", .mode = PROCESS_FILE, .show = process_wchan },
	{ .name = NULL },
};

const struct proc_node proc_process_node = {
	.mode = PROCESS_DIR, .children = process_children, .added = &proc_process_added,
};

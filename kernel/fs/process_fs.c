/*
 * What a process has of the file system.
 *
 * A table of open files, the directory that relative paths start from, and the file of its program.
 * Processes (kernel/proc) know them only as pointers: what fork, exec and exit do about them is
 * implemented here through process_hooks.
 * Source: clone(2), CLONE_FILES and CLONE_FS.
 */
#include "kernel/fs/process_fs.h"

#include "kernel/fs/file.h"
#include "kernel/fs/inode.h"
#include "kernel/proc/hooks.h"
#include "kernel/proc/process.h"
#include "kernel/proc/thread.h"
#include "lib/assert.h"
#include "lib/errno.h"

_Static_assert((int)LIMIT_NOFILE_MAX == (int)FILES_MAX,
	       "what setrlimit allows, a table of files can have");

static int process_fs_fork_files(struct process *child, const struct process *parent, bool share)
{
	child->fs.files = share ? files_get(parent->fs.files) : files_fork(parent->fs.files);
	return child->fs.files ? 0 : -ENOMEM;
}

static int process_fs_unshare_files(struct process *p)
{
	if (p->fs.files->refs == 1)
		return 0;
	struct files *own = files_fork(p->fs.files);
	if (!own)
		return -ENOMEM;
	files_put(p->fs.files);
	p->fs.files = own;
	return 0;
}

/* While it is being run it cannot be opened for writing. */
void process_fs_set_program(struct process *p, struct inode *program)
{
	struct inode *old = p->fs.exe;
	if (program)
		inode_get(program)->programs++;
	p->fs.exe = program;
	if (!old)
		return;
	old->programs--;
	inode_put(old);
}

static void process_fs_fork_names(struct process *child, const struct process *parent)
{
	child->fs.cwd = inode_get(parent->fs.cwd);
	process_fs_set_program(child, parent->fs.exe);
}

/* @t is about to exit. */
static void process_fs_check_unused(const struct files *t)
{
	process_for_each(p)
		ASSERT(p->fs.files != t); /* [file.3] */
}

static void process_fs_drop_files(struct process *p)
{
	if (!p->fs.files)
		return;
	struct files *files = p->fs.files;
	p->fs.files = NULL; /* closing may sleep: detach the table first */
	if (files->refs == 1)
		process_fs_check_unused(files);
	files_put(files);
}

static void process_fs_drop_names(struct process *p)
{
	inode_put(p->fs.cwd);
	p->fs.cwd = NULL;
	process_fs_set_program(p, NULL);
}

void process_fs_chdir(struct inode *dir)
{
	struct process *self = process_running;
	list_for_each_entry(struct process, t, &self->group->threads, thread_link) {
		bool follows = t->fs.shared && self->fs.shared && t->run.state != PROCESS_ZOMBIE;
		if (t != self && !follows)
			continue;
		ASSERT(t->fs.cwd != NULL); /* only a zombie has none: [wait.1] */
		inode_put(t->fs.cwd);
		t->fs.cwd = inode_get(dir);
	}
	inode_put(dir);
}

void process_fs_init(void)
{
	process_hooks.files_fork = process_fs_fork_files;
	process_hooks.files_unshare = process_fs_unshare_files;
	process_hooks.names_fork = process_fs_fork_names;
	process_hooks.files_drop = process_fs_drop_files;
	process_hooks.names_drop = process_fs_drop_names;
}

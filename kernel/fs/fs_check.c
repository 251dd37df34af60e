/*
 * Asserts the numbered invariants of files, inodes, directories, pipes and tmpfs: over every
 * process's table of open files, and over every inode that has, or had, a name.
 *
 * Sleeping calls hold references known only to their own stacks. So while there are processes a
 * count must be at least what is known; without them, at the end of a run and between self-tests,
 * it must be exactly that, and leaks are found here.
 */
#include "kernel/fs/dir.h"
#include "kernel/fs/file.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/pipe.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/fs/vfs.h"
#include "kernel/proc/process.h"
#include "lib/assert.h"

/* --- open files --- */

/* Threads that use @t. */
static uint32_t files_users(const struct files *t)
{
	uint32_t n = 0;
	list_for_each(node, &process_all)
		n += list_entry(node, struct process, all)->fs.files == t;
	return n;
}

/* Has @p a table, and is @p the first process with it? */
static bool files_first_user(const struct process *p)
{
	process_for_each(q)
		if (q->fs.files == p->fs.files)
			return p->fs.files != NULL && q == p;
	return false;
}

/* How many slots of all tables hold @f; each table is visited once, at its first thread. */
static uint32_t file_holders(const struct file *f)
{
	uint32_t n = 0;
	process_for_each(p) {
		const struct files *t = files_first_user(p) ? p->fs.files : NULL;
		for (uint32_t fd = 0; t && fd < t->capacity; fd++)
			n += t->slots[fd].file == f;
	}
	return n;
}

static void files_check(const struct files *t)
{
	ASSERT(t->refs == files_users(t)); /* [file.3] */
	ASSERT(t->capacity > 0 && t->capacity <= FILES_MAX);
	for (uint32_t fd = 0; fd < t->capacity; fd++) {
		const struct file *f = t->slots[fd].file;
		ASSERT(f != NULL || !t->slots[fd].cloexec); /* [file.2] */
		if (f == NULL)
			continue;
		ASSERT(f->refs >= file_holders(f));			 /* [file.1] */
		ASSERT(f->inode->refs > 0);				 /* [file.4] */
		ASSERT(!file_writable(f) || f->inode->writers > 0);	 /* [file.4] */
		if (f->ops->check)
			f->ops->check(f);
	}
}

static void files_check_all(void)
{
	ASSERT(file_count() == 0 || !list_empty(&process_all)); /* [file.5] */
	process_for_each(p)
		if (files_first_user(p))
			files_check(p->fs.files);
}

/* --- inodes --- */

static void inode_check_kind(const struct inode *i)
{
	inode_check(i, mount_references(i), list_empty(&process_all));
	ASSERT(i->name == NULL || (i->name->inode == i && i->nlink > 0)); /* [inode.1] */
	if (inode_is(i, MODE_DIR))
		dir_check(i);
	if (tmpfs_has_pages(i))
		tmpfs_check(i);
}

void vfs_check(void)
{
	inode_check_kind(inode_root());
	list_for_each(node, &inode_all)
		inode_check_kind(list_entry(node, struct inode, all));
	files_check_all();
	ASSERT(pipe_count() == 0 || !list_empty(&process_all)); /* [pipe.3] */
}

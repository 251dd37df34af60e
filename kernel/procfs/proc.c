/*
 * procfs: information about processes and the kernel, as files.
 *
 * Tables (struct proc_node) list the files: a name and a function that writes the text. An inode is
 * created when a path leads to it and freed when unused; it records its node, the process and,
 * under fd, the descriptor. A process is looked up by its pid at each use, so a file of one that
 * has exited returns -ESRCH.
 *
 * A file's text is generated when it is read from the start and kept with the open file, so that a
 * reader with a small buffer sees one text, not pieces of several. Files too large for that
 * (pagemap, frames) consist of fixed-size records, each generated when it is read: a reader can
 * start at any of them, and nothing is kept.
 *
 * Formats are Linux's, as ps, top, free and pmap read them.
 * Source: Linux's proc(5).
 */
#include "kernel/procfs/proc.h"

#include "kernel/fs/dir.h"
#include "kernel/fs/file.h"
#include "kernel/fs/io.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/path.h"
#include "kernel/proc/pid.h"
#include "kernel/proc/process.h"
#include "kernel/proc/signal.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/slab.h"

/*
 * A file's text, kept with the open file. Threads and fork's children share an open file, and a
 * reader may sleep in the middle of copying: meanwhile the text stays as it is, even if another
 * reads from the start.
 */
struct proc_text {
	struct text text;
	unsigned readers; /* a copy from it is in progress */
};

const struct proc_node *proc_root_added, *proc_process_added;
int (*proc_crash)(void);

enum { PROC_RECORDS_BYTES = 384 };
enum { PROC_STORE_MAX = 127, PROC_POSITION_NUMBERS = 256, PROC_NUMBER_TEXT = 12 };

static const struct inode_ops proc_ops;
static const struct file_ops proc_file_ops;
static const struct file_ops proc_dir_ops;

/* --- inodes --- */

static uint32_t proc_number(const struct proc_node *node, int pid, int fd)
{
	return ((uint32_t)(uintptr_t)node >> 2 & 0xffff) ^ (uint32_t)pid << 16 ^
	       (uint32_t)(fd + 1) << 8 ^ 0x40000000;
}

/* NULL: no memory. */
static struct inode *proc_create(const struct proc_node *node, int pid, int fd)
{
	struct inode *i = inode_create(&proc_ops, node->mode);
	if (!i)
		return NULL;
	i->files = inode_is(i, MODE_DIR) ? &proc_dir_ops : &proc_file_ops;
	i->proc.node = node;
	i->proc.pid = pid;
	i->proc.fd = fd;
	i->number = proc_number(node, pid, fd);
	i->nlink = inode_is(i, MODE_DIR) ? 2 : 1;
	return i;
}

static struct inode *proc_create_root(void)
{
	return proc_create(&proc_root_node, 0, -1);
}

void proc_init(void)
{
	mount_register("proc", proc_create_root);
}

/* The process an inode is about. NULL: none. False: it has exited. */
static bool proc_process(const struct inode *i, struct process **p)
{
	*p = i->proc.pid ? process_find(i->proc.pid) : NULL;
	return *p || !i->proc.pid;
}

static const char *proc_name_of(const struct inode *i)
{
	static char number[PROC_NUMBER_TEXT];
	const struct proc_node *node = i->proc.node;
	if (i->name)
		return i->name->name; /* the root: where it is mounted */
	if (node->name)
		return node->name;
	if (node->show_number)
		format_string(number, sizeof(number), "%08x", (uint32_t)i->proc.fd);
	else
		format_string(number, sizeof(number), "%d",
			      i->proc.fd >= 0 ? i->proc.fd : i->proc.pid);
	return number;
}

/* --- directories --- */

/* A decimal number without leading zeroes, or -1. */
static int proc_parse(const char *name, size_t length)
{
	int n = 0;
	if (length == 0 || length > 7 || (name[0] == '0' && length > 1))
		return -1;
	for (size_t i = 0; i < length; i++) {
		if (name[i] < '0' || name[i] > '9')
			return -1;
		n = n * 10 + (name[i] - '0');
	}
	return n;
}

/* The @i-th fixed entry of @dir, then of those added; NULL: no more. */
static const struct proc_node *proc_fixed(const struct proc_node *dir, unsigned i)
{
	const struct proc_node *const tables[] = { dir->children, dir->added ? *dir->added : NULL };
	for (unsigned t = 0; t < ARRAY_SIZE(tables); t++)
		for (const struct proc_node *c = tables[t]; c && c->name; c++, i--)
			if (i == 0)
				return c;
	return NULL;
}

static const struct proc_node *proc_child(const struct proc_node *dir, const char *name,
					  size_t length)
{
	unsigned i = 0;
	for (const struct proc_node *c = proc_fixed(dir, i); c; i++, c = proc_fixed(dir, i))
		if (strlen(c->name) == length && memcmp(c->name, name, length) == 0)
			return c;
	return NULL;
}

static int proc_find(struct inode *dir, const char *name, size_t length, struct inode **found)
{
	const struct proc_node *node = dir->proc.node;
	const struct proc_node *child = proc_child(node, name, length);
	int pid = dir->proc.pid, fd = -1, number = proc_parse(name, length);
	uint32_t parsed;
	struct process *p;
	if (!proc_process(dir, &p))
		return -ENOENT;
	if (!child && node->next && number >= 0 && node->next(p, number) == number) {
		child = node->numbered;
		*(node->number_is_fd ? &fd : &pid) = number;
	}
	if (!child && node->parse && node->parse(name, length, &parsed)) {
		child = node->numbered;
		fd = (int)parsed;
	}
	if (!child)
		return -ENOENT;
	*found = proc_create(child, pid, fd);
	if (!*found)
		return -ENOMEM;
	if (inode_is(*found, MODE_DIR))
		(*found)->parent = inode_get(dir);
	return 0;
}

static bool proc_list_numbers(struct inode *dir, struct process *p, struct dir_listing *to)
{
	const struct proc_node *node = dir->proc.node;
	const uint64_t first = DIR_POSITION_FIRST + PROC_POSITION_NUMBERS;
	int from = to->position > first ? (int)(to->position - first) : 0;
	for (int n = node->next(p, from); n >= 0; n = node->next(p, n + 1)) {
		char name[PROC_NUMBER_TEXT];
		bool is_fd = node->number_is_fd;
		format_string(name, sizeof(name), "%d", n);
		const struct dir_item item = {
			.name = name,
			.number = proc_number(node->numbered, is_fd ? dir->proc.pid : n,
					      is_fd ? n : -1),
			.mode = node->numbered->mode,
		};
		if (!dir_list_add(to, &item, first + (uint64_t)n))
			return false;
	}
	return true;
}

static void proc_list(struct inode *dir, struct dir_listing *to)
{
	const struct proc_node *node = dir->proc.node;
	struct process *p;
	unsigned i = 0;
	if (!proc_process(dir, &p))
		return;
	for (const struct proc_node *c = proc_fixed(node, i); c; i++, c = proc_fixed(node, i)) {
		uint32_t number = proc_number(c, dir->proc.pid, -1);
		const struct dir_item item = { c->name, number, c->mode };
		if (!dir_list_add(to, &item, DIR_POSITION_FIRST + i))
			return;
	}
	if (node->next)
		proc_list_numbers(dir, p, to);
}

/* --- links --- */

static struct inode *proc_follow(struct inode *link)
{
	const struct proc_node *node = link->proc.node;
	struct process *p;
	if (!node->target || !proc_process(link, &p))
		return NULL;
	return node->target(p, link->proc.fd);
}

static long proc_read_link(struct inode *link, char *buf, size_t size)
{
	struct text t = { .bytes = NULL };
	struct process *p;
	if (!proc_process(link, &p))
		return -ENOENT;
	link->proc.node->link_text(&t, p, link->proc.fd);
	long n = t.failed ? -ENOMEM : t.length == 0 ? -ENOENT : (long)MIN(t.length, size);
	if (n > 0)
		memcpy(buf, t.bytes, (size_t)n);
	text_free(&t);
	return n;
}

void proc_add_path(struct text *t, const struct inode *i)
{
	char *buf = kmalloc(PATH_LENGTH_MAX);
	long n = buf ? path_of(i, buf, PATH_LENGTH_MAX) : -ENOMEM;
	if (n > 0)
		text_add_bytes(t, buf, (size_t)n - 1);
	else if (inode_is(i, MODE_FIFO))
		text_add(t, "pipe:[%u]", i->number);
	else
		text_add(t, "/ (deleted)");
	kfree(buf);
}

/* --- files --- */

static int proc_make_text(struct file *f)
{
	const struct inode *i = f->inode;
	struct text made = { .bytes = NULL };
	struct process *p;
	if (!proc_process(i, &p))
		return -ESRCH;
	if (i->proc.node->show_number)
		i->proc.node->show_number(&made, p, (uint32_t)i->proc.fd);
	else
		i->proc.node->show(&made, p);
	if (!f->private)
		f->private = kzalloc(sizeof(struct proc_text));
	struct proc_text *kept = f->private;
	if (made.failed || !kept || kept->readers > 0) {
		bool failed = made.failed || !kept;
		text_free(&made);
		return failed ? -ENOMEM : 0; /* the others' text will do */
	}
	text_free(&kept->text);
	kept->text = made;
	return 0;
}

/* Whole records from @index on, enough for @n bytes if they fit. Returns their bytes. */
static size_t proc_fill(const struct proc_node *node, struct process *p, uint64_t index, size_t n,
			char records[PROC_RECORDS_BYTES])
{
	ASSERT(node->record_size > 0 && node->record_size <= PROC_RECORDS_BYTES);
	size_t made = 0;
	while (made < n && made + node->record_size <= PROC_RECORDS_BYTES &&
	       node->record(p, index, records + made)) {
		made += node->record_size;
		index++;
	}
	return made;
}

/*
 * As many records, or parts of them, as requested: some at a time, as a whole pagemap has 786,432
 * of them. The process is looked up again each time: it may exit during reclaim for user memory.
 */
static int proc_read_records(const struct inode *i, struct io *io)
{
	const struct proc_node *node = i->proc.node;
	const size_t size = node->record_size;
	char records[PROC_RECORDS_BYTES];
	if (node->binary && (io->position % size != 0 || io->left % size != 0))
		return -EINVAL;
	while (io->left > 0) {
		struct process *p;
		uint64_t index = io->position / size;
		size_t skip = (size_t)(io->position % size);
		if (!proc_process(i, &p))
			return -ESRCH;
		size_t made = proc_fill(node, p, index, skip + io->left, records);
		if (made <= skip)
			break;
		size_t part = MIN(made - skip, io->left);
		if (io_give(io, records + skip, part) < part)
			return -EFAULT;
		if (signal_wanted(process_running))
			break;
	}
	return 0;
}

static int proc_read(struct file *f, struct io *io)
{
	const struct proc_node *node = f->inode->proc.node;
	if (node->record)
		return proc_read_records(f->inode, io);
	if (!node->show && !node->show_number)
		return -EINVAL;
	int error = io->position == 0 || !f->private ? proc_make_text(f) : 0;
	if (error)
		return error;
	struct proc_text *kept = f->private;
	const struct text *t = &kept->text;
	if (io->position >= t->length)
		return 0;
	size_t at = (size_t)io->position, n = MIN(io->left, t->length - at);
	kept->readers++;
	size_t moved = io_give(io, t->bytes + at, n);
	kept->readers--;
	return moved < n ? -EFAULT : 0;
}

static int proc_write(struct file *f, struct io *io)
{
	const struct inode *i = f->inode;
	char text[PROC_STORE_MAX + 1] = { 0 };
	struct process *p;
	struct io all = *io; /* what is rejected has not been written */
	size_t n = io->left;
	if (!i->proc.node->store)
		return -EIO;
	if (n > PROC_STORE_MAX)
		return -EINVAL;
	int error = io_take_all(&all, text, n);
	if (error)
		return error;
	error = proc_process(i, &p) ? i->proc.node->store(p, text) : -ESRCH;
	if (!error)
		*io = all;
	return error;
}

static void proc_close(struct file *f)
{
	struct proc_text *kept = f->private;
	ASSERT(!kept || kept->readers == 0); /* in use by a reader */
	if (kept)
		text_free(&kept->text);
	kfree(kept);
}

static int proc_read_dir(struct file *f, struct io *io)
{
	(void)f, (void)io;
	return -EISDIR;
}

static const struct file_ops proc_file_ops = {
	.name = "proc", .read = proc_read, .write = proc_write, .close = proc_close,
	.seekable = true,
};
static const struct file_ops proc_dir_ops = {
	.name = "proc directory", .read = proc_read_dir, .seekable = true,
};
static const struct inode_ops proc_ops = {
	.name = "proc",
	.device = 2,
	.magic = 0x9fa0,
	.find = proc_find,
	.list = proc_list,
	.read_link = proc_read_link,
	.follow = proc_follow,
	.name_of = proc_name_of,
};

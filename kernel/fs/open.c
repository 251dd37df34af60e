/*
 * open: from a path and flags to an open file.
 *
 * The path is walked once. If its last name is missing and O_CREAT is given, a regular file is
 * created where the walk ended; a dangling link is followed to that place, as on Linux. Checks are
 * in Linux's order, so that a call with two errors reports the same one.
 */
#include "kernel/fs/open.h"

#include "kernel/fs/file.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/namei.h"
#include "kernel/fs/path.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/fs/tmpfs_data.h"
#include "lib/errno.h"

static bool open_writes(unsigned flags)
{
	return (flags & O_ACCMODE) != O_RDONLY || flags & O_TRUNC;
}

/* May an existing inode be opened this way? */
static int open_check(const struct inode *i, unsigned flags)
{
	if (flags & O_DIRECTORY && !inode_is(i, MODE_DIR))
		return -ENOTDIR;
	if (flags & O_PATH)
		return 0;
	if (inode_is(i, MODE_LINK))
		return -ELOOP;
	if (inode_is(i, MODE_DIR) && (open_writes(flags) || flags & O_CREAT))
		return -EISDIR;
	if (inode_is(i, MODE_REGULAR) && open_writes(flags) && i->programs > 0)
		return -ETXTBSY;
	return 0;
}

int file_open_inode(struct inode *i, unsigned flags, struct file **opened)
{
	unsigned once = O_CREAT | O_EXCL | O_TRUNC | O_NOCTTY;
	int error = open_check(i, flags);
	if (error)
		return error;
	if (!i->files && !(flags & O_PATH))
		return -ENXIO;
	struct file *f = file_create(i->files ? i->files : &regular_ops, i, flags & ~once);
	if (!f)
		return -ENOMEM;
	if (f->ops->open && !(flags & O_PATH)) {
		error = f->ops->open(f);
		if (error)
			f->ops = &regular_ops; /* no close if it was not opened */
	}
	if (!error && flags & O_TRUNC && !(flags & O_PATH) && tmpfs_has_pages(i))
		error = tmpfs_truncate(i, 0);
	if (error)
		file_put(f);
	else
		*opened = f;
	return error;
}

/* O_TMPFILE: a file without a name, in the file system of directory @dir. */
static int open_nameless(const struct inode *dir, unsigned flags, unsigned mode,
			 struct file **opened)
{
	if (!inode_is(dir, MODE_DIR))
		return -ENOTDIR;
	if ((flags & O_ACCMODE) == O_RDONLY)
		return -EINVAL;
	if (!dir->ops->changeable)
		return -EOPNOTSUPP;
	struct inode *i = tmpfs_create(MODE_REGULAR | (mode & MODE_BITS), 0);
	if (!i)
		return -ENOMEM;
	i->nlink = 0;
	int error = file_open_inode(i, flags & ~(unsigned)(O_TMPFILE | O_DIRECTORY), opened);
	inode_put(i);
	return error;
}

/* The last name does not exist. */
static int open_new(const struct path_end *end, unsigned flags, unsigned mode, struct file **opened)
{
	struct inode *i;
	if (!(flags & O_CREAT) || flags & O_PATH)
		return -ENOENT;
	if (end->slash)
		return -EISDIR;
	if (flags & O_DIRECTORY)
		return -EINVAL;
	int error = names_create(end, MODE_REGULAR | (mode & MODE_BITS), 0, &i);
	if (error)
		return error;
	error = file_open_inode(i, flags & ~(unsigned)O_CREAT, opened);
	inode_put(i);
	return error;
}

static int open_end(const struct path_end *end, unsigned flags, unsigned mode, struct file **opened)
{
	bool exclusive = (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL) && !(flags & O_PATH);
	if (!end->inode)
		return open_new(end, flags, mode, opened);
	if (flags & O_TMPFILE)
		return open_nameless(end->inode, flags, mode, opened);
	if (exclusive)
		return -EEXIST;
	return file_open_inode(end->inode, flags, opened);
}

int file_open(struct inode *cwd, const char *path, unsigned flags, unsigned mode,
	      struct file **opened)
{
	struct path_end end;
	bool exclusive = (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
	bool follow = !(flags & O_NOFOLLOW) && !exclusive;
	int error = path_resolve(cwd, path, follow ? PATH_FOLLOW : 0, &end);
	if (error)
		return error;
	error = open_end(&end, flags, mode, opened);
	path_end_put(&end);
	return error;
}

/*
 * Creating, linking, renaming and removing names.
 *
 * Every change begins where a path ends (struct path_end, resolved with PATH_NAME), makes its
 * checks in Linux's order, allocates the memory it needs, and then changes directories in steps
 * that cannot fail. No other process runs between the last check and the change: memory whose
 * allocation may reclaim is allocated before the checks.
 */
#include "kernel/fs/namei.h"

#include "kernel/fs/dir.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/fs/tmpfs_data.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/slab.h"

/* May @end's directory get a new name? */
static int names_check_new(const struct path_end *end, bool slash_allowed)
{
	if (end->last != PATH_LAST_NAME || end->inode)
		return -EEXIST;
	if (end->slash && !slash_allowed)
		return -ENOENT;
	if (end->dir->nlink == 0 || !end->dir->ops->changeable)
		return -ENOENT;
	return 0;
}

/* A set-group-ID directory passes on its group. */
static void names_inherit_group(const struct inode *dir, struct inode *i)
{
	if (!(dir->mode & MODE_SETGID))
		return;
	i->gid = dir->gid;
	if (inode_is(i, MODE_DIR))
		i->mode |= MODE_SETGID;
}

/* The entry for @end's name; allocated first, as that may let others run. */
static int names_add(const struct path_end *end, struct inode *i, bool slash_allowed)
{
	struct dir_entry *e = dir_entry_create(end->name, end->length);
	if (!e)
		return -ENOMEM;
	int error = names_check_new(end, slash_allowed);
	if (!error && dir_find(end->dir, end->name, end->length))
		error = -EEXIST;
	if (error) {
		dir_entry_destroy(e);
		return error;
	}
	dir_insert(end->dir, e, i);
	return 0;
}

int names_create(const struct path_end *end, unsigned mode, uint32_t rdev, struct inode **made)
{
	bool directory = (mode & MODE_TYPE) == MODE_DIR;
	int error = names_check_new(end, directory);
	if (error)
		return error;
	if (!tmpfs_has_room())
		return -ENOSPC;
	struct inode *i = tmpfs_create(mode, rdev);
	if (!i)
		return -ENOMEM;
	names_inherit_group(end->dir, i);
	error = names_add(end, i, directory);
	if (!error && made)
		*made = inode_get(i);
	inode_put(i);
	return error;
}

int names_symlink(const struct path_end *end, const char *target)
{
	if (!*target)
		return -ENOENT;
	int error = names_check_new(end, false);
	if (error)
		return error;
	struct inode *i = tmpfs_create_link(target);
	if (!i)
		return -ENOMEM;
	error = names_add(end, i, false);
	inode_put(i);
	return error;
}

int names_link(const struct path_end *end, struct inode *i)
{
	int error = names_check_new(end, false);
	if (error)
		return error;
	if (i->ops->device != end->dir->ops->device)
		return -EXDEV;
	if (inode_is(i, MODE_DIR))
		return -EPERM;
	error = names_add(end, i, false);
	if (error)
		return error;
	i->nlink++;
	i->ctime = inode_now();
	return 0;
}

/* The entry that @end refers to. NULL: it was removed. */
static struct dir_entry *names_entry(const struct path_end *end)
{
	return dir_find(end->dir, end->name, end->length);
}

int names_unlink(const struct path_end *end)
{
	if (end->last != PATH_LAST_NAME)
		return -EISDIR;
	if (!end->inode)
		return -ENOENT;
	if (inode_is(end->inode, MODE_DIR))
		return -EISDIR;
	if (end->slash)
		return -ENOTDIR;
	if (!end->dir->ops->changeable)
		return -EPERM;
	struct dir_entry *e = names_entry(end);
	if (!e)
		return -ENOENT;
	dir_remove(e);
	return 0;
}

int names_rmdir(const struct path_end *end)
{
	static const int special[] = {
		[PATH_LAST_ROOT] = -EBUSY,
		[PATH_LAST_DOT] = -EINVAL,
		[PATH_LAST_DOTDOT] = -ENOTEMPTY,
	};
	if (end->last != PATH_LAST_NAME)
		return special[end->last];
	if (!end->inode)
		return -ENOENT;
	if (!inode_is(end->inode, MODE_DIR))
		return -ENOTDIR;
	if (!end->dir->ops->changeable)
		return -EPERM;
	struct dir_entry *e = names_entry(end);
	if (!e)
		return -ENOENT;
	if (e->inode->mounted)
		return -EBUSY;
	if (!dir_is_empty(e->inode))
		return -ENOTEMPTY;
	dir_remove(e);
	return 0;
}

/* --- rename --- */

/* Is @dir inside @top, or @top itself? */
static bool names_inside(const struct inode *dir, const struct inode *top)
{
	while (dir && dir != top)
		dir = dir->parent;
	return dir == top;
}

/* Reasons against it in the paths. */
static int names_check_rename(const struct path_end *from, const struct path_end *to,
			      unsigned flags)
{
	bool exchange = flags & NAMES_EXCHANGE;
	if (from->dir->ops->device != to->dir->ops->device)
		return -EXDEV;
	if (from->last != PATH_LAST_NAME)
		return -EBUSY;
	if (to->last != PATH_LAST_NAME)
		return flags & NAMES_NOREPLACE ? -EEXIST : -EBUSY;
	if (!from->inode)
		return -ENOENT;
	if (flags & NAMES_NOREPLACE && to->inode)
		return -EEXIST;
	if (exchange && !to->inode)
		return -ENOENT;
	bool directory = inode_is(from->inode, MODE_DIR);
	if (!directory && (from->slash || (!exchange && to->slash)))
		return -ENOTDIR;
	if (directory && names_inside(to->dir, from->inode))
		return -EINVAL;
	if (to->inode && inode_is(to->inode, MODE_DIR) && names_inside(from->dir, to->inode))
		return exchange ? -EINVAL : -ENOTEMPTY;
	if (!from->dir->ops->changeable)
		return to->inode ? -EPERM : -ENOENT;
	return to->dir->nlink == 0 ? -ENOENT : 0;
}

/* Reasons against it in the two inodes; @new is to be replaced. */
static int names_check_replace(const struct inode *old, const struct inode *new)
{
	if (inode_is(old, MODE_DIR) && !inode_is(new, MODE_DIR))
		return -ENOTDIR;
	if (!inode_is(old, MODE_DIR) && inode_is(new, MODE_DIR))
		return -EISDIR;
	if (new->mounted || old->mounted)
		return -EBUSY;
	return inode_is(new, MODE_DIR) && !dir_is_empty(new) ? -ENOTEMPTY : 0;
}

/* All checks are done, and @spare is an entry for the new name; consumed or destroyed here. */
static int names_move(struct dir_entry *old, struct dir_entry *new, const struct path_end *to,
		      struct dir_entry *spare)
{
	struct inode *i = old->inode;
	ASSERT(new != old && i->nlink > 0); /* [inode.1] */
	if (new) {
		dir_entry_destroy(spare);
		int error = names_check_replace(i, new->inode);
		if (error)
			return error;
		dir_replace(new, i);
	} else {
		dir_insert(to->dir, spare, i);
	}
	dir_forget(old);
	i->ctime = inode_now();
	return 0;
}

int names_rename(const struct path_end *from, const struct path_end *to, unsigned flags)
{
	struct dir_entry *spare = dir_entry_create(to->name, to->length);
	if (!spare)
		return -ENOMEM;
	int error = names_check_rename(from, to, flags);
	struct dir_entry *old = error ? NULL : names_entry(from);
	struct dir_entry *new = error ? NULL : names_entry(to);
	if (!error && (!old || (old->inode->mounted && (!new || old->inode != new->inode))))
		error = old ? -EBUSY : -ENOENT;
	if (error || (new && new->inode == old->inode)) {
		dir_entry_destroy(spare);
		return error;
	}
	if (!(flags & NAMES_EXCHANGE))
		return names_move(old, new, to, spare);
	dir_entry_destroy(spare);
	if (!new)
		return -ENOENT;
	dir_exchange(old, new);
	return 0;
}

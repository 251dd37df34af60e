/*
 * What is mounted where: procfs, on one directory at most.
 *
 * The directory below (the mount point) refers to the root above it, and the root's parent is the
 * mount point's, so both ways across are ordinary steps of a path walk.
 * Left out: everything else that mount(2) can do.
 */
#include "kernel/fs/mount.h"

#include "kernel/fs/dir.h"
#include "kernel/procfs/proc.h"
#include "lib/errno.h"
#include "lib/string.h"

static struct inode *mount_point;

const struct inode *mount_of_proc(void)
{
	return mount_point;
}

int mount_add(struct inode *at, const char *type)
{
	if (strcmp(type, "proc") != 0)
		return -ENODEV;
	if (!inode_is(at, MODE_DIR))
		return -ENOTDIR;
	if (mount_point || !at->parent)
		return -EBUSY;
	struct inode *root = proc_create_root();
	if (!root)
		return -ENOMEM;
	root->parent = inode_get(at->parent);
	root->name = at->name;
	at->mounted = root;
	mount_point = inode_get(at);
	return 0;
}

int mount_remove(struct inode *root)
{
	if (!mount_point || mount_point->mounted != root)
		return -EINVAL;
	struct inode *at = mount_point;
	mount_point = NULL;
	at->mounted = NULL;
	inode_put(root);
	inode_put(at);
	return 0;
}

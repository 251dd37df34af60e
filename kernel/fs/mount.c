/*
 * What is mounted where: procfs, on one directory at most.
 *
 * The directory below (the mount point) refers to the root above it, and the root's parent is the
 * mount point's, so both ways across are ordinary steps of a path walk.
 * Always true
 *   [mount.1]  the mount point has a root above it, and a reference of the mount's; so has the
 *       directory above, as the root's parent
 * Left out: everything else that mount(2) can do.
 */
#include "kernel/fs/mount.h"

#include "kernel/fs/dir.h"
#include "kernel/procfs/proc.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"

static struct inode *mount_point;

uint32_t mount_references(const struct inode *i)
{
	bool held = mount_point && (i == mount_point || i == mount_point->mounted->parent);
	ASSERT(!mount_point || mount_point->mounted != NULL); /* [mount.1] */
	return held;
}

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
	root->name = NULL; /* somebody may still be in it when the directory's entry has gone */
	inode_put(root);
	inode_put(at);
	return 0;
}

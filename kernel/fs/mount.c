/*
 * What is mounted where: one file system, on one directory at most.
 *
 * Its type is known by name only: procfs is in an upper layer and registers itself.
 *
 * The directory below (the mount point) refers to the root above it, and the root's parent is the
 * mount point's, so both ways across are ordinary steps of a path walk.
 * Always true
 *   [mount.1]  the mount point has a root above it, and a reference from the mount; so has the
 *       directory above, as the root's parent
 * Left out: the rest of mount(2).
 */
#include "kernel/fs/mount.h"

#include "kernel/fs/dir.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"

static struct inode *mount_point;
static const char *mount_type;
static struct inode *(*mount_create_root)(void);

uint32_t mount_references(const struct inode *i)
{
	bool held = mount_point && (i == mount_point || i == mount_point->mounted->parent);
	ASSERT(!mount_point || mount_point->mounted != NULL); /* [mount.1] */
	return held;
}

void mount_register(const char *type, struct inode *(*create_root)(void))
{
	mount_type = type;
	mount_create_root = create_root;
}

const struct inode *mount_place(void)
{
	return mount_point;
}

int mount_add(struct inode *at, const char *type)
{
	if (!mount_type || strcmp(type, mount_type) != 0)
		return -ENODEV;
	if (!inode_is(at, MODE_DIR))
		return -ENOTDIR;
	if (mount_point || !at->parent)
		return -EBUSY;
	struct inode *root = mount_create_root();
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
	root->name = NULL; /* a process may still be in it after the directory's entry is removed */
	inode_put(root);
	inode_put(at);
	return 0;
}

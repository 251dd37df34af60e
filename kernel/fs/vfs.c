/*
 * The file system as a whole: one tree in memory, populated in this order: /dev with its devices,
 * boot modules as the loader lists them, then what the launcher unpacks over them. Later names
 * replace earlier ones. Finally /tmp and /proc, if missing, and procfs on /proc.
 */
#include "kernel/fs/vfs.h"

#include "boot/boot_info.h"
#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "kernel/fs/cpio.h"
#include "kernel/fs/device.h"
#include "kernel/fs/dir.h"
#include "kernel/fs/file.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/path.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/fs/tty.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/reclaim.h"

void vfs_add_archive(const char *name, paddr_t start, uint32_t size)
{
	unsigned n = cpio_unpack(name, start, size);
	log_info("archive %s: %u entries, %u KiB at 0x%08x", name, n, size / 1024, start);
}

static void vfs_make_root(void)
{
	struct inode *root = tmpfs_create(MODE_DIR | 0755, 0);
	if (!root)
		panic("no memory for the root directory");
	inode_set_root(root);
}

/* --- /dev --- */

/* Give @i, with its reference, a name in @dir. */
static int vfs_add_name(struct inode *dir, const char *name, struct inode *i)
{
	int error = i ? dir_add(dir, name, strlen(name), i) : -ENOMEM;
	inode_put(i);
	return error;
}

static int vfs_add_dev_links(struct inode *dir)
{
	static const struct {
		const char *name, *target;
	} links[] = {
		{ "fd", "/proc/self/fd" },
		{ "stdin", "/proc/self/fd/0" },
		{ "stdout", "/proc/self/fd/1" },
		{ "stderr", "/proc/self/fd/2" },
	};
	int error = 0;
	for (size_t n = 0; n < ARRAY_SIZE(links) && !error; n++)
		error = vfs_add_name(dir, links[n].name, tmpfs_create_link(links[n].target));
	return error;
}

static int vfs_add_devices(struct inode *dir)
{
	int error = 0;
	const struct device *d;
	for (size_t n = 0; (d = device_at(n)) != NULL && !error; n++)
		error = vfs_add_name(dir, d->name, tmpfs_create(MODE_CHAR | 0666, d->rdev));
	if (!error)
		error = vfs_add_name(dir, "shm", tmpfs_create(MODE_DIR | 01777, 0));
	return error ? error : vfs_add_dev_links(dir);
}

/* /dev and its contents. */
static int vfs_make_dev(void)
{
	struct inode *dir = tmpfs_create(MODE_DIR | 0755, 0);
	if (!dir)
		return -ENOMEM;
	int error = vfs_add_devices(dir);
	if (!error)
		error = dir_add(inode_root(), "dev", 3, dir);
	inode_put(dir);
	return error;
}

/* --- the tree --- */

void vfs_init(void)
{
	inode_init();
	file_init();
	tty_init();
	vfs_make_root();
	if (vfs_make_dev() != 0)
		panic("no memory for /dev");
	for (unsigned i = 0; i < boot_info.nmodules; i++) {
		const struct boot_module *m = &boot_info.modules[i];
		vfs_add_archive(m->name, m->start, m->end - m->start);
	}
}

/* Directory @name of the root, created if missing; with a reference. NULL: no memory. */
static struct inode *vfs_directory(const char *name, unsigned mode)
{
	struct inode *i = NULL;
	if (path_lookup(inode_root(), name, PATH_FOLLOW, &i) == 0)
		return i;
	i = tmpfs_create(MODE_DIR | mode, 0);
	if (i && dir_add(inode_root(), name, strlen(name), i) != 0) {
		inode_put(i);
		return NULL;
	}
	return i;
}

void vfs_complete(void)
{
	struct inode *tmp = vfs_directory("tmp", 01777), *proc = vfs_directory("proc", 0555);
	if (!tmp || !proc)
		panic("no memory for /tmp and /proc");
	int error = mount_add(proc, "proc");
	if (error)
		log_error("/proc: cannot be mounted: error %d", -error);
	inode_put(tmp);
	inode_put(proc);
}

/* --- what a run left behind --- */

uint32_t vfs_mark(void)
{
	return dir_last_serial();
}

/* Pages that differ from their archive, or have none; clean ones were dropped before. */
static uint32_t vfs_drop_pages(struct object *o)
{
	uint32_t n = o->npages;
	for (uint32_t i = object_next(o, 0); i != UINT32_MAX; i = object_next(o, i))
		page_object_drop(o, i);
	object_trim(o);
	return n;
}

void vfs_forget_since(uint32_t mark)
{
	uint32_t pages = 0, files = 0;
	list_for_each_entry(struct inode, i, &inode_all, all) {
		if (i->nlink == 0 || !tmpfs_has_pages(i))
			continue;
		files += i->object.npages != 0;
		pages += vfs_drop_pages(&i->object);
	}
	dir_remove_younger(mark);
	if (files)
		log_info("files: %u new or changed, %u pages in memory or on swap", files, pages);
}

/* An inode, its entries, a link's text. Inodes without a name do not belong to the tree. */
uint32_t vfs_objects(void)
{
	uint32_t n = 0;
	list_for_each_entry(struct inode, i, &inode_all, all) {
		if (i->nlink == 0)
			continue;
		n += 1 + inode_is(i, MODE_LINK);
		if (inode_is(i, MODE_DIR))
			list_for_each(entry, &i->dir.entries)
				n++;
	}
	list_for_each(entry, &inode_root()->dir.entries)
		n++;
	return n;
}

/*
 * The file system as a whole: one tree in memory, laid down in this order: /dev with its devices,
 * boot modules as the loader lists them, then what the launcher lays over them. Later names replace
 * earlier ones. At last /tmp and /proc, if nobody brought them, and procfs on /proc.
 */
#include "kernel/fs/vfs.h"

#include "boot/boot_info.h"
#include "kernel/fs/cpio.h"
#include "kernel/fs/device.h"
#include "kernel/fs/dir.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/path.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/fs/tty.h"
#include "kernel/log.h"
#include "kernel/panic.h"
#include "lib/string.h"

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

void vfs_init(void)
{
	inode_init();
	file_init();
	tty_init();
	vfs_make_root();
	if (device_init() != 0)
		panic("no memory for /dev");
	for (unsigned i = 0; i < boot_info.nmodules; i++) {
		const struct boot_module *m = &boot_info.modules[i];
		vfs_add_archive(m->name, m->start, m->end - m->start);
	}
}

/* Directory @name of the root, made if it is not there; with a reference. NULL: no memory. */
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
		log_error("/proc: can not be mounted: error %d", -error);
	inode_put(tmp);
	inode_put(proc);
}

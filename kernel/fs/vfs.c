/*
 * The file system as a whole: one tree in memory, laid down in this order: /dev with its devices,
 * boot modules as the loader lists them, then what the launcher lays over them. Later names replace
 * earlier ones.
 */
#include "kernel/fs/vfs.h"

#include "boot/boot_info.h"
#include "kernel/fs/cpio.h"
#include "kernel/fs/device.h"
#include "kernel/fs/file.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/tty.h"
#include "kernel/log.h"
#include "kernel/panic.h"

void vfs_add_archive(const char *name, paddr_t start, uint32_t size)
{
	unsigned n = cpio_unpack(name, start, size);
	log_info("archive %s: %u entries, %u KiB at 0x%08x", name, n, size / 1024, start);
}

void vfs_init(void)
{
	inode_init();
	file_init();
	tty_init();
	if (device_init() != 0)
		panic("no memory for /dev");
	for (unsigned i = 0; i < boot_info.nmodules; i++) {
		const struct boot_module *m = &boot_info.modules[i];
		vfs_add_archive(m->name, m->start, m->end - m->start);
	}
}

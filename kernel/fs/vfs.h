/* The file system as a whole. Context: boot. */
#ifndef KERNEL_FS_VFS_H
#define KERNEL_FS_VFS_H

#include "mm/types.h"

/*
 * The root, /dev and its devices; then every boot module that is an archive. After slab_init,
 * object_init_module.
 */
void vfs_init(void);
/*
 * Lay one more archive (fw_cfg's initrd) over the tree. The memory is in boot_info.taken and stays.
 */
void vfs_add_archive(const char *name, paddr_t start, uint32_t size);
/* After the last archive: what programs expect to be there. */
void vfs_complete(void);

#endif

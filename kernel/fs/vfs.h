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

/* What the tree is now, for vfs_forget_since. */
uint32_t vfs_mark(void);
/*
 * Back to what the tree was: files made since @mark go, and pages of older ones that were changed.
 * No process is left. Says in the log what there was.
 */
void vfs_forget_since(uint32_t mark);
/* Asserts what the theories of inodes, directories, files, pipes and tmpfs number. */
void vfs_check(void);
/* Slab objects that the tree consists of. */
uint32_t vfs_objects(void);

#endif

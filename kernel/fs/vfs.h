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
 * Unpack one more archive (fw_cfg's initrd) over the tree. Its memory is in boot_info.taken and
 * stays in use.
 */
void vfs_add_archive(const char *name, paddr_t start, uint32_t size);
/* After the last archive: add what programs expect. */
void vfs_complete(void);

/* Mark the tree's current state, for vfs_forget_since. */
uint32_t vfs_mark(void);
/*
 * Reset the tree: remove files created since @mark, and modified pages of older ones. There are no
 * processes. Logs what was removed.
 */
void vfs_forget_since(uint32_t mark);
/* Asserts the numbered invariants of inodes, directories, files, pipes and tmpfs. */
void vfs_check(void);
/* Slab objects that the tree consists of. */
uint32_t vfs_objects(void);

#endif

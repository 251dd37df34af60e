/* Unpacking archives in cpio's newc format into the tree. Theory in cpio.c. Context: boot. */
#ifndef KERNEL_FS_CPIO_H
#define KERNEL_FS_CPIO_H

#include "mm/types.h"

/*
 * Unpack the archive at physical [start, start + size) over the tree: later names replace earlier
 * ones. File contents stay where they are. Damage is logged with its offset; what came before it is
 * kept. Returns the number of entries.
 */
unsigned cpio_unpack(const char *name, paddr_t start, uint32_t size);

#endif

/*
 * The multiboot2 boot information: from the loader's tags to struct boot_info. Theory in
 * multiboot2.c.
 */
#ifndef BOOT_MULTIBOOT2_H
#define BOOT_MULTIBOOT2_H

#include "boot/boot_info.h"

#define MULTIBOOT2_MAGIC 0x36d76289u /* in eax when the loader enters the kernel */

/*
 * Fill @info from the @size bytes at @tags, which may hold anything at all: nothing outside them is
 * read, and @info is consistent (memmap_check) whatever happens. Modules are in .taken; the
 * kernel's own image is the caller's to reserve.
 * Returns 0, or -EINVAL: the tags describe no RAM. Context: boot. Never allocates.
 */
MUST_CHECK int multiboot2_parse(struct boot_info *info, const void *tags, size_t size);

#endif

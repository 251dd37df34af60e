/* What the loader told us, in our own words: boot/multiboot2.c fills it, everyone else reads it. */
#ifndef BOOT_BOOT_INFO_H
#define BOOT_BOOT_INFO_H

#include "mm/types.h"

enum { BOOT_MAX_RANGES = 64, BOOT_MAX_MODULES = 8, BOOT_CMDLINE_MAX = 1024 };

struct boot_range {
	uint64_t start; /* bytes, half open */
	uint64_t end;
};

struct boot_module {
	paddr_t start; /* bytes, half open */
	paddr_t end;
	char name[32]; /* its string in grub.cfg, cut */
};

struct boot_info {
	/*
	 * RAM below 4 GiB: page aligned inwards, sorted, disjoint, usable; nothing reserved
	 * overlaps.
	 */
	struct boot_range ram[BOOT_MAX_RANGES];
	unsigned nram;
	/*
	 * Inside RAM but taken: kernel image, modules, boot information, frame table, RAM disk, ...
	 * page aligned outwards.
	 */
	struct boot_range taken[BOOT_MAX_RANGES];
	unsigned ntaken;
	struct boot_module modules[BOOT_MAX_MODULES];
	unsigned nmodules;
	uint64_t ram_above_4g; /* bytes of RAM the kernel cannot reach */
	char cmdline[BOOT_CMDLINE_MAX];
	char loader[64];
	bool text_screen; /* the firmware left an 80x25 text screen at 0xb8000 */
};

extern struct boot_info boot_info;

#endif

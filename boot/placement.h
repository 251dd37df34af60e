/*
 * Who gets which physical memory before there are frames. Theory in placement.c. Context: boot,
 * once.
 */
#ifndef BOOT_PLACEMENT_H
#define BOOT_PLACEMENT_H

#include "boot/boot_info.h"
#include "kernel/cmdline.h"
#include "mm/frame.h"

/* A run of bytes in physical memory; bytes 0: there is none. */
struct placement_blob {
	paddr_t start;
	uint32_t bytes;
};

struct placement {
	struct frame *frame_table; /* zeroed */
	pfn_t nframes;		   /* of the frame table */
	struct placement_blob swap;
	struct placement_blob overlay; /* fw_cfg: the archive that lies over the boot modules */
	struct placement_blob input;   /* fw_cfg: the first process's standard input */
	struct placement_blob argv;    /* fw_cfg: its arguments, then a NUL; in the direct map */
	struct placement_blob partitions; /* the region of contiguous memory; in the direct map */
};

/*
 * Fill @p and put everything into info->taken; fw_cfg's files are read to their places. @c says how
 * large the swap area is to be. Returns 0, or -ENOMEM after telling the console how much memory
 * there is and how much it would take.
 */
MUST_CHECK int placement_make(struct placement *p, struct boot_info *info, const struct cmdline *c);

#endif

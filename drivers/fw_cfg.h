/* Files that QEMU hands to the guest (-fw_cfg). Context: boot. */
#ifndef DRIVERS_FW_CFG_H
#define DRIVERS_FW_CFG_H

#include "mm/types.h"

struct fw_cfg_file {
	uint16_t selector;
	uint32_t size; /* bytes */
};

/* Look for the device. False: not there, or it cannot do DMA; then nothing is ever found. */
bool fw_cfg_init(void);
/* Find the file called @name. False: there is none. */
bool fw_cfg_find(const char *name, struct fw_cfg_file *file);
/* The first @bytes bytes of @file to physical memory at @to. 0 or -EIO. */
MUST_CHECK int fw_cfg_read(const struct fw_cfg_file *file, paddr_t to, uint32_t bytes);

#endif

/*
 * Configuring the partition region, from the command line and from /proc. Context: boot, process.
 */
#ifndef KERNEL_PARTITION_CONFIG_H
#define KERNEL_PARTITION_CONFIG_H

#include "kernel/cmdline.h"
#include "mm/partition/partition.h"

/*
 * Set up the region [@start, @start + @bytes) as the command line asks, reported on the console.
 * Errors in it are reported and ignored. @moved as partition_init's. Context: boot.
 */
void partition_config_start(const struct cmdline *c, paddr_t start, uint32_t bytes,
			    partition_moved_fn *moved);
/*
 * "single", "variable", or "fixed:600K+1000K+300K". 0, -EINVAL (no such mode, or no such sizes), or
 * partition_set_mode's error.
 */
int partition_config_mode(const char *word);
/* "first", "best" or "worst". 0 or -EINVAL. */
int partition_config_fit(const char *word);

#endif

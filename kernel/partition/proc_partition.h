/* /proc/partition and /proc/PID/partition. Theory in proc_partition.c. */
#ifndef KERNEL_PARTITION_PROC_PARTITION_H
#define KERNEL_PARTITION_PROC_PARTITION_H

/* Register the files. Context: boot. */
void proc_partition_init(void);

#endif

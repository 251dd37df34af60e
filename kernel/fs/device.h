/*
 * Devices without hardware (/dev/null and its like), and a launched program's channels. Theory in
 * device.c.
 */
#ifndef KERNEL_FS_DEVICE_H
#define KERNEL_FS_DEVICE_H

#include "kernel/fs/file.h"

/* Make /dev and what is in it, in the root. 0 or -ENOMEM. Context: boot. */
int device_init(void);

/* What a character device of number major << 8 | minor can do. NULL: there is no such device. */
const struct file_ops *device_find(uint32_t rdev);

/*
 * Standard input from @n bytes at physical address @from, standard output and errors to serial
 * ports, byte for byte. Each one reference; NULL: no memory. Context: boot.
 */
struct file *channel_open_input(paddr_t from, uint32_t n);
struct file *channel_open_output(void);
struct file *channel_open_errors(void);

/*
 * @n bytes that no program can guess from outside; the same in each run under an instruction clock.
 */
void random_fill(void *buf, size_t n);

#endif

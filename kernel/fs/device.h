/*
 * Devices without hardware (/dev/null and its like), and a launched program's channels. Theory in
 * device.c.
 */
#ifndef KERNEL_FS_DEVICE_H
#define KERNEL_FS_DEVICE_H

#include "mm/types.h"

struct file;
struct file_ops;

/* A character device: its name in /dev, and its operations. */
struct device {
	const char *name;
	uint32_t rdev; /* major << 8 | minor */
	const struct file_ops *ops;
};

/* The @n-th, from 0. NULL: past the last. */
const struct device *device_at(size_t n);
/* The operations of the character device of that number. NULL: no such device. */
const struct file_ops *device_find(uint32_t rdev);

/*
 * Standard input from @n bytes at physical address @from, standard output and errors to serial
 * ports, byte for byte. Returns one reference each; NULL: no memory. Context: boot.
 */
struct file *channel_open_input(paddr_t from, uint32_t n);
struct file *channel_open_output(void);
struct file *channel_open_errors(void);

/* @n bytes that nobody outside can guess; the same in each run under an instruction clock. */
void random_fill(void *buf, size_t n);

#endif

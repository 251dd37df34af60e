/* Pipes. Theory in pipe.c. Context: process. May reclaim. */
#ifndef KERNEL_FS_PIPE_H
#define KERNEL_FS_PIPE_H

#include "lib/base.h"

struct file;
struct file_ops;

struct pipe_ends {
	struct file *reader, *writer;
};

/* Both ends, one reference each; @flags O_NONBLOCK or 0. 0 or -ENOMEM. */
MUST_CHECK int pipe_create(unsigned flags, struct pipe_ends *ends);
bool pipe_is(const struct file *f);
/* Number of pipes. */
uint32_t pipe_count(void);
/* Pipes that are opened by a path: named ones, and others through /proc. */
extern const struct file_ops fifo_ops;

#endif

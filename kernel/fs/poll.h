/* Waiting for several files at once. Theory in poll.c. Context: process. */
#ifndef KERNEL_FS_POLL_H
#define KERNEL_FS_POLL_H

#include "lib/base.h"

struct file;

/* Linux's POLL*. */
enum {
	POLL_IN = 1, POLL_PRI = 2, POLL_OUT = 4, POLL_ERR = 8, POLL_HUP = 0x10, POLL_NVAL = 0x20,
	POLL_RDNORM = 0x40, POLL_RDBAND = 0x80, POLL_WRNORM = 0x100, POLL_WRBAND = 0x200,
};

/* What can be done with @f now without blocking. Never sleeps. */
unsigned poll_file(struct file *f);
/* Something that file_ops.poll checks has changed. */
void poll_wake(void);
/* Sleep until poll_wake, or tick @wake. 0, or -ERESTARTSYS. Check again afterwards. */
MUST_CHECK int poll_sleep(uint64_t wake);

#endif

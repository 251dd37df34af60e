/* The terminal: console keyboard and screen with Linux's line discipline. Theory in tty.c. */
#ifndef KERNEL_FS_TTY_H
#define KERNEL_FS_TTY_H

#include "lib/base.h"

struct file_ops;

extern const struct file_ops tty_ops;

/* Standard settings; no process group. Context: boot. */
void tty_init(void);
/*
 * A byte arrived from keyboard or serial line: kept until tty_work. Context: any, meant for
 * interrupt handlers.
 */
void tty_receive(uint8_t byte);
/* Echo, edit, wake readers, send signals for what was received. Context: process or boot. */
void tty_work(void);

#endif

/* The terminal: console keyboard and screen with Linux's line discipline. Theory in tty.c. */
#ifndef KERNEL_FS_TTY_H
#define KERNEL_FS_TTY_H

#include "kernel/fs/file.h"

extern const struct file_ops tty_ops;

/* Standard settings; no process group. Context: boot. */
void tty_init(void);
/*
 * A byte came from keyboard or serial line: kept until tty_work. Context: any, meant for interrupt
 * handlers.
 */
void tty_receive(uint8_t byte);
/* Echo, edit, wake readers, send signals for what was received. Context: process or boot. */
void tty_work(void);
/* The session whose terminal this is, and its foreground group; 0: nobody's. */
int tty_session(void);
int tty_group(void);
/* Signals from the keyboard go to this group. */
void tty_set_group(int pgrp);
/* The leader of @session has ended: if this was its terminal, it is free, and its group is told. */
void tty_session_ended(int session);

#endif

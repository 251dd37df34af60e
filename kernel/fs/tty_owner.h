/*
 * Whose terminal it is: a session's, and a group of it in the foreground. Theory in tty_owner.c.
 * Context: process.
 */
#ifndef KERNEL_FS_TTY_OWNER_H
#define KERNEL_FS_TTY_OWNER_H

#include "mm/types.h"

struct aspace;

/* Register for process exits. Context: boot. */
void tty_owner_init(void);
/* The session that has the terminal, and its foreground group; 0: none. */
int tty_session(void);
int tty_group(void);
/* Make this group, its session's first, the foreground group: it gets keyboard signals. */
void tty_set_group(int pgrp);

/*
 * May the running process read? In the background: 0, -EIO, or its group is stopped: -ERESTARTSYS.
 * The same for changing the terminal, allowed to those that ignore or block SIGTTOU.
 */
MUST_CHECK int tty_check_foreground(void);
MUST_CHECK int tty_check_change(void);

/* TIOCGPGRP, TIOCGSID: @id to user address @arg of @as. 0, -EFAULT, -ENOTTY: not its terminal. */
long tty_tell_owner(struct aspace *as, uptr_t arg, int id);
/* TIOCSPGRP: the group at user address @arg of @as. As ioctl_tty(2). */
long tty_set_foreground(struct aspace *as, uptr_t arg);
/* TIOCSCTTY and TIOCNOTTY. 0, -EPERM; 0, -ENOTTY. */
long tty_take_over(bool force);
long tty_give_up(void);

#endif

/*
 * Whose terminal it is.
 *
 * There is one terminal, so at most one session has it, with one group of that session in the
 * foreground: keyboard signals are sent to it, and other groups are stopped when they read. When
 * the session's leader exits the terminal is freed, and the group is signalled.
 *
 * Always true:
 *   [tty_owner.1]  without a session there is no foreground group
 * Left out: more than one terminal; vhangup.
 * Source: POSIX.1-2017, 11.1 (General Terminal Interface); credentials(7).
 */
#include "kernel/fs/tty_owner.h"

#include "kernel/proc/hooks.h"
#include "kernel/proc/pid.h"
#include "kernel/proc/process.h"
#include "kernel/proc/signal.h"
#include "kernel/proc/thread.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "mm/user.h"

static struct {
	int pgrp, session;
} tty_owner;

int tty_session(void)
{
	return tty_owner.session;
}

int tty_group(void)
{
	ASSERT(tty_owner.session != 0 || tty_owner.pgrp == 0); /* [tty_owner.1] */
	return tty_owner.pgrp;
}

void tty_set_group(int pgrp)
{
	tty_owner.pgrp = pgrp;
	tty_owner.session = pgrp;
}

static bool tty_is_background(const struct process *p)
{
	return p->session == tty_owner.session && p->pgrp != tty_owner.pgrp;
}

int tty_check_foreground(void)
{
	struct process *p = process_running;
	if (!tty_is_background(p))
		return 0;
	if (signal_ignored_or_blocked(p, SIGTTIN) || signal_group_orphaned(p->pgrp, NULL))
		return -EIO;
	signal_send_group(p->pgrp, SIGTTIN);
	return -ERESTARTSYS;
}

/* Before a background process changes the terminal: one that ignores or blocks SIGTTOU may. */
int tty_check_change(void)
{
	struct process *p = process_running;
	if (!tty_is_background(p) || signal_ignored_or_blocked(p, SIGTTOU))
		return 0;
	if (signal_group_orphaned(p->pgrp, NULL))
		return -EIO;
	signal_send_group(p->pgrp, SIGTTOU);
	return -ERESTARTSYS;
}

long tty_tell_owner(struct aspace *as, uptr_t arg, int id)
{
	if (process_running->session != tty_owner.session)
		return -ENOTTY;
	return user_write(as, arg, &id, sizeof(id));
}

static void tty_session_ended(int session)
{
	int pgrp = tty_owner.pgrp;
	if (session != tty_owner.session)
		return;
	tty_owner.session = 0;
	tty_owner.pgrp = 0;
	signal_send_group(pgrp, SIGHUP);
	signal_send_group(pgrp, SIGCONT);
}

long tty_set_foreground(struct aspace *as, uptr_t arg)
{
	int pgrp;
	if (process_running->session != tty_owner.session)
		return -ENOTTY;
	int error = tty_check_change();
	if (error)
		return error;
	if (user_read(as, &pgrp, arg, sizeof(pgrp)) != 0)
		return -EFAULT;
	if (pgrp < 0)
		return -EINVAL;
	int session = process_group_session(pgrp);
	if (session == 0)
		return -ESRCH;
	if (session != tty_owner.session)
		return -EPERM;
	tty_owner.pgrp = pgrp;
	return 0;
}

/*
 * TIOCSCTTY: for a session leader; taken from another session only by @force. Process 1 got it from
 * the kernel and does not keep it.
 */
long tty_take_over(bool force)
{
	struct process *p = process_running;
	if (p->session == tty_owner.session && p->session == thread_pid(p))
		return 0;
	if (p->session != thread_pid(p) || (tty_owner.session > 1 && !force))
		return -EPERM;
	tty_owner.session = p->session;
	tty_owner.pgrp = p->pgrp;
	return 0;
}

long tty_give_up(void)
{
	struct process *p = process_running;
	if (p->session != tty_owner.session)
		return -ENOTTY;
	if (p->session == thread_pid(p))
		tty_session_ended(p->session);
	return 0;
}

void tty_owner_init(void)
{
	process_hooks.session_ended = tty_session_ended;
}

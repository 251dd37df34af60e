/* What the shell's files share. */
#ifndef USER_SH_SHELL_H
#define USER_SH_SHELL_H

#include "lib/base.h"

enum {
	LINE_SIZE = 1024,       /* a line with its NUL */
	STATUS_USAGE = 2,       /* exit statuses as all shells use them */
	STATUS_NO_EXEC = 126,
	STATUS_NOT_FOUND = 127,
	STATUS_SIGNAL = 128,    /* plus the signal's number */
};

struct shell {
	int status;             /* $? */
	bool interactive;       /* reads from a terminal: prompts, job control, job reports */
	int group;              /* the shell's own process group */
	int background_pid;     /* $! */
	int argc;               /* $0, $1, ... */
	char **argv;
};

extern struct shell shell;

/* Run every command of @text, in order. False: a syntax error, reported; the status is 2. */
bool shell_run(const char *text);
/* Leave the shell; an interactive one says "exit" first. */
NORETURN void shell_exit(int status);

#endif

/*
 * The shell: reads lines and runs them as processes.
 *
 *   line.c      a line from the terminal, with editing, history and completion (complete.c)
 *   parse.c     the line as pipelines of commands; expand.c: what their words mean
 *   run.c       pipelines as processes, connected; builtin.c and help.c: what needs no process
 *   job.c       which process belongs to which pipeline, and how they ended
 *
 * Three modes: a terminal (prompt, editing, job control), `sh -c TEXT`, and a script, which is a
 * file or whatever else standard input is. A script is read one byte at a time and never beyond the
 * line that runs, because the programs it starts read on from the same place.
 */
#include "lib/errno.h"
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"
#include "user/sh/job.h"
#include "user/sh/line.h"
#include "user/sh/parse.h"
#include "user/sh/run.h"
#include "user/sh/shell.h"

static const char *const prompt = "clockhand$ ";

struct shell shell;

void shell_exit(int status)
{
	if (shell.interactive)
		eprintf("exit\n");
	exit(status);
}

bool shell_run(const char *text)
{
	struct parsed parsed = parse(text);

	if (parsed.error) {
		eprintf("sh: %s\n", parsed.error);
		shell.status = STATUS_USAGE;
		return false;
	}
	run_list(parsed.pipelines, parsed.npipelines);
	return true;
}

/* Own the terminal, and ignore its signals: they are for the programs. */
static void interactive_begin(void)
{
	sys_sigaction(SIGINT, SIG_IGN);
	sys_sigaction(SIGQUIT, SIG_IGN);
	sys_sigaction(SIGTTOU, SIG_IGN);
	sys_setpgid(0, 0);
	shell.group = (int)linux_call(NR_getpgrp, 0, 0, 0, 0, 0, 0);
	sys_ioctl(0, TIOCSPGRP, &shell.group);
	shell.interactive = true;
}

static NORETURN void shell_interactive(void)
{
	static char line[LINE_SIZE];

	interactive_begin();
	for (;;) {
		job_collect();
		int length = line_edit(prompt, line, sizeof(line));
		if (length == LINE_END)
			shell_exit(shell.status);
		if (length == LINE_CANCELLED)
			shell.status = STATUS_SIGNAL + SIGINT;
		else
			shell_run(line);
	}
}

/* Read up to a line's end that is not hidden by a backslash. False at the end of the file. */
static bool script_line(int fd, char *line, size_t size)
{
	size_t length = 0;
	char c = '\0';

	while (sys_read(fd, &c, 1) == 1) {
		if (c == '\n' && (length == 0 || line[length - 1] != '\\'))
			break;
		line[length] = c;
		length++;
		if (length == size) {
			eprintf("sh: line too long\n");
			exit(STATUS_USAGE);
		}
		c = '\0';
	}
	line[length] = '\0';
	return length > 0 || c == '\n';
}

static NORETURN void shell_script(int fd)
{
	static char line[LINE_SIZE];

	while (script_line(fd, line, sizeof(line)))
		shell_run(line);
	exit(shell.status);
}

static NORETURN void shell_file(const char *path)
{
	int fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);

	if (fd < 0) {
		eprintf("sh: %s: %s\n", path, error_text(fd));
		exit(fd == -ENOENT ? STATUS_NOT_FOUND : STATUS_NO_EXEC);
	}
	shell_script(fd);
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	shell.argc = argc;
	shell.argv = argv;
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		printf("sh: a small shell\nusage: sh [-c TEXT | FILE [WORD...]]\n");
		return 0;
	}
	if (argc > 1 && strcmp(argv[1], "-c") == 0) {
		if (argc < 3) {
			eprintf("sh: -c: a command is missing\n");
			return STATUS_USAGE;
		}
		shell.argc = argc - 3;
		shell.argv = argv + 3;
		shell_run(argv[2]);
		return shell.status;
	}
	if (argc > 1) {
		shell.argc = argc - 1;
		shell.argv = argv + 1;
		shell_file(argv[1]);
	}
	if (line_init())
		shell_interactive();
	shell_script(0);
}

/*
 * Running pipelines: fork, connect, exec, wait.
 *
 * Every process of a pipeline gets the pipes' ends as its descriptors 0 and 1, then its own
 * redirections, then becomes its program. The shell keeps no end of a pipe open, or the reader
 * would never see end of file.
 *
 * Job control, on a terminal: each pipeline is a process group of its own and the terminal belongs
 * to the group in the foreground, so ^C reaches that pipeline and not the shell. Parent and child
 * both set the group and the terminal, because nobody knows which of them runs first.
 *
 * A builtin alone runs inside the shell, with its redirections undone afterwards; in a longer
 * pipeline or in the background it runs in a child like any program.
 */
#include "lib/errno.h"
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"
#include "user/sh/builtin.h"
#include "user/sh/job.h"
#include "user/sh/run.h"

enum { ARGS_MAX = 256, ARGS_TEXT = 8192, SAVE_FD = 10 };

static const char *const default_path = "/bin:/sbin";

/* The words of one command after expansion. Only one command is expanded at a time. */
static struct {
	char *argv[ARGS_MAX + 1];
	char text[ARGS_TEXT];
} args;

static int args_expand(const struct command *c)
{
	size_t used = 0;
	int argc = MIN(c->nwords, (int)ARGS_MAX);

	for (int i = 0; i < argc; i++) {
		args.argv[i] = args.text + used;
		int length = parse_expand(c->words[i], args.argv[i], ARGS_TEXT - used);
		if (length < 0 || used + (size_t)length + 2 > ARGS_TEXT) {
			eprintf("sh: arguments too long\n");
			return -1;
		}
		used += (size_t)length + 1;
	}
	args.argv[argc] = NULL;
	return argc;
}

static bool redirect_apply(const struct redirect *r)
{
	char word[256];

	if (parse_expand(r->word, word, sizeof(word)) < 0) {
		eprintf("sh: %s: %s\n", r->word, error_text(ENAMETOOLONG));
		return false;
	}
	int from;
	if (r->flags == -1)
		from = word[0] >= '0' && word[0] <= '9' && !word[1] ? word[0] - '0' : -EBADF;
	else
		from = sys_open(word, r->flags, 0666);
	if (from >= 0 && from != r->fd) {
		int error = sys_dup2(from, r->fd);
		if (r->flags != -1)
			sys_close(from);
		from = error;
	}
	if (from < 0)
		eprintf("sh: %s: %s\n", word, error_text(from));
	return from >= 0;
}

static bool redirect_all(const struct command *c)
{
	for (int i = 0; i < c->nredirects; i++)
		if (!redirect_apply(&c->redirects[i]))
			return false;
	return true;
}

/* A file without a header the kernel knows is a script. Returns the error of the first try. */
static int exec_file(const char *path, char **argv)
{
	int error = sys_execve(path, argv, runtime_environ);

	if (error != -ENOEXEC)
		return error;
	char *script[ARGS_MAX + 2] = { (char *)"sh", (char *)path };
	for (int i = 1; argv[i] && i < ARGS_MAX - 1; i++)
		script[i + 1] = argv[i];
	sys_execve("/bin/sh", script, runtime_environ);
	return error;
}

/* Try each folder of PATH. Returns the most specific error. */
static int exec_search(const char *name, char **argv)
{
	const char *path = runtime_getenv("PATH");
	int result = -ENOENT;

	for (const char *p = path ? path : default_path; *p;) {
		const char *colon = strchr(p, ':');
		int length = colon ? (int)(colon - p) : (int)strlen(p);
		char file[256];
		format_string(file, sizeof(file), "%.*s/%s", length, p, name);
		int error = exec_file(file, argv);
		if (error != -ENOENT && error != -ENOTDIR)
			result = error;
		p += length + (colon != NULL);
	}
	return result;
}

int run_become(char **argv)
{
	bool path = strchr(argv[0], '/');
	int error = path ? exec_file(argv[0], argv) : exec_search(argv[0], argv);

	if (error == -ENOENT && !path)
		eprintf("sh: %s: command not found\n", argv[0]);
	else
		eprintf("sh: %s: %s\n", argv[0], error_text(error));
	return error == -ENOENT || error == -ENOTDIR ? STATUS_NOT_FOUND : STATUS_NO_EXEC;
}

/* The rest of a child's life. */
static NORETURN void run_command(const struct command *c)
{
	if (!redirect_all(c))
		exit(1);
	int argc = args_expand(c);
	if (argc < 0)
		exit(STATUS_USAGE);
	if (argc == 0)
		exit(0);
	builtin_function *builtin = builtin_find(args.argv[0]);
	if (builtin)
		exit(builtin(argc, args.argv));
	exit(run_become(args.argv));
}

/* In a new child: its group, the terminal, and the signals an interactive shell ignores. */
static void child_begin(int group, bool background)
{
	if (shell.interactive) {
		sys_setpgid(0, group);
		int own = group ? group : sys_getpid();
		if (!background)
			sys_ioctl(0, TIOCSPGRP, &own);
		sys_sigaction(SIGINT, SIG_DFL);
		sys_sigaction(SIGQUIT, SIG_DFL);
		sys_sigaction(SIGTTOU, SIG_DFL);
	} else if (background) {
		/* Without job control a background program must not eat the shell's own input. */
		int null = sys_open("/dev/null", O_RDONLY, 0);
		if (null >= 0) {
			sys_dup2(null, 0);
			sys_close(null);
		}
	}
	shell.interactive = false;
	job_forget_all();
}

static void fd_move(int from, int to)
{
	if (from == to)
		return;
	sys_dup2(from, to);
	sys_close(from);
}

/*
 * Start command @i of @p reading from @input and writing to a new pipe, whose other end is
 * returned: 0 after the last command. Below zero: it could not be started.
 */
static int pipeline_start(const struct pipeline *p, int i, int input, struct job *job,
			  bool background)
{
	bool last = i == p->ncommands - 1;
	int ends[2] = { 0, 1 };

	if (!last && sys_pipe(ends) < 0)
		return -1;
	int pid = sys_fork();
	if (pid == 0) {
		child_begin(job_group(job), background);
		fd_move(input, 0);
		if (!last) {
			sys_close(ends[0]);
			fd_move(ends[1], 1);
		}
		run_command(&p->commands[i]);
	}
	if (input != 0)
		sys_close(input);
	if (!last)
		sys_close(ends[1]);
	if (pid < 0) {
		if (!last)
			sys_close(ends[0]);
		return -1;
	}
	job_add(job, pid);
	if (shell.interactive)
		sys_setpgid(pid, job_group(job));
	return ends[0];
}

static int run_pipeline(const struct pipeline *p, bool background)
{
	struct job *job = job_create(p, background);
	int input = 0;

	if (!job)
		return 1;
	for (int i = 0; i < p->ncommands && input >= 0; i++)
		input = pipeline_start(p, i, input, job, background);
	if (input < 0)
		eprintf("sh: cannot start another process\n");
	if (background) {
		shell.background_pid = job_group(job);
		if (shell.interactive)
			job_announce(job);
		return 0;
	}
	int status = job_wait(job);
	return input < 0 ? 1 : status;
}

/*
 * Run a builtin, or only redirections, in the shell itself. Standard descriptors come back as they
 * were, except after "exec".
 */
static int run_inside(const struct command *c, builtin_function *builtin)
{
	int saved[3];
	int status = 1;
	bool keep = c->nwords > 0 && strcmp(c->words[0], "exec") == 0;

	for (int fd = 0; fd < 3; fd++)
		saved[fd] = c->nredirects && !keep ? sys_fcntl(fd, F_DUPFD_CLOEXEC, SAVE_FD) : -1;
	if (redirect_all(c)) {
		int argc = args_expand(c);
		status = argc < 0 ? STATUS_USAGE : builtin ? builtin(argc, args.argv) : 0;
	}
	print_flush();
	for (int fd = 0; fd < 3; fd++)
		if (saved[fd] >= 0)
			fd_move(saved[fd], fd);
	return status;
}

static int run_foreground(const struct pipeline *p)
{
	const struct command *c = &p->commands[0];

	if (p->ncommands > 1)
		return run_pipeline(p, false);
	if (c->nwords == 0)
		return run_inside(c, NULL);
	int argc = args_expand(c);
	builtin_function *builtin = argc > 0 ? builtin_find(args.argv[0]) : NULL;
	return builtin ? run_inside(c, builtin) : run_pipeline(p, false);
}

/* Pipelines joined by && and ||, from the left: each looks at the status so far. */
static void run_chain(const struct pipeline *p, int n)
{
	enum connector before = CONNECT_NEXT;

	for (int i = 0; i < n; i++) {
		bool wanted = before == CONNECT_AND ? shell.status == 0
			    : before == CONNECT_OR ? shell.status != 0 : true;
		if (wanted)
			shell.status = run_foreground(&p[i]);
		before = p[i].after;
	}
}

/* A chain in the background needs a shell of its own to look at statuses. */
static void run_chain_background(const struct pipeline *p, int n)
{
	struct job *job = job_create(p, true);

	if (!job)
		return;
	int pid = sys_fork();
	if (pid == 0) {
		child_begin(0, true);
		run_chain(p, n);
		exit(shell.status);
	}
	if (pid < 0) {
		eprintf("sh: fork: %s\n", error_text(pid));
		return;
	}
	job_add(job, pid);
	if (shell.interactive) {
		sys_setpgid(pid, pid);
		job_announce(job);
	}
	shell.background_pid = pid;
	shell.status = 0;
}

void run_list(const struct pipeline *p, int n)
{
	int start = 0;

	for (int i = 0; i < n; i++) {
		if (p[i].after == CONNECT_AND || p[i].after == CONNECT_OR)
			continue;
		int length = i + 1 - start;
		if (p[i].after != CONNECT_BACKGROUND)
			run_chain(&p[start], length);
		else if (length == 1)
			shell.status = run_pipeline(&p[i], true);
		else
			run_chain_background(&p[start], length);
		start = i + 1;
	}
}

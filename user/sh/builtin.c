/*
 * Commands that the shell executes itself. cd and exit have to be: a child could change only its
 * own directory and end only itself. So does exec, which changes the shell's own descriptors or
 * replaces it, and so do wait and jobs: only a parent can wait for its children. help and pwd are
 * here because they are short.
 */
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"
#include "user/sh/builtin.h"
#include "user/sh/help.h"
#include "user/sh/job.h"
#include "user/sh/run.h"
#include "user/sh/shell.h"

static int complain(const char *command, const char *what, const char *text)
{
	eprintf("sh: %s: %s%s%s\n", command, what, *what ? ": " : "", text);
	return 1;
}

static int builtin_cd(int argc, char **argv)
{
	const char *home = runtime_getenv("HOME");
	const char *path = argc > 1 ? argv[1] : home ? home : "/";
	int error = sys_chdir(path);

	return error < 0 ? complain("cd", path, error_text(error)) : 0;
}

static int builtin_pwd(int argc, char **argv)
{
	char path[1024];
	int error = sys_getcwd(path, sizeof(path));

	(void)argc;
	(void)argv;
	if (error < 0)
		return complain("pwd", "", error_text(error));
	printf("%s\n", path);
	return 0;
}

/* A decimal number; -1 where @text is none. */
static int number_of(const char *text)
{
	uint32_t value;

	return string_to_size(text, &value) && value <= 0x7fffffff ? (int)value : -1;
}

static int builtin_exit(int argc, char **argv)
{
	int status = shell.status;

	if (argc > 1) {
		status = number_of(argv[1]);
		if (status < 0) {
			complain("exit", argv[1], "not a number");
			status = STATUS_USAGE;
		}
	}
	shell_exit(status & 0xff);
}

/* wait: all jobs. wait PID or wait %N: one of them, whose status is the result. */
static int builtin_wait(int argc, char **argv)
{
	int status = 0;

	if (argc < 2)
		job_wait_all();
	for (int i = 1; i < argc; i++) {
		bool job_name = argv[i][0] == '%';
		int number = number_of(argv[i] + job_name);
		struct job *job = number > 0 ? job_find(job_name ? -number : number) : NULL;
		if (job) {
			status = job_wait(job);
			continue;
		}
		complain("wait", argv[i], "not a child of this shell");
		status = STATUS_NOT_FOUND;
	}
	return status;
}

static int builtin_jobs(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	job_collect();
	job_list();
	return 0;
}

/* exec PROGRAM: in place of the shell. exec alone: the redirections beside it stay. */
static int builtin_exec(int argc, char **argv)
{
	return argc > 1 ? run_become(argv + 1) : 0;
}

static int builtin_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	help_print();
	return 0;
}

static const struct {
	const char *name;
	builtin_function *function;
} builtins[] = {
	{ "cd", builtin_cd },
	{ "exec", builtin_exec },
	{ "exit", builtin_exit },
	{ "help", builtin_help },
	{ "jobs", builtin_jobs },
	{ "pwd", builtin_pwd },
	{ "wait", builtin_wait },
};

builtin_function *builtin_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++)
		if (strcmp(builtins[i].name, name) == 0)
			return builtins[i].function;
	return NULL;
}

void builtin_each(void (*visit)(const char *name), const char *prefix)
{
	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++)
		if (strncmp(builtins[i].name, prefix, strlen(prefix)) == 0)
			visit(builtins[i].name);
}

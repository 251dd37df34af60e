/*
 * Programs and scripts, sound and damaged (tests/user/make-programs.py): what execve says of each,
 * or how it ends. Nothing may be lost by it, so each is tried twice.
 */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { PATH_SIZE = 128, LIST_SIZE = 4096 };
static const char folder[] = "/tests/data/programs/";

static char path[PATH_SIZE];

/* Status 100 and more: execve's error. */
static void run(void)
{
	char *argv[] = { path, NULL }, *envp[] = { NULL };

	exit(100 - sys_execve(path, argv, envp));
}

static void show_program(const char *name)
{
	string_copy(path + sizeof(folder) - 1, name, PATH_SIZE - sizeof(folder));
	in_child(run);
	int status = in_child(run);
	if (wait_exited(status) && wait_exit_status(status) > 100)
		show(name, 100 - wait_exit_status(status));
	else
		show_status(name, status);
}

int main(int argc, char **argv, char **envp)
{
	static char list[LIST_SIZE];

	(void)argc;
	(void)argv;
	(void)envp;
	memcpy(path, folder, sizeof(folder));
	memcpy(list, folder, sizeof(folder));
	memcpy(list + sizeof(folder) - 1, "LIST", 5);
	int fd = sys_open(list, O_RDONLY, 0);
	int size = fd < 0 ? fd : sys_read(fd, list, sizeof(list) - 1);
	if (size < 0)
		fail("LIST: %s\n", error_text(size));
	list[size] = 0;
	for (char *name = list; *name;) {
		char *end = strchr(name, '\n');
		*end = 0;
		show_program(name);
		name = end + 1;
	}
	return 0;
}

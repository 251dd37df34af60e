/*
 * Bad pointers: each call that takes one, with each kind of bad one, says EFAULT and does nothing
 * else. The kinds: NULL, low, unmapped, in the kernel, at the very top, across the end of a
 * mapping, and for results also read-only memory.
 */
#include "lib/errno.h"
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static int ends[2];             /* a pipe with something in it */
static int folder;              /* open on / */
static char *edge;              /* the last byte of a mapping */
static char *unmapped;
static char *read_only;

struct pointer {
	const char *kind;
	char *p;
};

static long call_write(char *p) { return sys_write(ends[1], p, 64); }
static long call_open(char *p) { return sys_open(p, O_RDONLY, 0); }
static long call_chdir(char *p) { return sys_chdir(p); }
static long call_stat_path(char *p) { struct stat64 st; return sys_stat(p, &st); }
static long call_unlink(char *p) { return sys_unlink(p); }

static long call_execve_path(char *p)
{
	char *none[] = { NULL };
	return sys_execve(p, none, none);
}

static long call_writev(char *p) { return linux_call(NR_writev, ends[1], (long)p, 2, 0, 0, 0); }

static long call_writev_inside(char *p)
{
	struct iovec v = { p, 64 };
	return linux_call(NR_writev, ends[1], (long)&v, 1, 0, 0, 0);
}

static long call_nanosleep(char *p) { return linux_call(NR_nanosleep, (long)p, 0, 0, 0, 0, 0); }
static long call_read(char *p) { return sys_read(ends[0], p, 64); }
static long call_pipe(char *p) { return linux_call(NR_pipe, (long)p, 0, 0, 0, 0, 0); }
static long call_fstat(char *p) { return sys_fstat(ends[0], (struct stat64 *)p); }
static long call_stat(char *p) { return sys_stat("/", (struct stat64 *)p); }
static long call_uname(char *p) { return sys_uname((struct utsname *)p); }
static long call_getcwd(char *p) { return sys_getcwd(p, 64); }
static long call_getdents(char *p) { return sys_getdents(folder, p, 512); }

static long call_readv(char *p)
{
	struct iovec v = { p, 64 };
	return linux_call(NR_readv, ends[0], (long)&v, 1, 0, 0, 0);
}

static long call_waitpid(char *p)
{
	int pid = sys_fork();

	if (pid == 0)
		sys_exit(0);
	long result = sys_waitpid(pid, (int *)p, 0);
	sys_waitpid(pid, NULL, 0); /* where the first has not collected it */
	return result;
}

static const struct {
	const char *name;
	long (*call)(char *p);
	bool output;            /* the kernel writes there: read-only memory is bad too */
	bool null_good;         /* NULL means "not wanted" */
} calls[] = {
	{ "write", call_write, false, false },
	{ "open", call_open, false, false },
	{ "chdir", call_chdir, false, false },
	{ "unlink", call_unlink, false, false },
	{ "stat64, path", call_stat_path, false, false },
	{ "execve, path", call_execve_path, false, false },
	{ "writev", call_writev, false, false },
	{ "writev, inside", call_writev_inside, false, false },
	{ "nanosleep", call_nanosleep, false, false },
	{ "read", call_read, true, false },
	{ "readv, inside", call_readv, true, false },
	{ "pipe", call_pipe, true, false },
	{ "fstat64", call_fstat, true, false },
	{ "stat64", call_stat, true, false },
	{ "uname", call_uname, true, false },
	{ "getcwd", call_getcwd, true, false },
	{ "getdents64", call_getdents, true, false },
	{ "waitpid", call_waitpid, true, true },
};

static void pointers_make(void)
{
	/* First, or it would take the place of what is unmapped. */
	read_only = pages_private(1);
	memset(read_only, 'r', PAGE);
	sys_mprotect(read_only, PAGE, PROT_READ);

	char *p = pages_private(2);
	edge = p + PAGE - 1;
	*edge = 'x';
	unmapped = p + PAGE;
	sys_munmap(unmapped, PAGE);
}

static void test_call(size_t i)
{
	const struct pointer pointers[] = {
		{ "NULL", NULL }, { "low", (char *)0x1000 }, { "unmapped", unmapped },
		{ "kernel", (char *)0xc0000000 }, { "kernel code", (char *)0xc0100000 },
		{ "top", (char *)0xffffffff }, { "wrapping", (char *)0xfffffff0 },
		{ "edge", edge }, { "read-only", read_only },
	};

	printf("%s:", calls[i].name);
	for (size_t k = 0; k < ARRAY_SIZE(pointers); k++) {
		char *p = pointers[k].p;
		if ((p == read_only && !calls[i].output) || (!p && calls[i].null_good))
			continue;
		/* What a write may take before the edge is up to the system. */
		if (p == edge && (calls[i].call == call_write || calls[i].call == call_writev_inside
				  || calls[i].call == call_read || calls[i].call == call_readv))
			continue;
		long result = calls[i].call(p);
		if (result != -EFAULT)
			printf(" %s %s,", pointers[k].kind,
			       result < 0 ? error_text((int)result) : "ok");
	}
	printf(" all others %s\n", error_text(EFAULT));
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	if (sys_pipe(ends) < 0)
		fail("no pipe\n");
	folder = sys_open("/", O_RDONLY | O_DIRECTORY, 0);
	pointers_make();
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		/* Some readers consume data before they fail, so each call finds fresh data. */
		sys_write(ends[1], "0123456789", 10);
		test_call(i);
	}
	show_truth("read-only memory is unchanged", bytes_are(read_only, PAGE, 'r'));
	show("a good write still works", sys_write(ends[1], "x", 1));
	return 0;
}

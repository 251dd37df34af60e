/* What the tests share; see testing.h. */
#include "tests/user/testing.h"
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

void show(const char *what, long result)
{
	printf("%s: %s\n", what, result < 0 ? error_text((int)result) : "ok");
}

void show_truth(const char *what, bool truth)
{
	printf("%s: %s\n", what, truth ? "yes" : "no");
}

void show_status(const char *what, int status)
{
	if (wait_exited(status))
		printf("%s: exit %d\n", what, wait_exit_status(status));
	else
		printf("%s: %s\n", what, signal_text(wait_signal(status)));
}

int in_child(void (*body)(void))
{
	int status = 0;
	int pid = sys_fork();

	if (pid == 0) {
		body();
		exit(0);
	}
	if (pid < 0)
		fail("fork: %s\n", error_text(pid));
	int waited = sys_waitpid(pid, &status, 0);
	if (waited != pid)
		fail("waitpid: %s\n", error_text(waited));
	return status;
}

/* The letter behind the name in a stat file of /proc. */
static char process_state(const char *path)
{
	char text[256] = "";
	int fd = sys_open(path, O_RDONLY, 0);

	if (fd < 0)
		fail("%s: %s\n", path, error_text(fd));
	sys_read(fd, text, sizeof(text) - 1);
	sys_close(fd);
	const char *end = strrchr(text, ')');
	return end && end[1] ? end[2] : '?';
}

static void await_state_asleep(const char *path)
{
	while (process_state(path) != 'S')
		sys_nanosleep(0, 2000000);
}

void await_asleep(int pid)
{
	char path[64];

	format_string(path, sizeof(path), "/proc/%d/stat", pid);
	await_state_asleep(path);
}

void await_thread_asleep(int tid)
{
	char path[64];

	format_string(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	await_state_asleep(path);
}

void show_child(const char *what, void (*body)(void))
{
	show_status(what, in_child(body));
}

static char *pages_map(unsigned n, int kind)
{
	char *p = sys_mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS, -1, 0);

	if (sys_failed(p))
		fail("mmap: %s\n", error_text((int)(uintptr_t)p));
	return p;
}

char *pages_private(unsigned n)
{
	return pages_map(n, MAP_PRIVATE);
}

char *pages_shared(unsigned n)
{
	return pages_map(n, MAP_SHARED);
}

bool bytes_are(const char *p, size_t n, char value)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != value)
			return false;
	return true;
}

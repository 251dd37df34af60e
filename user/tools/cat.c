/* Copies files to standard output: those named, or standard input for none and for "-". */
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static bool cat_complain(const char *name, int error)
{
	eprintf("cat: %s: %s\n", name, error_text(error));
	return false;
}

static bool cat_copy(int fd, const char *name)
{
	static char buf[4096];

	for (;;) {
		int n = sys_read(fd, buf, sizeof(buf));
		if (n == 0)
			return true;
		if (n < 0)
			return cat_complain(name, n);
		int error = write_all(1, buf, (size_t)n);
		if (error < 0)
			return cat_complain("standard output", error);
	}
}

static bool cat_file(const char *name)
{
	if (strcmp(name, "-") == 0)
		return cat_copy(0, "standard input");

	int fd = sys_open(name, O_RDONLY, 0);
	if (fd < 0)
		return cat_complain(name, fd);
	bool good = cat_copy(fd, name);
	sys_close(fd);
	return good;
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	bool good = true;

	if (argc < 2)
		good = cat_file("-");
	for (int i = 1; i < argc; i++)
		good = cat_file(argv[i]) && good;
	return good ? 0 : 1;
}

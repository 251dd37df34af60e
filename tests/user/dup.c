/*
 * Descriptors: copies share the place in the file, closing one leaves the other, numbers are
 * reused.
 */
#include "lib/errno.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

/* An executable begins with 0x7f and then "ELF": the next byte to be read is the E. */
static int open_self(const char *path)
{
	int fd = sys_open(path, O_RDONLY, 0);

	if (fd < 0)
		fail("dup: %s: %s\n", path, error_text(fd));
	sys_lseek(fd, 1, SEEK_SET);
	return fd;
}

static void test_copies(int fd)
{
	char a, b;

	int copy = sys_dup(fd);
	show_truth("dup takes the lowest number", copy == fd + 1);
	sys_read(fd, &a, 1);
	sys_read(copy, &b, 1);
	printf("read through one, then the other: %c%c\n", a, b);
	show("dup2 to 20", sys_dup2(fd, 20));
	show_truth("the place is shared", sys_lseek(20, 0, SEEK_CUR) == 3);
	sys_lseek(20, 0, SEEK_SET);
	show_truth("in both directions", sys_lseek(fd, 0, SEEK_CUR) == 0);
	show("closing the first", sys_close(fd));
	show("it is closed", sys_read(fd, &a, 1));
	show("the copy is not", sys_read(copy, &a, 1));
	show_truth("the number is used again", sys_dup(20) == fd);
	show_truth("dup2 to itself", sys_dup2(20, 20) == 20);
	show_truth("dup2 over an open one", sys_dup2(20, copy) == copy);
	show("fcntl F_DUPFD from 30", sys_fcntl(20, F_DUPFD, 30) == 30 ? 0 : -1);
	show_truth("and the next", sys_fcntl(20, F_DUPFD, 30) == 31);
	sys_close(30);
	sys_close(31);
	sys_close(20);
	sys_close(copy);
	sys_close(fd);
}

static void test_errors(void)
{
	show("dup of a closed one", sys_dup(77));
	show("dup of -1", sys_dup(-1));
	show("dup2 of a closed one", sys_dup2(77, 5));
	show("dup2 to -1", sys_dup2(1, -1));
	show("dup2 of a closed one to itself", sys_dup2(77, 77));
	show("close of a closed one", sys_close(77));
	show("close of -1", sys_close(-1));
	show("fcntl of a closed one", sys_fcntl(77, F_GETFD, 0));
	show("fcntl with an unknown command", sys_fcntl(1, 9999, 0));
}

static void test_flags(int fd)
{
	printf("close-on-exec at first: %d\n", sys_fcntl(fd, F_GETFD, 0));
	show("set", sys_fcntl(fd, F_SETFD, FD_CLOEXEC));
	printf("close-on-exec now: %d\n", sys_fcntl(fd, F_GETFD, 0));
	int copy = sys_dup(fd);
	printf("of a copy: %d\n", sys_fcntl(copy, F_GETFD, 0));
	printf("access mode: %d\n", sys_fcntl(fd, F_GETFL, 0) & 3);
	sys_close(copy);
	sys_close(fd);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)envp;

	test_copies(open_self(argv[0]));
	test_flags(open_self(argv[0]));
	test_errors();
	return 0;
}

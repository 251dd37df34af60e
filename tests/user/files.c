/* Files of the root: opening, reading, seeking, folders, and the errors of each. */
#include "lib/errno.h"
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/directory.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static void show_open(const char *path, int flags)
{
	int fd = sys_open(path, flags, 0);

	printf("open %s: %s\n", path, fd < 0 ? error_text(fd) : "ok");
	if (fd >= 0)
		sys_close(fd);
}

static void test_open(void)
{
	static char long_name[300], long_path[5000];

	show_open("/", O_RDONLY);
	show_open("/", O_RDONLY | O_DIRECTORY);
	show_open("/etc/../etc/./motd", O_RDONLY);
	show_open("//etc//motd", O_RDONLY);
	show_open("/etc/motd", O_RDONLY | O_DIRECTORY);
	show_open("/etc/motd/", O_RDONLY);
	show_open("/etc/motd/x", O_RDONLY);
	show_open("/no-such-file", O_RDONLY);
	show_open("/no-such-folder/x", O_RDONLY);
	show_open("", O_RDONLY);
	show_open("/", O_WRONLY);
	show_open("/", O_RDWR);
	show_open("/dev/null", O_RDWR);
	memset(long_name, 'n', sizeof(long_name) - 1);
	show("a name of 299 letters", sys_open(long_name, O_RDONLY, 0));
	memset(long_path, '/', sizeof(long_path) - 1);
	show("a path of 4999 letters", sys_open(long_path, O_RDONLY, 0));
}

static void test_read(const char *path)
{
	char buf[16] = { 0 };
	int fd = sys_open(path, O_RDONLY, 0);
	struct stat64 st;

	show("fstat64", sys_fstat(fd, &st));
	show_truth("a regular file", (st.mode & S_IFMT) == S_IFREG);
	show_truth("executable", st.mode & 0100);
	show_truth("its size is its end", sys_lseek(fd, 0, SEEK_END) == (int)st.size);
	printf("read at the end: %d\n", sys_read(fd, buf, 4));
	show_truth("seek beyond", sys_lseek(fd, 1000, SEEK_END) == (int)st.size + 1000);
	printf("read there: %d\n", sys_read(fd, buf, 4));
	show("seek before the start", sys_lseek(fd, -1, SEEK_SET));
	show("seek nowhere", sys_lseek(fd, 0, 77));
	printf("seek back: %d\n", sys_lseek(fd, 1, SEEK_SET));
	printf("read 3: %d\n", sys_read(fd, buf, 3));
	printf("they are: %s\n", buf);
	printf("place: %d\n", sys_lseek(fd, 0, SEEK_CUR));
	printf("read 0: %d\n", sys_read(fd, buf, 0));
	show("write", sys_write(fd, "x", 1));
	show("close", sys_close(fd));
	show("read after it", sys_read(fd, buf, 1));
	show("fstat64 after it", sys_fstat(fd, &st));
	show("lseek after it", sys_lseek(fd, 0, SEEK_SET));
	show("read from -1", sys_read(-1, buf, 1));
}

static void test_folder(void)
{
	char buf[512];
	bool motd = false, dot = false, dots = false;
	struct directory dir;

	show("open /etc", directory_open(&dir, "/etc"));
	for (const struct dirent64 *e = directory_next(&dir); e; e = directory_next(&dir)) {
		motd = motd || (strcmp(e->name, "motd") == 0 && e->type == DT_REG);
		dot = dot || (strcmp(e->name, ".") == 0 && e->type == DT_DIR);
		dots = dots || (strcmp(e->name, "..") == 0 && e->type == DT_DIR);
	}
	show_truth("it holds motd", motd);
	show_truth("and itself", dot);
	show_truth("and its parent", dots);
	show("read it as a file", sys_read(dir.fd, buf, sizeof(buf)));
	sys_lseek(dir.fd, 0, SEEK_SET);
	show_truth("and from the start again", sys_getdents(dir.fd, buf, sizeof(buf)) > 0);
	sys_lseek(dir.fd, 0, SEEK_SET);
	show("too small a buffer", sys_getdents(dir.fd, buf, 8));
	directory_close(&dir);
	int fd = sys_open("/etc/motd", O_RDONLY, 0);
	show("getdents64 of a file", sys_getdents(fd, buf, sizeof(buf)));
	sys_close(fd);
}

static void test_working_folder(void)
{
	char buf[64];

	show("chdir to a folder", sys_chdir("/etc"));
	printf("getcwd: %d, %s\n", sys_getcwd(buf, sizeof(buf)), buf);
	show_open("motd", O_RDONLY);
	show_open("../etc/motd", O_RDONLY);
	show("chdir to ..", sys_chdir(".."));
	printf("getcwd: %d, %s\n", sys_getcwd(buf, sizeof(buf)), buf);
	show("and once more", sys_chdir(".."));
	printf("getcwd: %d, %s\n", sys_getcwd(buf, sizeof(buf)), buf);
	show("chdir to a file", sys_chdir("/etc/motd"));
	show("chdir to nothing", sys_chdir("/nothing"));
	show("getcwd into a byte", sys_getcwd(buf, 1));
}

static void test_devices(void)
{
	char buf[64];
	int null = sys_open("/dev/null", O_RDWR, 0), zero = sys_open("/dev/zero", O_RDONLY, 0);

	printf("write to /dev/null: %d\n", sys_write(null, "abc", 3));
	printf("read from it: %d\n", sys_read(null, buf, 8));
	memset(buf, 1, sizeof(buf));
	printf("read from /dev/zero: %d\n", sys_read(zero, buf, sizeof(buf)));
	show_truth("zeroes", bytes_are(buf, sizeof(buf), 0));
	sys_close(null);
	sys_close(zero);
}

/* All descriptors there are, then one more; and the error must not cost one. */
static void test_limit(void)
{
	int count = 0, fd;

	for (fd = sys_dup(0); fd >= 0; fd = sys_dup(0))
		count++;
	show("one too many", fd);
	show("a pipe too many", sys_pipe((int[2]){ 0 }));
	show_truth("hundreds fit", count >= 200);
	for (fd = 3; fd < count + 3; fd++)
		sys_close(fd);
	show_truth("the first is free again", sys_dup(0) == 3);
	sys_close(3);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)envp;
	test_open();
	test_read(argv[0]);
	test_folder();
	test_working_folder();
	test_devices();
	test_limit();
	return 0;
}

/* Contents of files: what is written is read, holes are zero, ends move. */
#include "lib/errno.h"
#include "lib/string.h"
#include "tests/user/file_calls.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"

static char page[PAGE], other[3 * PAGE];
static volatile int initialised = 42;

static uint32_t size_of(int fd)
{
	struct stat64 st = { 0 };

	sys_fstat(fd, &st);
	return (uint32_t)st.size;
}

static void test_write(void)
{
	char buf[32] = { 0 };
	int fd = sys_open("w", O_RDWR | O_CREAT | O_EXCL, 0640);
	struct stat64 st;

	show("create", fd);
	show("create it again", sys_open("w", O_RDWR | O_CREAT | O_EXCL, 0640));
	sys_fstat(fd, &st);
	printf("mode %o, size %u, links %u\n", st.mode, (unsigned)st.size, st.nlink);
	printf("write: %d\n", sys_write(fd, "hello, world", 12));
	printf("back: %d\n", sys_lseek(fd, 7, SEEK_SET));
	printf("read: %d", sys_read(fd, buf, sizeof(buf)));
	printf(" %s\n", buf);
	printf("pwrite: %ld\n", call_pwrite(fd, "WORLD!", 6, 7));
	printf("pread: %ld", call_pread(fd, buf, sizeof(buf), 0));
	printf(" %s, place %d\n", buf, sys_lseek(fd, 0, SEEK_CUR));
	sys_close(fd);
	fd = sys_open("w", O_WRONLY | O_APPEND, 0);
	sys_lseek(fd, 3, SEEK_SET);
	printf("append: %d, place %d\n", sys_write(fd, "++", 2), sys_lseek(fd, 0, SEEK_CUR));
	show("read where only writing is allowed", sys_read(fd, buf, 1));
	sys_close(fd);
	fd = sys_open("w", O_RDWR | O_TRUNC, 0);
	printf("emptied: %u\n", size_of(fd));
	sys_close(fd);
}

static void test_holes(void)
{
	int fd = sys_open("hole", O_RDWR | O_CREAT, 0644);

	call_pwrite(fd, "end", 3, 2 * PAGE + 5);
	printf("size with a hole: %u\n", size_of(fd));
	printf("read: %ld\n", call_pread(fd, other, sizeof(other), 0));
	show_truth("zeroes", bytes_are(other, 2 * PAGE + 5, 0));
	show_truth("then the end", memcmp(other + 2 * PAGE + 5, "end", 3) == 0);
	printf("data at %d\n", sys_lseek(fd, 0, SEEK_DATA));
	printf("hole at %d\n", sys_lseek(fd, 0, SEEK_HOLE));
	printf("hole after data at %d\n", sys_lseek(fd, 2 * PAGE, SEEK_HOLE));
	show("data behind the end", sys_lseek(fd, 5 * PAGE, SEEK_DATA));
	show("make it larger", linux_call(CALL_ftruncate, fd, 10 * PAGE, 0, 0, 0, 0));
	printf("size: %u\n", size_of(fd));
	memset(page, 'x', PAGE);
	call_pwrite(fd, page, PAGE, 0);
	show("cut inside a page", linux_call(CALL_ftruncate, fd, 100, 0, 0, 0, 0));
	show("and grow again", linux_call(CALL_ftruncate, fd, PAGE, 0, 0, 0, 0));
	call_pread(fd, other, PAGE, 0);
	show_truth("kept", bytes_are(other, 100, 'x'));
	show_truth("cut is zero", bytes_are(other + 100, PAGE - 100, 0));
	show("a negative size", linux_call(CALL_ftruncate, fd, -1, 0, 0, 0, 0));
	show("fallocate", linux_call(CALL_fallocate, fd, 0, 0, 0, 3 * PAGE, 0));
	printf("size: %u\n", size_of(fd));
	show("no length", linux_call(CALL_fallocate, fd, 0, 0, 0, 0, 0));
	sys_close(fd);
	show("truncate by name", call2(CALL_truncate, "hole", 1));
	show("of a folder", call2(CALL_truncate, "/", 1));
	show("of nothing", call2(CALL_truncate, "nothing", 1));
	fd = sys_open("hole", O_RDONLY, 0);
	show("where only reading is allowed", linux_call(CALL_ftruncate, fd, 0, 0, 0, 0, 0));
	show("write there", sys_write(fd, "x", 1));
	sys_close(fd);
}

/* A file of the archive behaves as any other. */
static void test_archived(const char *path)
{
	char first[8], again[8];
	int fd = sys_open("copy", O_RDWR | O_CREAT, 0644), from = sys_open(path, O_RDONLY, 0);
	int n, total = 0;

	while ((n = sys_read(from, other, sizeof(other))) > 0)
		total += sys_write(fd, other, (size_t)n);
	show_truth("all of it copied", total == (int)size_of(from));
	show("write to a program that runs", sys_open(path, O_RDWR, 0));
	sys_close(from);
	from = sys_open("/etc/motd", O_RDWR, 0);
	call_pread(from, first, 4, 0);
	show("change the archive's file", call_pwrite(from, "XY", 2, 1));
	call_pread(from, again, 4, 0);
	show_truth("changed where it was written", again[1] == 'X' && again[2] == 'Y');
	show_truth("and nowhere else", again[0] == first[0] && again[3] == first[3]);
	call_pwrite(from, first, 4, 0);
	sys_lseek(fd, 0, SEEK_SET);
	linux_call(CALL_ftruncate, fd, 0, 0, 0, 0, 0);
	n = (int)linux_call(CALL_sendfile64, fd, from, 0, 1 << 20, 0, 0);
	show_truth("sendfile", n == (int)size_of(from) && n == (int)size_of(fd));
	sys_close(from);
	sys_close(fd);
}

static void run_copy(void)
{
	char *const argv[] = { "./program", "as a copy", NULL };

	sys_execve(argv[0], argv, argv + 2);
}

/* A program that was just written has its initialised data and its zeroes. */
static void test_program(const char *path)
{
	int fd = sys_open("program", O_WRONLY | O_CREAT, 0755), n;
	int from = sys_open(path, O_RDONLY, 0);

	while ((n = sys_read(from, other, sizeof(other))) > 0)
		sys_write(fd, other, (size_t)n);
	sys_close(from);
	show_child("run it while it is written", run_copy);
	sys_close(fd);
	show_child("run it", run_copy);
}

static void test_bad_memory(void)
{
	char *two = pages_private(2);
	int fd = sys_open("bad", O_RDWR | O_CREAT, 0644);

	memset(two, 'm', 2 * PAGE);
	sys_munmap(two + PAGE, PAGE);
	printf("write up to the hole: %d\n", sys_write(fd, two + PAGE - 10, 20));
	printf("write from the hole: %d\n", -sys_write(fd, two + PAGE, 20));
	printf("size: %u\n", size_of(fd));
	call_pwrite(fd, "0123456789abcdefghij", 20, 0);
	printf("read up to the hole: %ld\n", call_pread(fd, two + PAGE - 10, 20, 0));
	show("read into the hole", call_pread(fd, two + PAGE, 20, 0));
	sys_close(fd);
}

static void test_nameless(void)
{
	char buf[8] = { 0 };
	int fd = sys_open("gone", O_RDWR | O_CREAT, 0644);
	struct stat64 st;

	sys_write(fd, "still", 5);
	show("unlink it while open", sys_unlink("gone"));
	show("its name", sys_stat("gone", &st));
	sys_fstat(fd, &st);
	printf("links: %u\n", st.nlink);
	printf("read: %ld %s\n", call_pread(fd, buf, 5, 0), buf);
	sys_close(fd);
	fd = (int)call2(CALL_memfd_create, "memory", 0);
	show("memfd_create", fd);
	printf("write: %d\n", sys_write(fd, "abc", 3));
	printf("size: %u\n", size_of(fd));
	sys_close(fd);
}

/* Vectors at a position of their own, which leave the file's alone. */
static void test_vectors(void)
{
	enum { CALL_preadv = 333, CALL_pwritev = 334 };
	char a[4] = "", b[4] = "";
	struct {
		const void *base;
		size_t length;
	} out[] = { { "12", 2 }, { "345", 3 } }, in[] = { { a, 3 }, { b, 3 } };
	int fd = sys_open("vectors", O_RDWR | O_CREAT, 0644);
	sys_write(fd, "abcdefgh", 8);
	printf("pwritev: %ld\n", linux_call(CALL_pwritev, fd, (long)out, 2, 1, 0, 0));
	printf("preadv: %ld %s %s\n", linux_call(CALL_preadv, fd, (long)in, 2, 0, 0, 0), a, b);
	printf("preadv, the end: %ld\n", linux_call(CALL_preadv, fd, (long)in, 2, 6, 0, 0));
	show("preadv before the start", linux_call(CALL_preadv, fd, (long)in, 2, -1, -1, 0));
	sys_write(fd, "i", 1);
	printf("size after a plain write: %u\n", size_of(fd));
	sys_close(fd);
	show("preadv of nothing", linux_call(CALL_preadv, fd, (long)in, 2, 0, 0, 0));
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	if (argc == 2) {
		printf("%s: %d, zero %d\n", argv[1], initialised, page[PAGE - 1]);
		return 0;
	}
	show("a folder", call2(CALL_mkdir, "/tmp/files-write", 0755));
	sys_chdir("/tmp/files-write");
	test_write();
	test_holes();
	test_archived("/tests/files-write");
	test_program("/tests/files-write");
	test_bad_memory();
	test_nameless();
	test_vectors();
	return 0;
}

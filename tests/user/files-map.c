/* A file's map and its read and write show the same bytes, at once and for all who look. */
#include "lib/errno.h"
#include "lib/string.h"
#include "tests/user/file_calls.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"

static char *map(int fd, size_t size, int prot, int kind, size_t page)
{
	return sys_mmap(NULL, size, prot, kind, fd, page);
}

static char *shared;

static void child_writes(void)
{
	shared[10] = 'c';
}

static void touch_behind_the_end(void)
{
	shared[PAGE]++;
}

static void test_shared(int fd)
{
	char buf[8] = { 0 };

	shared = map(fd, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	show_truth("a shared map", !sys_failed(shared));
	memcpy(shared, "by the map", 10);
	call_pread(fd, buf, 6, 0);
	printf("read sees: %s\n", buf);
	call_pwrite(fd, "by write", 8, PAGE - 4);
	show_truth("the map sees", memcmp(shared + PAGE - 4, "by write", 8) == 0);
	show_child("a child writes", child_writes);
	call_pread(fd, buf, 1, 10);
	show_truth("seen here", shared[10] == 'c' && buf[0] == 'c');
	show("msync", linux_call(CALL_msync, (long)shared, 2 * PAGE, 4, 0, 0, 0));
	show("cut it to a page", linux_call(CALL_ftruncate, fd, PAGE, 0, 0, 0, 0));
	show_child("behind the end", touch_behind_the_end);
	show("grow it", linux_call(CALL_ftruncate, fd, 2 * PAGE, 0, 0, 0, 0));
	show_truth("zeroes there", bytes_are(shared + PAGE, PAGE, 0));
}

static void test_private(int fd)
{
	char buf[8] = { 0 };
	char *p = map(fd, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0);

	call_pwrite(fd, "AB", 2, 0);
	show_truth("untouched: sees the write", p[0] == 'A');
	p[1] = 'z';
	call_pread(fd, buf, 2, 0);
	show_truth("its own write is its own", buf[1] == 'B' && p[1] == 'z');
	sys_munmap(p, PAGE);
}

static void test_rights(const char *path)
{
	int reads = sys_open(path, O_RDONLY, 0), writes = sys_open(path, O_WRONLY, 0);

	int both = PROT_READ | PROT_WRITE;
	show("to write where only reading is allowed",
	     (long)map(reads, PAGE, both, MAP_SHARED, 0));
	show_truth("privately", !sys_failed(map(reads, PAGE, both, MAP_PRIVATE, 0)));
	show_truth("where only writing is allowed",
		   !sys_failed(map(writes, PAGE, PROT_READ, MAP_SHARED, 0)));
	sys_close(reads);
	sys_close(writes);
}

/* The map keeps what neither name nor descriptor does. */
static void test_last_holder(void)
{
	int fd = sys_open("/tmp/files-map-2", O_RDWR | O_CREAT, 0644);

	sys_write(fd, "kept", 4);
	char *p = map(fd, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	sys_unlink("/tmp/files-map-2");
	sys_close(fd);
	show_truth("kept by its map", memcmp(p, "kept", 4) == 0);
	p[0] = 'K';
	sys_munmap(p, PAGE);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	int fd = sys_open("/tmp/files-map", O_RDWR | O_CREAT, 0644);

	linux_call(CALL_ftruncate, fd, 2 * PAGE, 0, 0, 0, 0);
	test_shared(fd);
	test_private(fd);
	test_rights("/tmp/files-map");
	test_last_holder();
	return 0;
}

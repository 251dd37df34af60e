/*
 * The position of an open file that several share: who moves it, and when. Calls with a position of
 * their own never do, also while they sleep; the others follow each other.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "tests/user/file_calls.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"

enum {
	CALL_sendfile = 187, CALL_preadv = 333, CALL_pwritev = 334, FIONREAD = 0x541b,
	BIG = 256 * 1024, SENT_FROM = 96 * 1024, SENT = 90000, PIPE = 65536,
	PAGES = 96, /* of memory, more than the machine has in its second run */
	ROUNDS = 3, RECORDS = 24, RECORD = 6000, SCATTERED = 12,
};

static char block[4096];
static int big, ends[2];
static char *memory;

/* Byte k of the file is k / 1000. */
static void make_big(void)
{
	big = sys_open("big", O_RDWR | O_CREAT, 0644);
	for (int at = 0; at < BIG; at += (int)sizeof(block)) {
		for (int i = 0; i < (int)sizeof(block); i++)
			block[i] = (char)((at + i) / 1000);
		sys_write(big, block, sizeof(block));
	}
}

static void drain(int n)
{
	while (n > 0)
		n -= sys_read(ends[0], block, MIN(n, (int)sizeof(block)));
}

/* As /proc tells it: R, S, ... */
static char state_of(int pid)
{
	char path[32], text[64];

	format_string(path, sizeof(path), "/proc/%d/stat", pid);
	int fd = sys_open(path, O_RDONLY, 0), n = sys_read(fd, text, sizeof(text) - 1);
	sys_close(fd);
	text[MAX(n, 0)] = 0;
	const char *state = strchr(text, ')');
	return state ? state[2] : 0;
}

/* The sender sleeps at the full pipe. */
static void read_meanwhile(void)
{
	char ten[10];

	while (state_of(sys_getppid()) != 'S')
		sys_sched_yield();
	printf("read beside it: %d", sys_read(big, ten, sizeof(ten)));
	printf(", the first of the file: %d\n", ten[0]);
	printf("position beside it: %d\n", sys_lseek(big, 0, SEEK_CUR));
}

static void do_nothing(void)
{
}

/* Into a full pipe, while a child does @other and then empties it. */
static void send_while(void (*other)(void), uint32_t *at)
{
	int status, child, sent = 0;

	sys_pipe(ends);
	sys_lseek(big, 0, SEEK_SET);
	for (int i = 0; i < PIPE; i += (int)sizeof(block))
		sys_write(ends[1], block, sizeof(block));
	child = sys_fork();
	if (child == 0) {
		other();
		print_flush();
		drain(PIPE + SENT);
		exit(0);
	}
	for (long n = 1; n > 0 && sent < SENT; sent += (int)n)
		n = linux_call(CALL_sendfile, ends[1], big, (long)at, SENT - sent, 0, 0);
	sys_waitpid(child, &status, 0);
	printf("sent: %d\n", sent);
	printf("position after it: %d\n", sys_lseek(big, 0, SEEK_CUR));
	sys_close(ends[0]);
	sys_close(ends[1]);
}

/* It does not wait once it has sent something. */
static void test_send_short(void)
{
	sys_pipe(ends);
	sys_lseek(big, 0, SEEK_SET);
	printf("what fits: %ld\n", linux_call(CALL_sendfile, ends[1], big, 0, SENT, 0, 0));
	printf("position after it: %d\n", sys_lseek(big, 0, SEEK_CUR));
	sys_close(ends[0]);
	sys_close(ends[1]);
}

static void test_send(void)
{
	uint32_t at = SENT_FROM;

	send_while(read_meanwhile, &at);
	printf("its own position: %u\n", at);
	send_while(do_nothing, NULL);
	test_send_short();
}

/* --- positions of their own, with memory that is not there --- */

static void move_at_own_positions(void)
{
	struct iovec two[2] = { { memory, 5 * PAGE }, { memory + 20 * PAGE, 5 * PAGE } };

	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < PAGES; i++)
			memory[i * PAGE] = 1;
		call_pread(big, memory, 16 * PAGE, 0);
		linux_call(CALL_preadv, big, (long)two, 2, 0, 0, 0);
		linux_call(CALL_pwritev, big, (long)two, 2, BIG, 0, 0);
		call_pwrite(big, memory + 40 * PAGE, 16 * PAGE, BIG);
	}
}

/* The child's calls sleep for pages; the position is always what the parent has set. */
static void test_own_positions(void)
{
	int status = 0, wrong = 0, child = sys_fork();

	if (child == 0) {
		move_at_own_positions();
		exit(0);
	}
	for (int i = 0; sys_waitpid(child, &status, WNOHANG) == 0; i = (i + 1) % 1000) {
		sys_lseek(big, i, SEEK_SET);
		sys_sched_yield();
		wrong += sys_lseek(big, 0, SEEK_CUR) != i;
	}
	show_status("the child", status);
	show_truth("nobody else moved the position", wrong == 0);
}

/* --- one file, several writers --- */

/* Where memory is short, what was written last is on the swap area after this. */
static void touch_all(void)
{
	for (int i = 0; i < PAGES; i++)
		(void)((volatile char *)memory)[i * PAGE];
}

static void write_records(int fd, char name)
{
	for (int i = 0; i < RECORDS; i++) {
		char *record = memory + i * 4 * PAGE + PAGE - 100;

		memset(record, name, RECORD);
		touch_all();
		sys_write(fd, record, RECORD);
	}
}

/* Whole records, and as many as were written. */
static bool records_whole(const char *path, int n)
{
	static char record[RECORD];
	int fd = sys_open(path, O_RDONLY, 0), found = 0;

	while (sys_read(fd, record, RECORD) == RECORD) {
		if (!bytes_are(record + 1, RECORD - 1, record[0]))
			break;
		found++;
	}
	sys_close(fd);
	return found == n;
}

/* @fd -1: each opens the file itself, to append. */
static void write_together(const char *path, int fd)
{
	int status, child = sys_fork();
	int mine = fd >= 0 ? fd : sys_open(path, O_WRONLY | O_APPEND, 0);

	write_records(mine, child == 0 ? 'c' : 'p');
	if (child == 0)
		exit(0);
	sys_waitpid(child, &status, 0);
	show_truth(path, records_whole(path, 2 * RECORDS));
	sys_close(mine);
}

static void test_writers(void)
{
	sys_close(sys_open("appended by two", O_WRONLY | O_CREAT, 0644));
	write_together("appended by two", -1);
	write_together("written by two", sys_open("written by two", O_WRONLY | O_CREAT, 0644));
}

/* --- several buffers are one transfer --- */

static void test_buffers(void)
{
	char a[4] = "", b[8] = "";
	int n = 0;
	char *two = pages_private(2);
	struct iovec in[3] = { { a, 3 }, { NULL, 0 }, { b, 7 } }, many[SCATTERED];
	struct iovec out[2] = { { block, 10 }, { two + PAGE, 10 } };

	sys_pipe(ends);
	sys_write(ends[1], "abc", 3);
	printf("readv takes what there is: %ld %s\n",
	       linux_call(NR_readv, ends[0], (long)in, 3, 0, 0, 0), a);
	sys_write(ends[1], "defghi", 6);
	printf("into both: %ld", linux_call(NR_readv, ends[0], (long)in, 3, 0, 0, 0));
	printf(" %s %s\n", a, b);
	for (int i = 0; i < SCATTERED; i++)
		many[i] = (struct iovec){ block + SCATTERED - 1 - i, 1 };
	sys_write(ends[1], "scatter them", SCATTERED);
	printf("backwards: %ld", linux_call(NR_readv, ends[0], (long)many, SCATTERED, 0, 0, 0));
	printf(" %.12s\n", block);
	sys_munmap(two + PAGE, PAGE);
	printf("up to a hole: %ld\n", linux_call(NR_writev, ends[1], (long)out, 2, 0, 0, 0));
	sys_ioctl(ends[0], FIONREAD, &n);
	printf("held: %d\n", n);
	show("too many", linux_call(NR_writev, ends[1], (long)out, 1025, 0, 0, 0));
	in[2].length = (uint32_t)-1;
	show("a length below zero", linux_call(NR_readv, ends[0], (long)in, 3, 0, 0, 0));
	show("none", linux_call(NR_readv, ends[0], (long)in, 0, 0, 0, 0));
	show("buffers nowhere", linux_call(NR_readv, ends[0], 8, 1, 0, 0, 0));
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	call2(CALL_mkdir, "/tmp/positions", 0755);
	sys_chdir("/tmp/positions");
	memory = pages_private(PAGES + 4);
	make_big();
	test_send();
	test_own_positions();
	test_writers();
	test_buffers();
	sys_unlink("big");
	sys_unlink("appended by two");
	sys_unlink("written by two");
	sys_chdir("/");
	call1(CALL_rmdir, "/tmp/positions");
	return 0;
}

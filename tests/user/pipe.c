/* Pipes: end of file, broken pipes, blocking both ways, a large transfer, close-on-exec. */
#include "lib/errno.h"
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { LARGE = 1 << 20 };

static int ends[2];

static void pipe_new(void)
{
	if (sys_pipe(ends) < 0)
		fail("no pipe\n");
}

static void pipe_close(void)
{
	sys_close(ends[0]);
	sys_close(ends[1]);
}

static void write_to_nobody(void)
{
	sys_close(ends[0]);
	sys_write(ends[1], "x", 1);
	printf("still alive\n");
}

static void write_to_nobody_ignoring(void)
{
	sys_sigaction(SIGPIPE, SIG_IGN);
	sys_close(ends[0]);
	show("writing, SIGPIPE ignored", sys_write(ends[1], "x", 1));
}

static void test_ends(void)
{
	char buf[8];

	pipe_new();
	show("reading the end for writing", sys_read(ends[1], buf, 1));
	show("writing the end for reading", sys_write(ends[0], buf, 1));
	show("seeking", sys_lseek(ends[0], 0, SEEK_SET));
	printf("written: %d\n", sys_write(ends[1], "abcdef", 6));
	printf("read 4: %d\n", sys_read(ends[0], buf, 4));
	printf("read 8: %d\n", sys_read(ends[0], buf, 8));
	printf("write 0: %d\n", sys_write(ends[1], "", 0));
	sys_write(ends[1], "xyz", 3);
	sys_close(ends[1]);
	printf("what was left: %d\n", sys_read(ends[0], buf, 8));
	printf("end of file: %d\n", sys_read(ends[0], buf, 8));
	printf("still: %d\n", sys_read(ends[0], buf, 8));
	sys_close(ends[0]);
	pipe_new();
	show_child("a writer without a reader", write_to_nobody);
	sys_close(ends[0]);
	show_child("another writer without a reader", write_to_nobody);
	show_child("a careful one", write_to_nobody_ignoring);
	sys_close(ends[1]);
}

static void produce(void)
{
	static char buf[5000];
	uint32_t state = 1;

	sys_close(ends[0]);
	for (uint32_t sent = 0; sent < LARGE;) {
		uint32_t n = MIN(LARGE - sent, random_next(&state) % sizeof(buf) + 1);
		for (uint32_t i = 0; i < n; i++)
			buf[i] = (char)((sent + i) * 7 >> 3);
		if (write_all(ends[1], buf, n) < 0)
			exit(1);
		sent += n;
	}
}

static void test_large(void)
{
	static char buf[3000];
	uint32_t received = 0, wrong = 0;

	pipe_new();
	int pid = sys_fork();
	if (pid == 0) {
		produce();
		exit(0);
	}
	sys_close(ends[1]);
	int n = sys_read(ends[0], buf, sizeof(buf));
	for (; n > 0; n = sys_read(ends[0], buf, sizeof(buf))) {
		for (int i = 0; i < n; i++)
			wrong += buf[i] != (char)((received + (uint32_t)i) * 7 >> 3);
		received += (uint32_t)n;
	}
	int status;
	sys_waitpid(pid, &status, 0);
	printf("received %u, %u wrong\n", received, wrong);
	show_status("the producer", status);
	sys_close(ends[0]);
}

/* Many writers, each message in one piece. */
static void test_atomic(void)
{
	enum { WRITERS = 4, MESSAGES = 200, SIZE = 64 };
	char message[SIZE];
	uint32_t count = 0, mixed = 0;

	pipe_new();
	for (int w = 0; w < WRITERS; w++)
		if (sys_fork() == 0) {
			memset(message, 'A' + w, SIZE);
			for (int i = 0; i < MESSAGES; i++)
				sys_write(ends[1], message, SIZE);
			sys_exit(0);
		}
	sys_close(ends[1]);
	while (sys_read(ends[0], message, SIZE) == SIZE) {
		count++;
		mixed += !bytes_are(message, SIZE, message[0]);
	}
	for (int w = 0; w < WRITERS; w++)
		sys_waitpid(-1, NULL, 0);
	printf("%u messages, %u mixed\n", count, mixed);
	sys_close(ends[0]);
}

static void test_no_wait(void)
{
	char buf[512] = { 0 };
	uint32_t room = 0;

	if (linux_call(NR_pipe2, (long)ends, O_NONBLOCK, 0, 0, 0, 0) < 0)
		fail("no pipe\n");
	show("reading an empty one without waiting", sys_read(ends[0], buf, 1));
	while (sys_write(ends[1], buf, sizeof(buf)) == (int)sizeof(buf))
		room += sizeof(buf);
	show("writing a full one without waiting", sys_write(ends[1], buf, sizeof(buf)));
	printf("it took %u bytes\n", room);
	pipe_close();
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	test_ends();
	test_large();
	test_atomic();
	test_no_wait();
	return 0;
}

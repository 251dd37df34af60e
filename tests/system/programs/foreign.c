/*
 * A program written elsewhere: it knows Linux's system calls and nothing of this kernel.
 * Prints the same on both.
 */
enum { EXIT = 1, FORK = 2, WRITE = 4, WAITPID = 7, GETPID = 20, BRK = 45, MUNMAP = 91,
       MPROTECT = 125, SCHED_YIELD = 158, MMAP2 = 192 };
enum { READ_WRITE = 3, READ = 1, PRIVATE_ANONYMOUS = 0x22, PAGE = 4096, PAGES = 100 };

long linux_call(long number, long a, long b, long c, long d, long e, long f);

static long call(long number, long a, long b, long c)
{
	return linux_call(number, a, b, c, 0, 0, 0);
}

static void say(const char *text)
{
	long n = 0;
	while (text[n])
		n++;
	call(WRITE, 1, (long)text, n);
}

static void expect(int truth, const char *what)
{
	say(truth ? "ok " : "NOT OK ");
	say(what);
	say("\n");
}

static int table[PAGES * PAGE / sizeof(int)];

static void try_brk(void)
{
	long start = call(BRK, 0, 0, 0);
	expect(call(BRK, start + 10 * PAGE, 0, 0) == start + 10 * PAGE, "brk grows");
	char *heap = (char *)start;
	heap[10 * PAGE - 1] = 1;
	expect(heap[0] == 0 && heap[5 * PAGE] == 0, "brk gives zeroes");
	expect(call(BRK, start, 0, 0) == start, "brk shrinks");
}

static void try_mmap(void)
{
	char *p = (char *)linux_call(MMAP2, 0, 8 * PAGE, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
	expect((unsigned long)p < -4095ul, "mmap2");
	p[0] = 'a';
	p[7 * PAGE] = 'b';
	expect(call(MPROTECT, (long)p, PAGE, READ) == 0, "mprotect");
	expect(p[0] == 'a', "contents stay");
	expect(call(MUNMAP, (long)(p + 2 * PAGE), 2 * PAGE, 0) == 0, "munmap of the middle");
	expect(p[7 * PAGE] == 'b', "the rest stays");
	expect(call(WRITE, 1, (long)(p + 2 * PAGE), 1) == -14, "a hole is no buffer");
	expect(call(MUNMAP, (long)p + 1, PAGE, 0) == -22, "munmap of a crooked address");
}

static void child(void)
{
	for (int i = 0; i < PAGES; i++)
		table[i * (PAGE / (int)sizeof(int))] += 1;
	call(SCHED_YIELD, 0, 0, 0);
	call(EXIT, table[PAGE / sizeof(int)] == 8 ? 42 : 1, 0, 0);
}

static void try_fork(void)
{
	int status = 0;
	for (unsigned i = 0; i < sizeof(table) / sizeof(int); i++)
		table[i] = 7;
	long pid = call(FORK, 0, 0, 0);
	if (pid == 0)
		child();
	expect(call(WAITPID, pid, (long)&status, 0) == pid, "waitpid gives the child");
	expect(status == 42 << 8, "the child's own copy and status");
	expect(table[PAGE / sizeof(int)] == 7, "the parent's copy is untouched");
	expect(call(WAITPID, -1, 0, 0) == -10, "no more children");
	expect(call(GETPID, 0, 0, 0) != pid, "the child was another process");
}

int main(int argc, char **argv)
{
	expect(argc == 3 && argv[1][0] == 'x' && argv[2][0] == 0 && argv[3] == 0, "arguments");
	try_brk();
	try_mmap();
	try_fork();
	expect(call(9999, 0, 0, 0) == -38, "an unknown call");
	return 7;
}

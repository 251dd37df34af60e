/*
 * Processes that page and processes that compute, beside each other: how long they take, and what
 * the disk did meanwhile.
 *
 *     pagers PAGERS COMPUTERS PASSES WORK
 *
 * Each pager writes PAGES pages in turn, PASSES times, and looks whether they hold what it wrote
 * before; each computer goes round a loop WORK thousand times. Output: /proc/diskstats before and
 * after, and the microseconds in which both were read, 1,000 of the time stamp counter's each.
 */
enum { EXIT = 1, FORK = 2, READ = 3, WRITE = 4, OPEN = 5, CLOSE = 6, WAITPID = 7, MMAP2 = 192 };
enum { READ_WRITE = 3, PRIVATE_ANONYMOUS = 0x22, PAGE = 4096, PAGES = 100, TEXT = 512 };

typedef unsigned long long u64;

long linux_call(long number, long a, long b, long c, long d, long e, long f);

u64 time_stamp(void);

static unsigned number(const char *text)
{
	unsigned n = 0;
	for (; *text; text++)
		n = n * 10 + (unsigned)(*text - '0');
	return n;
}

static void print_figures(void)
{
	char text[TEXT];
	long fd = linux_call(OPEN, (long)"/proc/diskstats", 0, 0, 0, 0, 0);
	long n = linux_call(READ, fd, (long)text, sizeof(text), 0, 0, 0);
	linux_call(CLOSE, fd, 0, 0, 0, 0, 0);
	linux_call(WRITE, 1, (long)text, n, 0, 0, 0);
}

static void print_time(u64 units)
{
	char text[24], *at = text + sizeof(text);
	*--at = '\n';
	unsigned micros = (unsigned)(units >> 3) / 125; /* with -icount, up to 34 seconds */
	do {
		*--at = (char)('0' + micros % 10);
		micros /= 10;
	} while (micros);
	linux_call(WRITE, 1, (long)at, text + sizeof(text) - at, 0, 0, 0);
}

static int page_all(unsigned passes)
{
	int wrong = 0;
	long at = linux_call(MMAP2, 0, PAGES * PAGE, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
	for (unsigned pass = 0; pass < passes; pass++) {
		for (unsigned i = 0; i < PAGES; i++) {
			volatile unsigned *word = (unsigned *)(at + (long)i * PAGE);
			wrong |= *word != (pass ? pass + i : 0);
			*word = pass + 1 + i;
		}
	}
	return wrong;
}

static int compute(unsigned work)
{
	volatile unsigned sum = 0;
	for (unsigned i = 0; i < work * 1000; i++)
		sum += i;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 100;
	unsigned pagers = number(argv[1]), computers = number(argv[2]), failed = 0;
	int status;
	u64 start = time_stamp();
	print_figures();
	for (unsigned i = 0; i < pagers + computers; i++) {
		if (linux_call(FORK, 0, 0, 0, 0, 0, 0) != 0)
			continue;
		int wrong = i < pagers ? page_all(number(argv[3])) : compute(number(argv[4]));
		linux_call(EXIT, wrong, 0, 0, 0, 0, 0);
	}
	while (linux_call(WAITPID, -1, (long)&status, 0, 0, 0, 0) > 0)
		failed += status != 0;
	print_figures();
	print_time(time_stamp() - start);
	return (int)failed;
}

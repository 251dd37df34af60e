/*
 * Three children that take memory without end, and a parent that takes next to none and waits.
 * Whoever runs this with little memory should see the children killed, and the parent live.
 */
enum { FORK = 2, WRITE = 4, WAITPID = 7, MMAP2 = 192 };
enum { READ_WRITE = 3, PRIVATE_ANONYMOUS = 0x22, PAGE = 4096, CHILDREN = 3, STEP = 16 * PAGE };

long linux_call(long number, long a, long b, long c, long d, long e, long f);

static void take_everything(void)
{
	for (;;) {
		unsigned long at = linux_call(MMAP2, 0, STEP, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
		for (unsigned long i = 0; at < -4095ul && i < STEP; i += PAGE)
			*(volatile char *)(at + i) = 1;
	}
}

int main(void)
{
	int status, killed = 0;
	for (int i = 0; i < CHILDREN; i++)
		if (linux_call(FORK, 0, 0, 0, 0, 0, 0) == 0)
			take_everything();
	while (linux_call(WAITPID, -1, (long)&status, 0, 0, 0, 0) > 0)
		killed += status == 9;
	linux_call(WRITE, 1, (long)"the parent lives\n", 17, 0, 0, 0);
	return killed;
}

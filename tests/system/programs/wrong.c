/* Goes wrong in the way that its argument names, at an address that is known. */
enum { EXIT = 1, BRK = 45, MMAP2 = 192, PROT_RW = 3, PRIVATE_ANONYMOUS = 0x22, PAGE = 4096 };

long linux_call(long number, long a, long b, long c, long d, long e, long f);

static const char literal[] = "not to be written";

static volatile char *at(unsigned long address)
{
	volatile unsigned long hidden = address;
	return (volatile char *)hidden;
}

static int deeper(volatile int *below)
{
	volatile int here[1000];
	here[0] = below[0];
	return here[0] ? deeper(here) + here[1] : 0;
}

static int same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	unsigned long brk = linux_call(BRK, 0, 0, 0, 0, 0, 0);
	int start[2] = { 1, 0 };
	if (same(how, "member"))
		*at(0x18) = 1;
	else if (same(how, "small"))
		*at(0x8000) = 1;
	else if (same(how, "heap")) {
		linux_call(BRK, brk + PAGE, 0, 0, 0, 0, 0);
		*at(brk + PAGE + 3 * PAGE) = 1;
	} else if (same(how, "literal"))
		*at((unsigned long)literal) = 1;
	else if (same(how, "kernel"))
		return *at(0xc0100000);
	else if (same(how, "far"))
		return *at(0x40000000);
	else if (same(how, "jump"))
		((void (*)(void))0x18)();
	else if (same(how, "stack"))
		return deeper(start);
	return 7;
}

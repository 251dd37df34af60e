/*
 * A scene for a debugger: pages in every state a page can be in, at addresses that are known, in
 * three processes. At each point that is worth a look it calls scene_ready.
 *
 *   0x50000000 + page   private: see enum page
 *   0x51000000          shared by all three; word 0 is a pattern, words 1 and 2 are flags
 *   0x52000000          this file, read only, and one page more than it has
 */
enum { EXIT = 1, FORK = 2, READ = 3, WRITE = 4, OPEN = 5, CLOSE = 6, WAITPID = 7, PAUSE = 29,
       KILL = 37, MPROTECT = 125, YIELD = 158, MMAP2 = 192, MADVISE = 219 };
enum { PROT_READ = 1, READ_WRITE = 3, MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 16,
       MAP_ANONYMOUS = 32, MADV_PAGEOUT = 21, PAGE = 4096, FILE_PAGES = 16, SIGKILL = 9 };
enum { PRIVATE_BASE = 0x50000000, SHARED_BASE = 0x51000000, FILE_BASE = 0x52000000 };

enum page {
	RESIDENT,  /* written before the forks, never after: copy on write by all three */
	ZERO,	   /* only read */
	UNTOUCHED,
	HIDDEN,	   /* written, then PROT_NONE */
	SWAPPED,   /* written, then evicted */
	COPIED,	   /* the same, and read again: in memory, and its slot has a copy */
	OWN,	   /* the second child has written its own */
	VICTIM,	   /* written after the forks; evicted between points 1 and 2 */
	NPAGES,
};

long linux_call(long number, long a, long b, long c, long d, long e, long f);

volatile int scene_point;

__attribute__((noinline)) void scene_ready(int point)
{
	scene_point = point;
}

static volatile unsigned *page(unsigned which)
{
	return (volatile unsigned *)(PRIVATE_BASE + which * PAGE);
}

static volatile unsigned *const shared = (volatile unsigned *)SHARED_BASE;

static void map(long start, long npages, long prot, long flags, long file)
{
	if (linux_call(MMAP2, start, npages * PAGE, prot, flags | MAP_FIXED, file, 0) != start)
		linux_call(EXIT, 100, 0, 0, 0, 0, 0);
}

static void page_out(unsigned which)
{
	if (linux_call(MADVISE, (long)page(which), PAGE, MADV_PAGEOUT, 0, 0, 0))
		linux_call(EXIT, 101, 0, 0, 0, 0, 0);
}

static void set_scene(void)
{
	long self = linux_call(OPEN, (long)"/proc/self/exe", 0, 0, 0, 0, 0);
	map(PRIVATE_BASE, NPAGES, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	map(SHARED_BASE, 2, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);
	map(FILE_BASE, FILE_PAGES, PROT_READ, MAP_PRIVATE, self);
	for (unsigned which = RESIDENT; which < NPAGES; which++)
		if (which != ZERO && which != UNTOUCHED)
			*page(which) = 0xc10c0000 + which;
	shared[0] = 0x5ca1ab1e;
	(void)*page(ZERO);
	(void)*(volatile unsigned *)FILE_BASE;
	linux_call(MPROTECT, (long)page(HIDDEN), PAGE, 0, 0, 0, 0);
}

static void child(unsigned which)
{
	if (which == 2)
		*page(OWN) = 0xbadc0de;
	shared[which] = 1;
	for (;;)
		linux_call(PAUSE, 0, 0, 0, 0, 0, 0);
}

static void show(const char *path)
{
	static char text[4096];
	long file = linux_call(OPEN, (long)path, 0, 0, 0, 0, 0);
	long n;
	do {
		n = linux_call(READ, file, (long)text, sizeof(text), 0, 0, 0);
		if (n > 0)
			linux_call(WRITE, 1, (long)text, n, 0, 0, 0);
	} while (n > 0);
	linux_call(CLOSE, file, 0, 0, 0, 0, 0);
}

int main(void)
{
	long children[2];
	set_scene();
	for (unsigned i = 0; i < 2; i++) {
		children[i] = linux_call(FORK, 0, 0, 0, 0, 0, 0);
		if (children[i] == 0)
			child(i + 1);
	}
	while (!shared[1] || !shared[2])
		linux_call(YIELD, 0, 0, 0, 0, 0, 0);
	*page(SWAPPED) = 0xc10c0000 + SWAPPED;
	*page(COPIED) = 0xc10c0000 + COPIED;
	*page(VICTIM) = 0xc10c0000 + VICTIM;
	page_out(SWAPPED);
	page_out(COPIED);
	if (*page(COPIED) != 0xc10c0000 + COPIED)
		return 102;
	show("/proc/self/maps");
	show("/proc/self/status");
	scene_ready(1);
	page_out(COPIED);
	page_out(VICTIM);
	scene_ready(2);
	for (unsigned i = 0; i < 2; i++) {
		linux_call(KILL, children[i], SIGKILL, 0, 0, 0, 0);
		linux_call(WAITPID, children[i], 0, 0, 0, 0, 0);
	}
	return *page(VICTIM) == 0xc10c0000 + VICTIM ? 0 : 103;
}
